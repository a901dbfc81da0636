"""What the page of a version says of electronic supervision, and how a version does without."""

from datetime import datetime

import pytest

from onecity.platform.cases.models import Card, CaseTypeVersion, Task
from onecity.platform.cases.services.supervision.watching import watch
from onecity.platform.cases.services.ticks import turn_lights
from onecity.platform.cases.tests.factories import make_case, make_type, waiting_task
from onecity.platform.cases.tests.requesting import DAY
from onecity.platform.cases.tests.test_pages import client_of
from onecity.platform.identity.tests.factories import Organisation, make_actor

pytestmark = pytest.mark.django_db


def page_of(code: str) -> str:
    version = CaseTypeVersion.objects.get(case_type__code=code)
    manager = client_of(make_actor("cases.manage_types", everywhere=True))
    return manager.get(f"/case-types/versions/{version.id}").content.decode()


def test_page_says_that_the_default_applies_and_how_to_do_without(now: datetime) -> None:
    page = page_of(make_type(now=now))
    for text in ("此版本没有写明，适用默认规则。", "黄牌：应办结后立即", "红牌：应办结后 3 工作日", "上报上1级机构"):
        assert text in page
    assert "measures 写为空列表" in page


def test_version_without_measures_issues_no_cards(office: Organisation, now: datetime) -> None:
    code = make_type(now=now, supervision={"measures": []})
    assert "此版本没有监察措施" in page_of(code)
    made = make_case(code, organisation=office, now=now)
    assert turn_lights(now=now + 30 * DAY) > 0
    assert watch(now=now + 30 * DAY) == 0
    task = Task.objects.get(id=waiting_task(made.id).id)
    assert (task.light, task.watch_at, Card.objects.count()) == ("red", None, 0)


def test_page_tells_a_version_s_own_measures(now: datetime) -> None:
    own = {"measures": [{"kind": "red", "after": "4 work_hour"}], "appeal": "3 work_day", "decide": "2 work_day"}
    page = page_of(make_type(now=now, supervision=own))
    assert "按此版本的设置。" in page
    assert "红牌：应办结后 4 " in page
    assert "申诉期限 3 " in page
