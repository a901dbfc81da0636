"""Opening cases."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from onecity.kernel import bus
from onecity.kernel.actor import system_actor
from onecity.kernel.deadlines import TimeUnit
from onecity.kernel.errors import NotFound
from onecity.kernel.identifiers.case_number import case_number, parse_case_number
from onecity.platform.cases.contracts import NewCase
from onecity.platform.cases.declare import CaseClass, Classification, Limit
from onecity.platform.cases.events import CASE_CLOSED, CASE_OPENED, TASK_OPENED
from onecity.platform.cases.models import Case, CounterDelta, Entry, SearchTerms, Serial, Task, Visibility
from onecity.platform.cases.rules.terms import pairs
from onecity.platform.cases.selectors.versions import NoPublishedVersion
from onecity.platform.cases.services.install import add_edition
from onecity.platform.cases.services.opening import CaseRefused, NoNumbersLeft, open_case
from onecity.platform.cases.services.types import retire
from onecity.platform.cases.tests.diagrams import end, process, service, start, user
from onecity.platform.cases.tests.factories import DIVISION, make_case, make_type, waiting_task
from onecity.platform.identity.tests.factories import make_actor, make_organisation, times_audited

pytestmark = pytest.mark.django_db


def test_number_is_the_division_the_day_and_a_serial_of_its_own(now: datetime) -> None:
    organisation, code = make_organisation(), make_type(now=now)
    first, second = (make_case(code, organisation=organisation, now=now) for _ in range(2))
    elsewhere = make_case(code, organisation=organisation, now=now, division_code="220103")
    tomorrow = make_case(code, organisation=organisation, now=now + timedelta(hours=12))
    assert first.number == case_number("220102", filing_date=now.date(), serial=1).value
    assert [parse_case_number(item.number).serial for item in (second, elsewhere, tomorrow)] == [2, 1, 1]


def test_case_waits_with_its_first_task_clock_and_history(now: datetime) -> None:
    organisation = make_organisation()
    opened = make_case(make_type(now=now), organisation=organisation, now=now, source_code="cases.window")
    case, task = Case.objects.get(id=opened.id), waiting_task(opened.id)
    assert (case.status, case.stage_code, case.light, case.revision) == ("open", "accept", "green", 1)
    assert case.due_at == now + timedelta(days=1)
    assert (task.node, task.organisation_id, task.division_code) == ("accept", organisation.id, DIVISION)
    assert task.due_at == now + timedelta(minutes=30)
    assert [line.kind for line in Entry.objects.order_by("id")] == ["opened", "task_opened"]
    assert Entry.objects.get(kind="task_opened").task_id == task.id
    assert times_audited("cases.open_case", target=f"cases.case:{case.id}") == 1


def test_case_is_seen_by_owner_handler_reporter_and_place(now: datetime) -> None:
    city = make_organisation("市政府")
    owner, handler = make_organisation("中心", parent=city), make_organisation("环境局", parent=city)
    reporter = make_actor(organisation=make_organisation("街道"))
    opened = make_case(make_type(now=now), organisation=owner, now=now, actor=reporter, handler_id=handler.id)
    keys = {f"o:{item}" for item in (city.id, owner.id, handler.id, reporter.organisation_id)}
    keys |= {"d:220102", "d:220102001", "d:220102001002"}
    assert set(Visibility.objects.filter(case_id=opened.id).values_list("scope_key", flat=True)) == keys
    assert set(Case.objects.get(id=opened.id).scope_keys) == keys
    assert set(CounterDelta.objects.get().scope_keys) == keys | {"*"}


def test_one_origin_opens_one_case(now: datetime) -> None:
    organisation, code = make_organisation(), make_type(now=now)
    first = make_case(code, organisation=organisation, now=now, origin="iot.alarm:7")
    again = make_case(code, organisation=organisation, now=now, origin="iot.alarm:7")
    assert (again.id, again.number, again.created) == (first.id, first.number, False)
    assert Case.objects.count() == 1
    assert Task.objects.count() == 1


def test_reporter_is_sealed_and_masked(now: datetime) -> None:
    opened = make_case(
        make_type(now=now),
        organisation=make_organisation(),
        now=now,
        reporter_name="张三丰",
        reporter_phone="13800138000",
    )
    case = Case.objects.get(id=opened.id)
    assert (case.reporter_name_masked, case.reporter_phone_masked) == ("张**", "138****8000")
    assert b"13800138000" not in bytes(case.reporter_phone_sealed)
    assert case.reporter_phone_hashed


def test_texts_are_narrowed_and_found_by_their_pairs(now: datetime) -> None:
    opened = make_case(make_type(now=now), organisation=make_organisation(), now=now, title="Ａ座１２号井盖")
    assert Case.objects.get(id=opened.id).title == "A座12号井盖"
    assert pairs("12号井盖") <= set(SearchTerms.objects.get(case_id=opened.id).terms)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "长" * 121}, "title"),
        ({"description": "长" * 4001}, "description"),
        ({"division_code": "2201"}, "division_code"),
        ({"division_code": "二二〇一〇二"}, "division_code"),
        ({"source_code": "nowhere.known"}, "source_code"),
        ({"class_code": "0101"}, "class_code"),
        ({"location": (200.0, 43.0)}, "location"),
        ({"location": (125.0, 143.0)}, "location"),
        ({"data": {"other": 1}}, "data.other"),
        ({"data": {"depth": "deep"}}, "data.depth"),
    ],
)
def test_what_makes_no_case_is_refused_naming_the_field(now: datetime, facts: dict[str, Any], field: str) -> None:
    code, organisation = make_type(now=now), make_organisation()
    with pytest.raises(CaseRefused) as refusal:
        make_case(code, organisation=organisation, now=now, **facts)
    assert set(refusal.value.fields) == {field}
    assert Case.objects.count() == Serial.objects.count() == 0


def test_place_of_the_owner_stands_in_for_a_missing_one(now: datetime) -> None:
    organisation = make_organisation(division="220104")
    opened = make_case(make_type(now=now), organisation=organisation, now=now, division_code="")
    assert Case.objects.get(id=opened.id).division_code == "220104"


def test_type_that_is_unknown_or_retired_opens_nothing(now: datetime) -> None:
    organisation = make_organisation()
    with pytest.raises(NotFound):
        make_case("tests.nothing", organisation=organisation, now=now)
    code = make_type(now=now)
    version = Case.objects.get(id=make_case(code, organisation=organisation, now=now).id).version_id
    retire(system_actor("test"), version_id=version, now=now)
    with pytest.raises(NoPublishedVersion):
        make_case(code, organisation=organisation, now=now)


def test_day_without_numbers_left_says_so(now: datetime) -> None:
    code, organisation = make_type(now=now), make_organisation()
    Serial.objects.create(division_code="220102", day=now.date(), last=99_999)
    with pytest.raises(NoNumbersLeft), transaction.atomic():
        make_case(code, organisation=organisation, now=now)
    assert Case.objects.count() == 0


def test_process_without_people_ends_at_once(now: datetime) -> None:
    xml = process(
        start(), service("set", "cases.set_value", name="depth", value="7"), end(), flows="start > set\nset > end"
    )
    opened = make_case(make_type(xml, now=now), organisation=make_organisation(), now=now)
    case = Case.objects.get(id=opened.id)
    assert (case.status, case.closed_at, case.next_light_at, case.data) == ("closed", now, None, {"depth": 7})
    assert [line.kind for line in Entry.objects.order_by("id")] == ["opened", "acted", "closed"]
    assert set(Visibility.objects.values_list("status", flat=True)) == {"closed"}


def test_class_brings_its_own_limit(now: datetime) -> None:
    scheme = Classification(
        "tests.scheme", "分类", (CaseClass("0101", "井盖", limits={"handle": Limit("3", TimeUnit.URGENT_HOUR)}),)
    )
    add_edition(scheme, effective_from=now)
    xml = process(
        start(), user("handle", "处置", "ok:好", limit="class:handle"), end(), flows="start > handle\nhandle > end"
    )
    code, organisation = make_type(xml, now=now, scheme="tests.scheme"), make_organisation()
    with_class = make_case(code, organisation=organisation, now=now, class_code="0101")
    without = make_case(code, organisation=organisation, now=now)
    assert waiting_task(with_class.id).due_at == now + timedelta(hours=3)
    assert waiting_task(without.id).due_at == now + timedelta(hours=2)
    with pytest.raises(CaseRefused):
        make_case(code, organisation=organisation, now=now - timedelta(days=1), class_code="0101")


def test_clock_that_the_first_task_pauses_stands_from_the_beginning(now: datetime) -> None:
    xml = process(
        start(),
        user("accept", "核实", "ok:好", limit="accept", pauses="case accept"),
        end(),
        flows="start > accept\naccept > end",
    )
    opened = make_case(make_type(xml, now=now), organisation=make_organisation(), now=now)
    assert Case.objects.get(id=opened.id).paused_at == now
    assert waiting_task(opened.id).paused_at == now


def test_opening_takes_few_statements(now: datetime, heard: object, django_assert_max_num_queries: object) -> None:
    organisation, code = make_organisation(), make_type(now=now)
    make_case(code, organisation=organisation, now=now)
    with django_assert_max_num_queries(4):  # type: ignore[operator]  # savepoint, rows, audit, release
        make_case(code, organisation=organisation, now=now)


def test_opening_is_announced(now: datetime, heard: object) -> None:
    known = set(bus._subscriptions)
    for event in (CASE_OPENED, TASK_OPENED, CASE_CLOSED):
        bus.subscribe(event, code=f"tests.{event.code}", handler=lambda _: None)
    try:
        opened = make_case(make_type(now=now), organisation=make_organisation(), now=now, origin="x:1")
    finally:
        for code in set(bus._subscriptions) - known:
            del bus._subscriptions[code]
    events = dict(heard.events)  # type: ignore[attr-defined]
    assert events["cases.case_opened"]["origin"] == "x:1"
    assert events["cases.task_opened"]["task_id"] == waiting_task(opened.id).id


def test_history_cannot_be_changed_or_removed(now: datetime) -> None:
    make_case(make_type(now=now), organisation=make_organisation(), now=now)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for sql in ("UPDATE cases_entry SET text = 'x'", "DELETE FROM cases_entry", "TRUNCATE cases_entry"):
        with pytest.raises(DatabaseError, match="only grows"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


@pytest.mark.django_db(transaction=True)
def test_same_origin_from_two_sides_at_once_opens_one_case(now: datetime) -> None:
    organisation, code = make_organisation(), make_type(now=now)
    gate, opened = threading.Barrier(4), []

    def tell() -> None:
        gate.wait()
        new = NewCase(code, "超标", organisation.id, division_code=DIVISION, origin="iot.alarm:1")
        opened.append(open_case(system_actor("test"), new=new, now=now))
        connection.close()

    threads = [threading.Thread(target=tell) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({item.id for item in opened}) == 1
    assert [item.created for item in opened].count(True) == 1
    assert Case.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_serial_numbers_drawn_at_once_are_all_different(now: datetime) -> None:
    organisation, code = make_organisation(), make_type(now=now)

    def open_some() -> None:
        for _ in range(10):
            make_case(code, organisation=organisation, now=now)
        connection.close()

    threads = [threading.Thread(target=open_some) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    serials = sorted(int(number[-5:]) for number in Case.objects.values_list("number", flat=True))
    assert serials == list(range(1, 41))
