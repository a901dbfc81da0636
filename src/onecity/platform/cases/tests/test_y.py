from onecity.platform.cases.tests.factories import *
from onecity.platform.cases.selectors.lists import *
from onecity.platform.identity.tests.factories import make_organisation, make_actor
def test_y(db, now):
    org=make_organisation(); code=make_type(now=now)
    for i in range(25): make_case(code,organisation=org,now=now,title=f'南湖大路井盖破损{i}')
    a=make_actor('cases.view',organisation=org)
    p=cases(a); assert len(p.rows)==20 and p.count.number==25
    p2=cases(a,after=p.next); assert len(p2.rows)==5
    for s in ('井盖','破损24','24','损2','南湖 4', '湖'):
        p=cases(a,search=s); print(s,len(p.rows),p.count)
    b=make_actor('cases.view',everywhere=True); print(cases(b,search='井盖').count,count_cases(b))
    c=make_actor('cases.view',division='220102001'); print(cases(c,filters=CaseFilter(status='open')).count,count_cases(c))
    import onecity.platform.cases.selectors.plans as P
    P.WINDOW=P.WIDE_WINDOW=3
    for x in (a,b,c):
      for s in ('井盖','破损24','24','损2','南湖 4', '湖'):
        p=cases(x,search=s,size=4); print(s,len(p.rows),p.count,p.next)
      print(len(cases(x,filters=CaseFilter(light='green'),size=10).rows))
