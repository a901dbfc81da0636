import pytest
from onecity.platform.cases.tests.factories import *
from onecity.platform.cases.models import *
from onecity.platform.identity.tests.factories import make_organisation
from onecity.platform.cases.services.completing import complete_task
from onecity.platform.cases.contracts import TaskAnswer

def test_walk(db, now):
    org=make_organisation(); code=make_type(now=now)
    c=make_case(code,organisation=org,now=now,description="人行道上井盖破损",location=(125.3,43.9),reporter_phone="13800138000",reporter_name="张三")
    print(c, Case.objects.get(id=c.id).__dict__)
    me=system_actor('x')
    for o,kw in (('accept',{}),('done',{'files':(1,)}),('redo',{'note':'不好'}),('done',{'files':(1,)}),('pass',{})):
        t=waiting_task(c.id)
        print(t.node,t.due_at,t.warn_at,t.light)
        print(complete_task(me,task_id=t.id,answer=TaskAnswer(o,**kw),now=now))
    for e in Entry.objects.order_by('id'): print(e.kind,e.text,e.data,e.task_id)
    print(list(Visibility.objects.values()),list(CounterDelta.objects.values()))
    print(Case.objects.get(id=c.id).__dict__)
