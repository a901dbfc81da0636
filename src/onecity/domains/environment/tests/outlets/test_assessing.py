"""Hours and days of outlets: what counts, what exceeds, what came."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from onecity.domains.environment.contracts import NewLimit, NewStandstill
from onecity.domains.environment.models import (
    Excess,
    Outlet,
    OutletDay,
    OutletHour,
    PermitLimit,
    TransmissionMonth,
)
from onecity.domains.environment.rules.outlets.transmission import Transmission
from onecity.domains.environment.rules.times import HOUR
from onecity.domains.environment.services.outlets.assessing import Assessed, assess_outlets
from onecity.domains.environment.services.outlets.permitting import LimitKnown, report_standstill, set_limit
from onecity.domains.environment.services.outlets.transmitting import count_now
from onecity.domains.environment.tests.surroundings import ALL, allow, make_outlet, record
from onecity.kernel import clock
from onecity.kernel.errors import Invalid, NotFound, NotPermitted
from onecity.platform.identity.tests.factories import plain_actor
from onecity.platform.iot import api as iot
from onecity.platform.iot.declare import Period

pytestmark = pytest.mark.django_db
D = Decimal
GAS = "environment.waste_gas_outlet"
MINUTES = timedelta(minutes=10)


def hour(outlet: Outlet, at: datetime, *, now: datetime, quality: str = "N", **values: float) -> Assessed:
    record(outlet.device_id, at, values, now=now, quality=quality)
    return assess_outlets([outlet.device_id], at=[at], now=now)


def test_hour_above_the_permit_is_an_exceedance_with_its_multiple(now: datetime) -> None:
    outlet = make_outlet(now=now)
    done = hour(outlet, now - HOUR, now=now, cod=75.0, flow=10.0)
    assert (done.hours, done.exceedances, done.told) == (1, 1, 1)
    row = OutletHour.objects.get()
    assert (row.mean, row.share, row.exceeds, row.multiple, row.flow) == (D(75), D(150), True, D("0.50"), D(10))
    assert row.total_kg == D("2.7")  # 75 mg/L × 10 L/s × 3600 s
    excess = Excess.objects.get()
    assert (excess.span, excess.date, excess.count, excess.highest, excess.limit_upper, excess.state) == (
        "hour", date(2026, 3, 10), 1, D(75), D(50), "open",
    )  # fmt: skip
    assert excess.organisation_id == outlet.organisation_id
    assert Outlet.objects.get().heard_at == now - HOUR


@pytest.mark.parametrize("quality", ["M", "F", "C", "D", "B", "S"])
def test_hour_under_maintenance_fault_or_calibration_is_never_judged(now: datetime, quality: str) -> None:
    outlet = make_outlet(now=now)
    hour(outlet, now - HOUR, now=now, quality=quality, cod=500.0)
    row = OutletHour.objects.get()
    assert (row.is_valid, row.mark, row.share, row.exceeds) == (False, quality, None, False)
    assert not Excess.objects.exists()


def test_hour_of_minutes_is_weighted_by_flow_and_lost_by_one_bad_minute(now: datetime) -> None:
    outlet = make_outlet(now=now)
    for number, (cod, flow) in enumerate(((100.0, 1.0), (10.0, 9.0))):
        at = now - HOUR + number * MINUTES
        record(outlet.device_id, at, {"cod": cod, "flow": flow}, now=now, period=Period.MINUTE)
    assess_outlets([outlet.device_id], at=[now - HOUR], now=now)
    row = OutletHour.objects.get()
    assert (row.mean, row.count, row.normal, row.is_valid, row.flow) == (D(19), 2, 2, True, D(5))
    record(outlet.device_id, now - HOUR + 2 * MINUTES, {"cod": 11.0}, now=now, period=Period.MINUTE, quality="D")
    assess_outlets([outlet.device_id], at=[now - HOUR], now=now)
    row = OutletHour.objects.get()
    assert (row.is_valid, row.mark, row.count, row.normal) == (False, "D", 3, 2)


def test_hour_that_the_logger_sent_goes_before_its_minutes(now: datetime) -> None:
    outlet = make_outlet(now=now)
    record(outlet.device_id, now - HOUR, {"cod": 90.0}, now=now, period=Period.MINUTE)
    hour(outlet, now - HOUR, now=now, cod=20.0)
    assert OutletHour.objects.get().mean == D(20)


def test_total_that_the_logger_sent_goes_before_the_computed_one(now: datetime) -> None:
    outlet = make_outlet(now=now)
    record(outlet.device_id, now - HOUR, {"cod": 1.25}, now=now, sub_value="total")
    hour(outlet, now - HOUR, now=now, cod=20.0, flow=10.0)
    assert OutletHour.objects.get().total_kg == D("1.25")


def test_waste_gas_is_judged_by_its_converted_concentration(now: datetime) -> None:
    outlet = make_outlet(now=now, type_code=GAS, factors=("so2",), limits={})
    allow(outlet, "so2", "35", now=now, basis="converted")
    record(outlet.device_id, now - HOUR, {"so2": 41.0}, now=now, sub_value="converted_avg")
    hour(outlet, now - HOUR, now=now, so2=30.0)
    row = OutletHour.objects.get()
    assert (row.mean, row.converted, row.judged, row.exceeds) == (D(30), D(41), D(41), True)
    assert Excess.objects.get().highest == D(41)


def test_factor_without_a_limit_is_kept_but_not_judged(now: datetime) -> None:
    outlet = make_outlet(now=now, factors=("cod", "nh3n"), limits={})
    hour(outlet, now - HOUR, now=now, cod=900.0)
    assert (OutletHour.objects.get().share, Excess.objects.count()) == (None, 0)
    hour(outlet, now - HOUR, now=now, ph=3.0)
    assert OutletHour.objects.count() == 1  # pH is not among its factors


def test_corrected_hour_takes_an_exceedance_back_until_somebody_has_taken_it_up(now: datetime) -> None:
    outlet = make_outlet(now=now)
    hour(outlet, now - HOUR, now=now, cod=75.0)
    hour(outlet, now - HOUR, now=now, cod=40.0)
    assert Excess.objects.get().state == "withdrawn"
    hour(outlet, now - HOUR, now=now, cod=80.0)
    row = Excess.objects.get()
    assert (row.state, row.highest) == ("open", D(80))
    Excess.objects.update(state="handling")
    hour(outlet, now - HOUR, now=now, cod=40.0)
    assert Excess.objects.get().state == "handling"


def test_hours_of_a_day_are_one_exceedance(now: datetime) -> None:
    outlet = make_outlet(now=now)
    for back, cod in ((3, 60.0), (2, 90.0), (1, 45.0)):
        hour(outlet, now - back * HOUR, now=now, cod=cod)
    row = Excess.objects.get()
    assert (row.count, row.highest, row.multiple, row.first_at, row.last_at) == (
        2, D(90), D("0.80"), now - 3 * HOUR, now - 2 * HOUR,
    )  # fmt: skip


def test_day_is_judged_when_it_is_over_and_has_its_hours(now: datetime) -> None:
    outlet = make_outlet(now=now, limits={})
    allow(outlet, "cod", "50", now=now, span="day")
    midnight = now.replace(hour=16) - timedelta(days=2)  # 00:00 of 9 March in the city
    for number in range(19):
        record(outlet.device_id, midnight + number * HOUR, {"cod": 60.0, "flow": 1.0}, now=now)
    assess_outlets([outlet.device_id], at=[midnight + number * HOUR for number in range(19)], now=now)
    assert (OutletDay.objects.get().is_valid, Excess.objects.count()) == (False, 0)
    hour(outlet, midnight + 19 * HOUR, now=now, cod=60.0, flow=1.0)
    day = OutletDay.objects.get()
    assert (day.date, day.mean, day.is_valid, day.exceeds, day.total_kg) == (
        date(2026, 3, 9),
        D(60),
        True,
        True,
        D("4.32"),
    )
    excess = Excess.objects.get()
    assert (excess.span, excess.count, excess.highest) == ("day", 1, D(60))


def test_today_s_mean_is_not_judged_yet(now: datetime) -> None:
    late = now.replace(hour=15)  # 23:00 in the city
    outlet = make_outlet(now=late, limits={})
    allow(outlet, "cod", "50", now=late, span="day")
    for number in range(1, 23):
        record(outlet.device_id, late - number * HOUR, {"cod": 60.0}, now=late)
    assess_outlets([outlet.device_id], at=[late - number * HOUR for number in range(1, 23)], now=late)
    day = OutletDay.objects.get(date=date(2026, 3, 10))
    assert (day.is_valid, day.limit_upper, day.exceeds) == (True, None, False)


def test_hours_of_a_standstill_are_neither_judged_nor_expected(now: datetime) -> None:
    outlet = make_outlet(now=now, begun_at=now - 6 * HOUR)
    for back in (5, 4, 3, 2):
        hour(outlet, now - back * HOUR, now=now, cod=75.0 if back == 3 else 20.0)
    month = TransmissionMonth.objects.get()
    assert (month.expected, month.received, month.effective) == (5, 4, 4)
    assert Excess.objects.get().state == "open"
    new = NewStandstill(outlet.id, now - 3 * HOUR, now - 2 * HOUR, "production", "检修")
    report_standstill(ALL, new=new, now=now)
    stopped = OutletHour.objects.get(begins_at=now - 3 * HOUR)
    assert (stopped.is_valid, stopped.mark, stopped.exceeds) == (False, "F", False)
    assert Excess.objects.get().state == "withdrawn"
    month.refresh_from_db()
    assert (month.expected, month.received, month.effective) == (4, 3, 3)


def test_month_counts_what_came_and_what_counts(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    outlet = make_outlet(now=now, begun_at=now - 10 * HOUR, factors=("cod", "nh3n"))
    for back in (9, 8, 7, 6):
        hour(outlet, now - back * HOUR, now=now, cod=20.0, nh3n=1.0)
    hour(outlet, now - 5 * HOUR, now=now, quality="M", cod=20.0, nh3n=1.0)
    monkeypatch.setattr(clock, "city_now", lambda: now + timedelta(minutes=20))
    count_now()
    row = TransmissionMonth.objects.get()
    counts = Transmission(row.expected, row.received, row.effective)
    assert (row.date, counts) == (date(2026, 3, 1), Transmission(20, 10, 8))
    assert (counts.transmission_rate, counts.effective_rate, counts.effective_transmission_rate) == (
        D("50.0"), D("80.0"), D("40.0"),
    )  # fmt: skip


def test_new_limit_judges_what_was_measured_since(now: datetime) -> None:
    outlet = make_outlet(now=now, limits={})
    hour(outlet, now - HOUR, now=now, cod=75.0)
    assert not Excess.objects.exists()
    allow(outlet, "cod", "50", now=now)
    assert Excess.objects.get().highest == D(75)
    assert PermitLimit.objects.get().author == ALL.key


def new_limit(outlet: Outlet, **changes: object) -> NewLimit:
    values: dict[str, object] = {
        "outlet_id": outlet.id,
        "factor": "cod",
        "span": "hour",
        "basis": "measured",
        "upper": D(40),
        "lower": None,
        "valid_from": date(2026, 3, 10),
        "source": "许可证",
    }
    return NewLimit(**{**values, **changes})  # type: ignore[arg-type]  # a row of cases


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"factor": "so2"}, "factor"),
        ({"span": "year"}, "span"),
        ({"basis": "guess"}, "span"),
        ({"upper": D(-1)}, "upper"),
        ({"lower": D(1)}, "lower"),
        ({"source": ""}, "source"),
    ],
)
def test_limit_that_makes_no_sense_is_refused(now: datetime, changes: dict[str, object], field: str) -> None:
    outlet = make_outlet(now=now, limits={})
    with pytest.raises(Invalid) as error:
        set_limit(ALL, new=new_limit(outlet, **changes), now=now)
    assert set(error.value.fields) == {field}


def test_limit_of_a_day_is_never_changed(now: datetime) -> None:
    outlet = make_outlet(now=now, limits={})
    set_limit(ALL, new=new_limit(outlet), now=now)
    with pytest.raises(LimitKnown):
        set_limit(ALL, new=new_limit(outlet, upper=D(99)), now=now)


def test_strangers_set_no_limits_and_report_no_standstills(now: datetime) -> None:
    outlet = make_outlet(now=now)
    with pytest.raises(NotPermitted):
        set_limit(plain_actor(), new=new_limit(outlet), now=now)
    with pytest.raises(NotFound):
        report_standstill(ALL, new=NewStandstill(0, now, now + HOUR, "production"), now=now)
    for new, field in (
        (NewStandstill(outlet.id, now, now, "production"), "ends_at"),
        (NewStandstill(outlet.id, now, now + HOUR, "holiday"), "reason"),
    ):
        with pytest.raises(Invalid) as error:
            report_standstill(ALL, new=new, now=now)
        assert set(error.value.fields) == {field}


def test_computing_twice_changes_nothing_and_strange_devices_are_passed_over(now: datetime) -> None:
    outlet = make_outlet(now=now)
    hour(outlet, now - HOUR, now=now, cod=20.0)
    assert assess_outlets([outlet.device_id], at=[now - HOUR], now=now) == Assessed()
    assert assess_outlets([0], at=[now], now=now) == Assessed()
    assert assess_outlets([outlet.device_id], at=[], now=now) == Assessed()


def test_exceedance_raises_an_alarm_that_opens_a_case_which_it_is_joined_with(
    now: datetime, run_queue: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "city_now", lambda: now)
    outlet = make_outlet(now=now)
    record(outlet.device_id, now - 2 * HOUR, {"cod": 75.0}, now=now)
    while run_queue():
        pass
    (alarm,) = iot.alarms(ALL, iot.AlarmQuery()).rows
    assert alarm.rule_code == "environment.excess_cod"
    assert alarm.text.endswith("化学需氧量小时均值占许可限值的150%（2026-03-10 10:00）")
    row = Excess.objects.get()
    assert row.alarm_id == alarm.id
