"""Electronic supervision: cards, appeals, escalation; and nobody is late without somebody being told."""

from collections.abc import Sequence
from datetime import datetime
from itertools import product

import pytest

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid, NotFound, NotPermitted
from onecity.platform.cases.contracts import OpenedCase, TaskAnswer
from onecity.platform.cases.models import Card, Entry, Task
from onecity.platform.cases.rules.supervision import CardIsSettled, TooLateToAppeal
from onecity.platform.cases.selectors.cards import CardFilter, card, cards, cards_of
from onecity.platform.cases.selectors.remembered import forget_all
from onecity.platform.cases.services.completing import complete_task
from onecity.platform.cases.services.supervision.appeals import OwnAppeal, appeal_card, decide_card, remind_of_appeals
from onecity.platform.cases.services.supervision.watching import watch
from onecity.platform.cases.services.tasks import claim
from onecity.platform.cases.services.ticks import turn_lights
from onecity.platform.cases.tests.diagrams import choice, end, process, start, user
from onecity.platform.cases.tests.factories import make_case, make_type, waiting_task
from onecity.platform.cases.tests.requesting import DAY, HOUR, SYSTEM, told
from onecity.platform.identity.tests.factories import (
    Organisation,
    make_actor,
    make_organisation,
    times_audited,
)
from onecity.platform.messages.api import inbox

pytestmark = pytest.mark.django_db
SUPERVISION = {
    "measures": [
        {"kind": "yellow", "after": "0 urgent_hour"},
        {"kind": "escalate", "after": "2 urgent_hour", "level": 1},
        {"kind": "red", "after": "6 urgent_hour"},
        {"kind": "escalate", "after": "8 urgent_hour", "level": 9},
    ],
    "appeal": "1 natural_day",
    "decide": "2 natural_day",
}
LATE = ("cases.task_late", "cases.yellow_card", "cases.red_card", "cases.escalated")


@pytest.fixture
def top() -> Organisation:
    return make_organisation("市政府")


@pytest.fixture
def office(top: Organisation) -> Organisation:
    return make_organisation("城管局", parent=top)


@pytest.fixture
def mayor(top: Organisation) -> Actor:
    return make_actor("cases.supervise", "cases.view", organisation=top)


@pytest.fixture
def opened(office: Organisation, now: datetime) -> OpenedCase:
    """A case whose task is late half an hour after its opening."""
    return make_case(make_type(now=now, supervision=SUPERVISION), organisation=office, now=now)


def run_to(moment: datetime) -> int:
    turn_lights(now=moment)
    return watch(now=moment)


def test_measures_follow_one_another_each_once(
    opened: OpenedCase, clerk: Actor, chief: Actor, mayor: Actor, office: Organisation, now: datetime
) -> None:
    late = now + HOUR / 2
    assert run_to(late - HOUR / 60) == 0
    assert run_to(late) == 1
    assert run_to(late) == 0
    yellow = Card.objects.get()
    assert (yellow.level, yellow.organisation_id, yellow.missed_at) == ("yellow", office.id, late)
    assert yellow.appeal_until == late + DAY
    assert (told(clerk, "cases.yellow_card"), told(chief, "cases.yellow_card")) == (1, 1)
    assert told(mayor, "cases.escalated") == 0
    assert run_to(late + 2 * HOUR) == 1
    assert (told(mayor, "cases.escalated"), told(chief, "cases.escalated")) == (1, 0)
    assert run_to(late + 9 * HOUR) == 2
    assert list(Card.objects.order_by("id").values_list("level", flat=True)) == ["yellow", "red"]
    assert told(mayor, "cases.escalated") == 2
    assert waiting_task(opened.id).watch_at is None
    assert run_to(late + 30 * DAY) == 0
    kinds = list(Entry.objects.filter(kind__in=["card", "escalated"]).order_by("id").values_list("kind", flat=True))
    assert kinds == ["card", "escalated", "card", "escalated"]
    assert (times_audited("cases.issue_card"), times_audited("cases.escalate")) == (2, 2)


def test_missed_ticks_are_made_up_for_at_once(opened: OpenedCase, clerk: Actor, mayor: Actor, now: datetime) -> None:
    assert run_to(now + 30 * DAY) == 4
    assert Card.objects.count() == 2


def test_whoever_claimed_the_task_is_named(opened: OpenedCase, clerk: Actor, chief: Actor, now: datetime) -> None:
    other = make_actor("cases.answer", organisation=None, everywhere=True)
    claim(clerk, task_id=waiting_task(opened.id).id, now=now)
    run_to(now + HOUR)
    assert Card.objects.get().account_id == clerk.id
    assert (told(clerk, "cases.yellow_card"), told(other, "cases.yellow_card")) == (1, 0)


def test_ended_task_gets_no_further_measure(opened: OpenedCase, clerk: Actor, chief: Actor, now: datetime) -> None:
    run_to(now + HOUR)
    task = waiting_task(opened.id)
    complete_task(SYSTEM, task_id=task.id, answer=TaskAnswer("void", note="非职责范围"), now=now + HOUR)
    assert run_to(now + DAY) == 0


def test_types_that_say_nothing_keep_the_house_default(
    office: Organisation, clerk: Actor, chief: Actor, now: datetime
) -> None:
    made = make_case(make_type(now=now), organisation=office, now=now)
    assert run_to(now + HOUR) == 1
    assert Card.objects.get(case_id=made.id).level == "yellow"
    assert run_to(now + 20 * DAY) == 3


def test_task_that_begins_late_is_watched_at_once(office: Organisation, clerk: Actor, now: datetime) -> None:
    """A task that goes on with the time its earlier instances left may be late when it begins; no light turns then."""
    xml = process(
        start(),
        user("accept", "受理", "ok:好", limit="accept", continues="true"),
        choice("more", "more-check"),
        user("check", "补正", "ok:好"),
        end(),
        flows="start > accept\naccept > more\nmore > check\nmore > end : urgency > 1\ncheck > accept",
    )
    made = make_case(make_type(xml, now=now, supervision=SUPERVISION), organisation=office, now=now)
    complete_task(SYSTEM, task_id=waiting_task(made.id).id, answer=TaskAnswer("ok"), now=now + HOUR)
    complete_task(SYSTEM, task_id=waiting_task(made.id).id, answer=TaskAnswer("ok"), now=now + HOUR)
    task = waiting_task(made.id)
    assert (task.light, task.next_light_at, task.watch_at) == ("red", None, now + HOUR)
    assert turn_lights(now=now + HOUR) == 0
    assert watch(now=now + HOUR) == 1
    assert told(clerk, "cases.yellow_card") == 1


SOMEBODY = ("cases.answer", "cases.supervise", "cases.manage_types")


@pytest.mark.parametrize(
    ("people", "claimed"),
    [(people, claimed) for people in product((False, True), repeat=3) for claimed in (False, True) if any(people)],
)
def test_no_task_is_late_without_somebody_being_told(
    people: tuple[bool, ...], claimed: bool, top: Organisation, office: Organisation, now: datetime
) -> None:
    """Whoever there is: those who do the work, those who supervise it from above, or only who runs the processes."""
    held = [name for name, there in zip(SOMEBODY, people, strict=True) if there]
    places = {"cases.answer": office, "cases.supervise": top, "cases.manage_types": top}
    actors = [make_actor(name, organisation=places[name], everywhere=name == "cases.manage_types") for name in held]
    code = make_type(now=now, supervision=SUPERVISION)
    made = [make_case(code, organisation=office, now=now) for _ in range(2)]
    if claimed and people[0]:
        claim(actors[0], task_id=waiting_task(made[0].id).id, now=now)
    run_to(now + HOUR)
    assert unheard(now + HOUR, actors) == []


def test_lateness_waits_for_the_first_person_who_can_be_told(
    opened: OpenedCase, office: Organisation, now: datetime
) -> None:
    assert run_to(now + HOUR) == 0
    assert unheard(now + HOUR, []) == [opened.number]
    forget_all()
    newcomer = make_actor("cases.answer", organisation=office)
    assert run_to(now + 2 * HOUR) == 1
    assert told(newcomer, "cases.yellow_card") == 1
    assert unheard(now + 2 * HOUR, [newcomer]) == []


def unheard(now: datetime, people: Sequence[Actor]) -> list[str]:
    """Return the numbers of cases with a late task of which none of these people has a message."""
    rows = Task.objects.select_related("case").filter(state="open", due_at__lte=now, paused_at__isnull=True)
    messages = [item.body for person in people for item in inbox(person, size=100).rows if item.template in LATE]
    return [row.case.number for row in rows if not any(row.case.number in text for text in messages)]


@pytest.fixture
def yellow(opened: OpenedCase, clerk: Actor, chief: Actor, now: datetime) -> Card:
    run_to(now + HOUR)
    return Card.objects.get()


def test_appeal_is_decided_by_the_supervising_post_and_told(
    yellow: Card, clerk: Actor, chief: Actor, now: datetime
) -> None:
    appeal_card(clerk, card_id=yellow.id, reason="系统故障", now=now + 2 * HOUR)
    yellow.refresh_from_db()
    assert (yellow.state, yellow.decide_by) == ("appealed", now + 2 * HOUR + 2 * DAY)
    assert told(chief, "cases.card_appealed") == 1
    with pytest.raises(NotPermitted):
        decide_card(clerk, card_id=yellow.id, withdraw=True, note="同意", now=now + DAY)
    decide_card(chief, card_id=yellow.id, withdraw=True, note="情况属实", now=now + DAY)
    assert card(clerk, yellow.id).state == "withdrawn"
    assert told(clerk, "cases.card_withdrawn") == 1
    with pytest.raises(CardIsSettled):
        decide_card(chief, card_id=yellow.id, withdraw=False, note="维持", now=now + DAY)
    with pytest.raises(CardIsSettled):
        appeal_card(clerk, card_id=yellow.id, reason="再次申诉", now=now + DAY)
    kinds = list(Entry.objects.order_by("id").values_list("kind", flat=True))[-2:]
    assert kinds == ["appealed", "card_settled"]


def test_appeal_has_a_term_a_reason_and_a_body(yellow: Card, clerk: Actor, now: datetime) -> None:
    with pytest.raises(Invalid):
        appeal_card(clerk, card_id=yellow.id, reason=" ", now=now)
    with pytest.raises(NotPermitted):
        appeal_card(
            make_actor("cases.answer", organisation=make_organisation()), card_id=yellow.id, reason="冤", now=now
        )
    with pytest.raises(TooLateToAppeal):
        appeal_card(clerk, card_id=yellow.id, reason="晚了", now=yellow.appeal_until + HOUR)
    with pytest.raises(NotFound):
        appeal_card(clerk, card_id=9_999_999, reason="没有", now=now)


def test_nobody_decides_on_his_own_appeal(yellow: Card, office: Organisation, now: datetime) -> None:
    both = make_actor("cases.answer", "cases.supervise", organisation=office)
    appeal_card(both, card_id=yellow.id, reason="系统故障", now=now)
    with pytest.raises(OwnAppeal):
        decide_card(both, card_id=yellow.id, withdraw=True, note="同意", now=now)


def test_undecided_appeal_is_reminded_of_once(yellow: Card, clerk: Actor, chief: Actor, now: datetime) -> None:
    appeal_card(clerk, card_id=yellow.id, reason="系统故障", now=now)
    assert remind_of_appeals(now=now + DAY) == 0
    assert remind_of_appeals(now=now + 3 * DAY) == 1
    assert remind_of_appeals(now=now + 4 * DAY) == 0
    assert told(chief, "cases.card_appealed") == 2
    decide_card(chief, card_id=yellow.id, withdraw=False, note="理由不成立", now=now + 4 * DAY)
    assert Card.objects.get().state == "upheld"


def test_cards_are_listed_to_those_who_see_their_body(yellow: Card, clerk: Actor, now: datetime) -> None:
    run_to(now + 7 * HOUR)
    assert [row.level for row in cards(clerk).rows] == ["red", "yellow"]
    assert [row.level for row in cards(clerk, filters=CardFilter(level="red", state="issued")).rows] == ["red"]
    first = cards(clerk, size=1)
    assert first.next is not None
    assert [row.level for row in cards(clerk, size=1, after=first.next).rows] == ["yellow"]
    stranger = make_actor("cases.view", organisation=make_organisation())
    assert cards(stranger).rows == []
    with pytest.raises(NotFound):
        card(stranger, yellow.id)
    assert len(cards_of(yellow.case_id)) == 2


def test_card_of_a_type_that_is_kept_close_is_kept_close_too(
    office: Organisation, clerk: Actor, chief: Actor, now: datetime
) -> None:
    code = make_type(now=now, supervision=SUPERVISION, view="cases.look_at_reporter")
    make_case(code, organisation=office, now=now)
    run_to(now + HOUR)
    close = Card.objects.get()
    assert cards(clerk).rows == []
    with pytest.raises(NotFound):
        card(clerk, close.id)
    insider = make_actor("cases.view", "cases.look_at_reporter", organisation=office)
    assert card(insider, close.id).level == "yellow"
