"""Abnormal use: found once, told, opened as a case when it is grave, handled by people, over by itself."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from onecity.domains.metering.events import ABNORMALITY_FOUND
from onecity.domains.metering.handlers import _closed
from onecity.domains.metering.models import Abnormality, AbnormalRule, Meter
from onecity.domains.metering.permissions import HANDLE
from onecity.domains.metering.process import INSPECTION
from onecity.domains.metering.rules.codes import Abnormal, Supply
from onecity.domains.metering.services.facts import set_borders
from onecity.domains.metering.services.handling import AlreadyClosed, close, note_result, open_case_of, take_up
from onecity.domains.metering.services.judging import rule_book, watch_homes
from onecity.domains.metering.tests.factories import SYSTEM, daily, hourly, make_meter, make_zone, measured
from onecity.kernel import clock
from onecity.kernel.errors import Invalid, NotFound
from onecity.platform.cases import api as cases
from onecity.platform.identity.tests.factories import audited, plain_actor

pytestmark = pytest.mark.django_db
FIRST = date(2026, 3, 1)
Queue = Callable[[], int]


def found() -> list[tuple[str, str, str]]:
    return [(row.kind, row.first_date.isoformat()[5:], row.state) for row in Abnormality.objects.order_by("id")]


def still_home(now: datetime, *, hours: float = 25, division: str = "220102001001") -> Meter:
    """Return a watched home whose meter was read all the time and did not move for so many hours."""
    meter = make_meter(now=now, watched=True, division=division)
    moved = now - timedelta(hours=hours)
    measured(meter, [(moved - timedelta(hours=1), 9), (moved, 10), (now - timedelta(minutes=5), 10)], now=now)
    return meter


def test_watched_home_that_stands_still_is_found_and_told_once(now: datetime, heard: object) -> None:
    meter = still_home(now)
    row = Abnormality.objects.get()
    assert (row.kind, row.severity, row.meter_id, row.value) == (
        "standing_still",
        "critical",
        meter.id,
        Decimal("24.9"),
    )
    measured(meter, [(now, 10)], now=now + timedelta(minutes=10))
    row.refresh_from_db()
    assert (Abnormality.objects.count(), row.value) == (1, Decimal("25.0"))
    told = [given for code, given in heard.events if code == ABNORMALITY_FOUND.code]  # type: ignore[attr-defined]
    assert [(item["kind"], item["abnormality_id"]) for item in told] == [("standing_still", row.id)]


def test_home_that_moves_again_is_over_by_itself_unless_somebody_has_taken_it_up(now: datetime) -> None:
    meter, other = still_home(now), still_home(now)
    take_up(SYSTEM, abnormality_id=Abnormality.objects.get(meter=other).id)
    for each in (meter, other):
        measured(each, [(now, 10.01)], now=now + timedelta(minutes=10))
    assert Abnormality.objects.get(meter=meter).result == "over"
    assert Abnormality.objects.get(meter=other).state == "handling"


def test_home_is_watched_by_the_clock_too(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    meter = still_home(now, hours=2)
    assert found() == []
    Meter.objects.filter(id=meter.id).update(moved_at=now - timedelta(hours=30))
    monkeypatch.setattr(clock, "city_now", lambda: now)
    watch_homes()
    assert [kind for kind, _, _ in found()] == ["standing_still"]
    AbnormalRule.objects.all().delete()
    watch_homes()


def test_leak_is_found_after_two_whole_days_and_prolonged(now: datetime) -> None:
    meter = make_meter(now=now)
    register = 5.0
    for number in range(3):
        day = FIRST + timedelta(days=number)
        measured(meter, hourly(day, register, [0.02] * 24), now=now)
        register += 0.48
    row = Abnormality.objects.get(kind=Abnormal.CONTINUOUS)
    assert (row.first_date, row.last_date) == (date(2026, 3, 2), date(2026, 3, 3))
    assert row.value == Decimal("0.020")


def test_flow_over_a_zone_s_border_never_stops_and_is_no_leak(now: datetime) -> None:
    meter, zone = make_meter(now=now), make_zone(now=now)
    set_borders(SYSTEM, zone_id=zone, inlets=[meter.id])
    for number in range(3):
        measured(meter, hourly(FIRST + timedelta(days=number), 5 + 0.48 * number, [0.02] * 24), now=now)
    assert found() == []


def test_rise_is_found_on_a_whole_day_only(now: datetime) -> None:
    meter = make_meter(now=now)
    measured(meter, daily(FIRST, [0, 1, 2, 3, 4, 5, 6, 7, 8]), now=now)
    measured(meter, daily(date(2026, 3, 10), [30], hour=11), now=now)
    assert found() == []
    measured(meter, daily(date(2026, 3, 10), [31]), now=now + timedelta(days=1))
    assert found() == [("sudden_rise", "03-10", "open")]


def test_meter_that_runs_backwards_is_found(now: datetime) -> None:
    measured(make_meter(now=now, supply=Supply.GAS), daily(FIRST, [100, 99]), now=now)
    assert found() == [("reverse", "03-02", "open")]


def test_closed_day_is_not_found_again_and_a_later_one_is(now: datetime) -> None:
    meter = make_meter(now=now)
    measured(meter, daily(FIRST, [100, 99]), now=now)
    close(SYSTEM, abnormality_id=Abnormality.objects.get().id, result="fault", note="已换表", now=now)
    measured(meter, daily(FIRST + timedelta(days=1), [98], hour=23), now=now)
    assert found() == [("reverse", "03-02", "closed")]
    measured(meter, daily(FIRST + timedelta(days=2), [90]), now=now)
    assert found() == [("reverse", "03-02", "closed"), ("reverse", "03-03", "open")]


def test_rules_are_dated_and_can_be_ended(now: datetime) -> None:
    row = AbnormalRule.objects.get(supply="gas", kind="reverse")
    row.pk, row.valid_from, row.is_active = None, date(2026, 3, 1), False
    row.save()
    kinds = {rule.kind for rule in rule_book(now.date())["gas"]}
    assert Abnormal.REVERSE not in kinds
    assert Abnormal.REVERSE in {rule.kind for rule in rule_book(date(2026, 2, 1))["gas"]}
    assert str(row) == "gas reverse 2026-03-01"


def test_handling_is_taken_up_and_closed_with_its_result(now: datetime) -> None:
    measured(make_meter(now=now), daily(FIRST, [100, 99]), now=now)
    row = Abnormality.objects.get()
    take_up(SYSTEM, abnormality_id=row.id)
    with pytest.raises(Invalid):
        close(SYSTEM, abnormality_id=row.id, result="perhaps", note="", now=now)
    close(SYSTEM, abnormality_id=row.id, result="leak", note="立管漏水", now=now)
    row.refresh_from_db()
    assert (row.state, row.result, row.note, row.closed_at) == ("closed", "leak", "立管漏水", now)
    with pytest.raises(AlreadyClosed):
        take_up(SYSTEM, abnormality_id=row.id)
    with pytest.raises(NotFound):
        take_up(plain_actor(HANDLE, keys=frozenset()), abnormality_id=row.id)
    assert audited(f"metering.abnormality:{row.id}") == [
        ("metering.take_up_abnormality", "done"),
        ("metering.close_abnormality", "done"),
    ]
    assert str(row).endswith("reverse 2026-03-02")


def payload(row: Abnormality) -> dict[str, object]:
    return {"abnormality_id": row.id, "severity": row.severity}


def test_grave_use_opens_a_case_and_its_end_closes_it(
    now: datetime, run_queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "city_now", lambda: now)
    still_home(now)
    run_queue()
    row = Abnormality.objects.get()
    assert row.state == "handling"
    info = cases.case(SYSTEM, row.case_number, now=now)
    assert info.row.type_code == INSPECTION
    open_case_of(payload(row), now=now)
    note_result({"type_code": INSPECTION, "node": "visit", "outcome": "helped", "case_id": row.case_id})
    note_result({"type_code": INSPECTION, "node": "confirm", "outcome": "agree", "case_id": row.case_id})
    _closed({"type_code": "welfare.question", "case_id": row.case_id})
    assert Abnormality.objects.get().state == "handling"
    _closed({"type_code": INSPECTION, "case_id": row.case_id})
    row.refresh_from_db()
    assert (row.state, row.result) == ("closed", "helped")


def test_light_use_and_a_place_without_division_open_no_case(now: datetime) -> None:
    measured(make_meter(now=now), daily(FIRST, [100, 99]), now=now)
    light = Abnormality.objects.get()
    open_case_of(payload(light), now=now)
    still_home(now, division="")
    nowhere = Abnormality.objects.get(kind="standing_still")
    open_case_of(payload(nowhere), now=now)
    assert set(Abnormality.objects.values_list("case_id", flat=True)) == {None}
