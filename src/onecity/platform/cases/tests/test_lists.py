"""Lists, search, counts and waiting tasks as different people see them."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from onecity.kernel.actor import Actor, ScopeKey, system_actor
from onecity.kernel.errors import NotFound
from onecity.platform.cases.contracts import CaseFilter, OpenedCase, TaskAnswer
from onecity.platform.cases.models import Case, Task
from onecity.platform.cases.selectors import plans
from onecity.platform.cases.selectors.lists import cases, count_cases, number_of, outermost
from onecity.platform.cases.selectors.statements import Statement
from onecity.platform.cases.selectors.waiting import TaskFilter, count_waiting, waiting_tasks
from onecity.platform.cases.services.completing import complete_task
from onecity.platform.cases.services.tasks import claim
from onecity.platform.cases.services.ticks import turn_lights
from onecity.platform.cases.tests.factories import make_case, make_type, waiting_task
from onecity.platform.identity.tests.factories import Organisation, make_actor, make_organisation
from onecity.web.paging import Count

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the walk so short that the search index, and walking on, are reached with few cases."""
    monkeypatch.setattr(plans, "WINDOW", 3)
    monkeypatch.setattr(plans, "WIDE_WINDOW", 3)
    monkeypatch.setattr(plans, "MOST_WALKED", 40)


def fill(code: str, organisation: Organisation, now: datetime, titles: "list[str]", **facts: Any) -> "list[OpenedCase]":
    return [
        make_case(code, organisation=organisation, now=now + n * MINUTE, title=title, **facts)
        for n, title in enumerate(titles)
    ]


def everyone(organisation: Organisation) -> "list[Actor]":
    """Return one who sees by organisation, by division, by both, and everything."""
    both = Actor(
        "account", 1, "双", None, {"cases.view": frozenset({ScopeKey(f"o:{organisation.id}"), ScopeKey("d:220102001")})}
    )
    return [
        make_actor("cases.view", organisation=organisation),
        make_actor("cases.view", division="220102001"),
        both,
        make_actor("cases.view", everywhere=True),
    ]


def walked(actor: Actor, size: int, **wanted: object) -> "list[str]":
    """Return the numbers of all pages."""
    numbers: list[str] = []
    page = cases(actor, size=size, **wanted)  # type: ignore[arg-type]  # test data
    while True:
        numbers += [row.number for row in page.rows]
        if page.next is None:
            return numbers
        page = cases(actor, size=size, after=page.next, **wanted)  # type: ignore[arg-type]  # test data


def test_list_is_newest_first_page_by_page_for_everyone(now: datetime) -> None:
    organisation = make_organisation()
    opened = fill(make_type(now=now), organisation, now, [f"案{n}" for n in range(7)])
    make_case(make_type(now=now), organisation=make_organisation(), now=now, division_code="220103")
    expected = [item.number for item in reversed(opened)]
    for actor in everyone(organisation)[:3]:
        assert walked(actor, 3) == expected
        assert cases(actor, size=3).count == Count(7)
        assert cases(actor, size=20).count == Count(7)
    assert len(walked(everyone(organisation)[3], 3)) == 8


def test_nobody_sees_what_lies_outside_his_scope(now: datetime) -> None:
    opened = make_case(make_type(now=now), organisation=make_organisation(), now=now)
    for stranger in (
        make_actor("cases.view", organisation=make_organisation()),
        make_actor("cases.view", division="220103"),
        make_actor("cases.answer", everywhere=True),
    ):
        assert cases(stranger).rows == []
        assert cases(stranger, search="井盖").rows == []
        assert cases(stranger, search=opened.number).rows == []
        assert count_cases(stranger) == Count(0)
        with pytest.raises(NotFound):
            number_of(stranger, opened.id)
    assert number_of(system_actor("test"), opened.id) == opened.number


@pytest.mark.parametrize(
    ("search", "titles"),
    [
        ("井盖", ["南湖大路井盖破损", "井盖丢失Ａ12"]),
        ("盖破", ["南湖大路井盖破损"]),
        ("a12", ["井盖丢失Ａ12"]),
        ("Ａ１２", ["井盖丢失Ａ12"]),
        ("井盖 南湖", ["南湖大路井盖破损"]),
        ("湖", ["南湖大路井盖破损"]),
        ("路灯，不亮", ["路灯，不亮"]),
        ("盖丢失 不亮", []),
        ("%", []),
    ],
)
@pytest.mark.usefixtures("small_windows")
def test_search_finds_parts_of_text_for_everyone(now: datetime, search: str, titles: "list[str]") -> None:
    organisation, code = make_organisation(), make_type(now=now)
    fill(code, organisation, now, ["南湖大路井盖破损", "井盖丢失Ａ12", "路灯，不亮"])
    fill(code, organisation, now + 9 * MINUTE, ["垃圾堆放"] * 5)
    for actor in everyone(organisation):
        assert {row.title for row in cases(actor, search=search).rows} == {title.replace("Ａ", "A") for title in titles}


@pytest.mark.usefixtures("small_windows")
def test_search_has_pages_too(now: datetime) -> None:
    organisation = make_organisation()
    titles = [f"井盖{n}" if n % 2 else f"垃圾{n}" for n in range(16)]
    fill(make_type(now=now), organisation, now, titles)
    for actor in everyone(organisation):
        assert len(set(walked(actor, 3, search="井盖"))) == 8
        assert len(set(walked(actor, 3, search="井"))) == 8
        assert cases(actor, size=3, search="井盖").count == Count(3, open_ended=True)


@pytest.mark.parametrize("weeks", [1, 30, 200])
@pytest.mark.usefixtures("small_windows")
def test_search_reaches_back_to_what_lies_long_ago(now: datetime, weeks: int) -> None:
    organisation, code = make_organisation(), make_type(now=now)
    old = fill(
        code, organisation, now - timedelta(weeks=weeks), ["井盖一", "垃圾", "井盖二", "井盖三", "路灯", "井盖四"]
    )
    new = fill(code, organisation, now, ["井盖五", "垃圾", "路灯", "井盖六"])
    expected = [item.number for item in (new[3], new[0], old[5], old[3], old[2], old[0])]
    for actor in everyone(organisation):
        for size in (1, 2, 4, 9):
            assert walked(actor, size, search="井盖") == expected


def test_case_is_found_by_number_and_by_phone(now: datetime) -> None:
    organisation = make_organisation()
    opened = make_case(make_type(now=now), organisation=organisation, now=now, reporter_phone="13800138000")
    looker = make_actor("cases.view", "cases.look_at_reporter", organisation=organisation)
    plain = make_actor("cases.view", organisation=organisation)
    for words in (opened.number, opened.number[:14]):
        assert [row.number for row in cases(plain, search=words).rows] == [opened.number]
    assert [row.number for row in cases(looker, search="13800138000").rows] == [opened.number]
    assert cases(plain, search="13800138000").rows == []
    assert [row.number for row in cases(system_actor("test"), search=opened.number).rows] == [opened.number]


@pytest.mark.usefixtures("small_windows")
def test_filters_narrow_the_list_for_everyone(now: datetime) -> None:
    organisation, handler = make_organisation(), make_organisation("环境局")
    first, second = make_type(now=now), make_type(now=now)
    clerk = make_actor(organisation=organisation)
    mine = make_case(
        first, organisation=organisation, now=now, actor=clerk, source_code="cases.window", handler_id=handler.id
    )
    fill(second, organisation, now + MINUTE, ["其他"] * 6)
    moved = make_case(second, organisation=organisation, now=now + 20 * MINUTE, division_code="220102001002001")
    complete_task(
        system_actor("test"), task_id=waiting_task(moved.id).id, answer=TaskAnswer("void", note="非职责"), now=now
    )
    turn_lights(now=now + 31 * MINUTE)
    filters = {
        CaseFilter(status="void"): {moved.number},
        CaseFilter(type_code=first): {mine.number},
        CaseFilter(type_code="tests.nothing"): set(),
        CaseFilter(source_code="cases.window"): {mine.number},
        CaseFilter(handler_id=handler.id): {mine.number},
        CaseFilter(division_code="220102001002001"): {moved.number},
        CaseFilter(opened_by=clerk.key): {mine.number},
        CaseFilter(opened_before=now + MINUTE): {mine.number},
        CaseFilter(opened_from=now + 20 * MINUTE): {moved.number},
        CaseFilter(stage_code="check"): set(),
        CaseFilter(class_code="0101"): set(),
        CaseFilter(light="red", type_code=first): {mine.number},
    }
    for actor in everyone(organisation):
        for wanted, numbers in filters.items():
            assert set(walked(actor, 2, filters=wanted)) == numbers, wanted


def test_walk_without_an_index_stops_after_a_while_and_can_go_on(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plans, "WINDOW", 2)
    monkeypatch.setattr(plans, "MOST_WALKED", 4)
    organisation = make_organisation()
    opened = fill(make_type(now=now), organisation, now, ["红", *["绿"] * 9])
    Case.objects.filter(id=opened[0].id).update(light="red")
    actor = make_actor("cases.view", organisation=organisation)
    page = cases(actor, filters=CaseFilter(light="red"))
    assert page.rows == []
    assert page.next is not None
    assert walked(actor, 20, filters=CaseFilter(light="red")) == [opened[0].number]


def test_keys_inside_others_are_left_out(now: datetime) -> None:
    city = make_organisation("市")
    bureau = make_organisation("局", parent=city)
    keys = frozenset(
        ScopeKey(key) for key in (f"o:{city.id}", f"o:{bureau.id}", "d:220102", "d:220102001", "d:220103001002")
    )
    assert outermost(keys) == ("d:220102", "d:220103001002", f"o:{city.id}")
    assert outermost(keys | {ScopeKey("*")}) == ("*",)


def test_counts_of_overlapping_scopes_are_exact_or_a_sure_lower_bound(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, handler = make_organisation(), make_organisation("环境局")
    code = make_type(now=now)
    for n in range(5):
        make_case(code, organisation=owner, now=now, handler_id=handler.id if n < 3 else None)
    keys = frozenset({ScopeKey(f"o:{owner.id}"), ScopeKey(f"o:{handler.id}")})
    actor = Actor("account", 1, "张三", None, {"cases.view": keys})
    assert count_cases(actor) == Count(5)
    assert count_cases(actor, filters=CaseFilter(type_code=code)) == Count(5)
    assert count_cases(actor, filters=CaseFilter(type_code="tests.none")) == Count(0)
    monkeypatch.setattr(plans, "COUNTED_ONE_BY_ONE", 7)
    assert count_cases(actor) == Count(5, open_ended=True)
    divisions = frozenset({ScopeKey("d:220102"), ScopeKey("d:220103")})
    assert count_cases(Actor("account", 1, "张三", None, {"cases.view": divisions})) == Count(5)


def test_type_that_asks_for_more_is_hidden_from_others(now: datetime) -> None:
    organisation = make_organisation()
    secret = make_type(now=now, view="cases.supervise")
    open_one = make_case(make_type(now=now), organisation=organisation, now=now, title="井盖")
    hidden = make_case(secret, organisation=organisation, now=now, title="井盖信访")
    clerk = make_actor("cases.view", organisation=organisation)
    assert walked(clerk, 20) == [open_one.number]
    assert walked(clerk, 20, search="井盖") == [open_one.number]
    assert walked(clerk, 20, search=hidden.number) == []
    assert count_cases(clerk) == Count(1)
    allowed = make_actor("cases.view", "cases.supervise", organisation=organisation)
    assert len(walked(allowed, 20)) == 2


def test_list_takes_few_statements(now: datetime, django_assert_max_num_queries: object) -> None:
    organisation = make_organisation()
    fill(make_type(now=now), organisation, now, ["井盖"] * 25)
    actor = make_actor("cases.view", organisation=organisation)
    cases(actor)
    with django_assert_max_num_queries(2):  # type: ignore[operator]  # rows, count
        cases(actor)
    with django_assert_max_num_queries(1):  # type: ignore[operator]  # rows
        cases(actor, search="井盖")


def test_waiting_tasks_are_those_of_my_posts_where_i_hold_them_first_due_on_top(now: datetime) -> None:
    organisation = make_organisation()
    code = make_type(now=now)
    late = make_case(code, organisation=organisation, now=now - 60 * MINUTE, title="早")
    later = make_case(code, organisation=organisation, now=now, title="晚")
    make_case(code, organisation=make_organisation(), now=now, division_code="220103")
    clerk = make_actor("cases.answer", organisation=organisation)
    grid = make_actor("cases.answer", division="220102001002")
    for actor in (clerk, grid):
        page = waiting_tasks(actor)
        assert [row.number for row in page.rows] == [late.number, later.number]
        assert page.count == Count(2)
    assert len(waiting_tasks(make_actor("cases.answer", everywhere=True)).rows) == 3
    assert waiting_tasks(make_actor("cases.view", organisation=organisation)).rows == []
    first = waiting_tasks(clerk, size=1)
    assert first.next is not None
    second = waiting_tasks(clerk, size=1, after=first.next)
    assert ([row.number for row in second.rows], second.next) == ([later.number], None)


def test_waiting_tasks_leave_out_what_others_have_claimed(now: datetime) -> None:
    organisation = make_organisation()
    code = make_type(now=now)
    opened = make_case(code, organisation=organisation, now=now)
    me, other = (make_actor("cases.answer", organisation=organisation) for _ in range(2))
    claim(me, task_id=waiting_task(opened.id).id, now=now)
    assert [row.assignee_id for row in waiting_tasks(me, filters=TaskFilter(claimed=True)).rows] == [me.id]
    assert waiting_tasks(other).rows == []
    assert waiting_tasks(me, filters=TaskFilter(type_code=code, light="green")).count == Count(1)
    assert waiting_tasks(me, filters=TaskFilter(light="red")).rows == []
    Task.objects.update(light="red")
    assert count_waiting(me, filters=TaskFilter(light="red")) == Count(1)


def test_statement_is_numbered_for_the_other_driver() -> None:

    statement = Statement("SELECT %(b)s, %(a)s, %(b)s WHERE x LIKE '%%y'", {"a": 1, "b": 2})
    assert statement.numbered() == ("SELECT $1, $2, $1 WHERE x LIKE '%y'", [2, 1])
