"""Reports: one case for each telling, slowed down when they flood, followed with a code."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from onecity.domains.urban_management.contracts import OpenedReport
from onecity.domains.urban_management.models import Report
from onecity.domains.urban_management.rules.reporting import MOST_REPORTS
from onecity.domains.urban_management.selectors.following import followed, is_reporter
from onecity.domains.urban_management.services.following import (
    AlreadyRated,
    FollowLocked,
    FollowRefused,
    open_by_code,
    rate,
)
from onecity.domains.urban_management.services.reporting import (
    NoCentre,
    TooManyReports,
    report_as_citizen,
    report_from_patrol,
    report_from_system,
)
from onecity.domains.urban_management.tests.factories import (
    GRID,
    RUBBISH,
    SYSTEM,
    Offices,
    end_task,
    make_city_case,
    new_report,
    picture,
    shown,
    to_handling,
    walk,
)
from onecity.kernel.actor import ANONYMOUS, Actor
from onecity.kernel.errors import Invalid, NotFound, NotPermitted
from onecity.kernel.query_codes import MOST_FAILURES
from onecity.platform.cases.api import HOLDER, case_id, merge_cases
from onecity.platform.cases.tests.factories import waiting_task
from onecity.platform.documents.api import documents_of
from onecity.platform.geo.tests.factories import make_cell, make_tree
from onecity.platform.identity.tests.factories import make_account, plain_actor

pytestmark = pytest.mark.django_db


def told(now: datetime, *, actor: Actor = ANONYMOUS, address: str = "10.0.0.1", **facts: object) -> OpenedReport:
    given: dict[str, Any] = {"uploads": [picture()], "consent": True, **facts}
    new = given.pop("new", None) or new_report()
    return report_as_citizen(actor, new=new, address=address, now=now, told_at=given.pop("told_at", now), **given)


def test_citizens_report_opens_a_case_with_photo_place_and_sealed_phone(offices: Offices, now: datetime) -> None:
    opened = told(now)
    found = shown(opened.number, now=now)
    assert (found.row.division_code, found.row.source_code) == (GRID, "urban_management.citizen")
    assert found.row.title == "工地扬尘严重"
    assert found.reporter_phone == "139****5678"
    files = documents_of(SYSTEM, holder=HOLDER, holder_id=opened.case_id)
    assert [item.kind for item in files] == ["jpeg"]
    assert len(opened.code) == 8


def test_report_told_twice_opens_one_case_and_gives_the_same_code(offices: Offices, now: datetime) -> None:
    new = new_report()
    first, second = told(now, new=new), told(now, new=new)
    assert (first.number, first.code) == (second.number, second.code)
    assert (first.created, second.created) == (True, False)
    assert len(documents_of(SYSTEM, holder=HOLDER, holder_id=first.case_id)) == 1
    assert told(now).code != first.code


@pytest.mark.parametrize(
    ("field", "facts"),
    [
        ("consent", {"consent": False}),
        ("reporter_phone", {"new": new_report(reporter_phone="")}),
        ("description", {"new": new_report(description="  ")}),
        ("description", {"new": new_report(description="字" * 2001)}),
        ("key", {"new": new_report(key=" ")}),
        ("class_code", {"new": new_report(class_code="E0304")}),
        ("class_code", {"new": new_report(class_code="E9999-1")}),
        ("class_code", {"new": new_report(class_code="dust")}),
    ],
)
def test_incomplete_report_is_refused_by_its_field(
    offices: Offices, now: datetime, field: str, facts: dict[str, Any]
) -> None:
    with pytest.raises(Invalid) as refusal:
        told(now, **facts)
    assert set(refusal.value.fields) == {field}
    assert not Report.objects.exists()


def test_one_address_is_slowed_down_and_others_are_not(offices: Offices, now: datetime) -> None:
    for _ in range(MOST_REPORTS):
        told(now)
    with pytest.raises(TooManyReports):
        told(now)
    told(now, address="10.0.0.2")
    told(now, told_at=now + timedelta(hours=1, seconds=1))


def test_throttle_does_not_keep_the_address(offices: Offices, now: datetime) -> None:
    told(now, address="203.0.113.77")
    assert "203.0.113.77" not in str(Report.objects.values().get())


def test_place_without_a_centre_takes_no_report(db: None, now: datetime) -> None:
    make_tree()
    make_cell(GRID)
    with pytest.raises(NoCentre):
        told(now)


def test_patrol_report_needs_right_and_photo_and_keeps_its_class(offices: Offices, now: datetime) -> None:
    new = new_report(class_code=RUBBISH, urgency=1)
    with pytest.raises(NotPermitted):
        report_from_patrol(offices.handler, new=new, uploads=[picture()], now=now)
    with pytest.raises(Invalid) as refusal:
        report_from_patrol(offices.supervisor, new=new, uploads=[], now=now)
    assert set(refusal.value.fields) == {"photos"}
    opened = report_from_patrol(offices.supervisor, new=new, uploads=[picture()], now=now)
    again = report_from_patrol(offices.supervisor, new=new, uploads=[picture()], now=now)
    assert (opened.number, again.created) == (again.number, False)
    row = shown(opened.number, now=now).row
    assert (row.class_code, row.urgency, row.title) == (RUBBISH, 1, "暴露生活垃圾：工地扬尘严重")
    assert row.source_code == "urban_management.patrol"


def test_system_hands_in_by_its_own_reference(offices: Offices, now: datetime) -> None:
    client = Actor("client", 5, "热线系统", None, {"urban_management.submit": frozenset()})
    new = new_report(key="12345-0001")
    with pytest.raises(NotPermitted):
        report_from_system(plain_actor(), new=new, source="urban_management.hotline", now=now, told_at=now)
    with pytest.raises(Invalid) as refusal:
        report_from_system(client, new=new, source="urban_management.citizen", now=now, told_at=now)
    assert set(refusal.value.fields) == {"source"}
    first = report_from_system(client, new=new, source="urban_management.hotline", now=now, told_at=now)
    second = report_from_system(client, new=new, source="urban_management.hotline", now=now, told_at=now)
    assert (first.number, second.created) == (second.number, False)
    row = Report.objects.get()
    assert is_reporter(client, row)
    assert not is_reporter(Actor("client", 6), row)
    assert not is_reporter(ANONYMOUS, row)


def test_signed_in_reporter_is_known_and_others_are_not(offices: Offices, now: datetime) -> None:
    account = make_account(kind="citizen")
    opened = told(now, actor=Actor("account", account.id, "李四"))
    row = Report.objects.get(number=opened.number)
    assert is_reporter(Actor("account", account.id), row)
    assert not is_reporter(Actor("account", account.id + 1), row)
    told(now)
    assert not is_reporter(Actor("account", None), Report.objects.exclude(number=opened.number).get())


def test_code_opens_the_report_however_it_is_typed(offices: Offices, now: datetime) -> None:
    opened = told(now)
    open_by_code(number=opened.number, code=f" {opened.code[:4].lower()}-{opened.code[4:]} ", now=now)


def test_wrong_codes_lock_the_report_for_a_while(offices: Offices, now: datetime) -> None:
    opened = told(now)
    for _ in range(MOST_FAILURES):
        with pytest.raises(FollowRefused):
            open_by_code(number=opened.number, code="AAAAAAAA", now=now)
    with pytest.raises(FollowLocked):
        open_by_code(number=opened.number, code=opened.code, now=now)
    open_by_code(number=opened.number, code=opened.code, now=now + timedelta(minutes=16))
    assert Report.objects.get().failures == 0


def test_unknown_number_is_refused_in_the_same_words(offices: Offices, now: datetime) -> None:
    with pytest.raises(FollowRefused):
        open_by_code(number="2" * 19, code="AAAAAAAA", now=now)
    with pytest.raises(NotFound):
        followed("2" * 19, now=now)


def test_report_of_a_client_has_no_code(offices: Offices, now: datetime) -> None:
    client = Actor("client", 5, "热线系统", None, {"urban_management.submit": frozenset()})
    opened = report_from_system(client, new=new_report(), source="urban_management.hotline", now=now, told_at=now)
    with pytest.raises(FollowRefused):
        open_by_code(number=opened.number, code="", now=now)


def test_followed_case_tells_stages_and_answers_and_nobodys_name(offices: Offices, now: datetime) -> None:
    opened = told(now)
    to_handling(offices, opened.number, now=now)
    walk(offices, opened.number, "delay", "grant", "done", now=now)
    end_task(offices, opened.number, "send", now=now, note="已洒水并覆盖裸土")
    found = followed(opened.number, now=now)
    assert [item.state for item in found.stages] == ["passed"] * 5 + ["now", "ahead"]
    assert [item.name for item in found.answers] == [
        "已收到您反映的问题",
        "已受理立案",
        "已派遣专业部门",
        "因故延期处理",
        "专业部门已反馈处理结果",
    ]
    assert [item.text for item in found.answers if item.text] == ["已洒水并覆盖裸土"]
    text = str(found)
    assert "张三" not in text
    assert "情况说明" not in text
    assert "139" not in text


def test_refusal_tells_the_reporter_why(offices: Offices, now: datetime) -> None:
    opened = told(now)
    end_task(offices, opened.number, "void", now=now, note="属于小区内部，已转告物业")
    found = followed(opened.number, now=now)
    assert (found.status, found.answers[-1].text) == ("void", "属于小区内部，已转告物业")


def test_reporter_of_a_merged_case_follows_the_one_that_goes_on(offices: Offices, now: datetime) -> None:
    opened, other = told(now), make_city_case(offices, now=now)
    merge_cases(SYSTEM, away_id=opened.case_id, into_id=case_id(SYSTEM, other), reason="同一问题", now=now)
    walk(offices, other, "accept", now=now)
    found = followed(opened.number, now=now)
    assert (found.merged_into, found.status, found.may_rate) == (other, "open", False)
    assert [item.name for item in found.answers] == ["已收到您反映的问题", "与他人反映的同一问题合并办理", "已受理立案"]


def test_reporter_rates_once_and_only_what_is_over(offices: Offices, now: datetime) -> None:
    opened = told(now)
    with pytest.raises(AlreadyRated):
        rate(ANONYMOUS, number=opened.number, satisfied=True, comment="", now=now)
    to_handling(offices, opened.number, now=now)
    walk(offices, opened.number, "done", "send", "pass", "close", now=now)
    assert followed(opened.number, now=now).may_rate
    with pytest.raises(Invalid):
        rate(ANONYMOUS, number=opened.number, satisfied=False, comment="字" * 501, now=now)
    rate(ANONYMOUS, number=opened.number, satisfied=False, comment=" 还有灰尘 ", now=now)
    row = Report.objects.get()
    assert (row.satisfaction, row.comment) == ("unsatisfied", "还有灰尘")
    assert not followed(opened.number, now=now).may_rate
    with pytest.raises(AlreadyRated):
        rate(ANONYMOUS, number=opened.number, satisfied=True, comment="", now=now)
    with pytest.raises(FollowRefused):
        rate(ANONYMOUS, number="2" * 19, satisfied=True, comment="", now=now)


def test_case_of_a_report_waits_for_the_acceptor(offices: Offices, now: datetime) -> None:
    task = waiting_task(told(now).case_id)
    assert (task.node, task.organisation_id) == ("accept", offices.centre.id)
