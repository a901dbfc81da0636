"""Samples, days and months of surface water, from readings to alarms."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from onecity.domains.environment.contracts import NewWaterLimit, SectionFacts
from onecity.domains.environment.models import WaterDay, WaterLimit, WaterMonth, WaterSample, WaterSection
from onecity.domains.environment.permissions import MANAGE_WATER
from onecity.domains.environment.rules.times import HOUR
from onecity.domains.environment.services.water.assessing import Assessed, assess_water
from onecity.domains.environment.services.water.describing import LimitStands, add_water_limit, describe_section
from onecity.domains.environment.services.water.following import refresh_now, refresh_sections
from onecity.domains.environment.tests.surroundings import ALL, CLEAN, make_section, record
from onecity.kernel import clock
from onecity.kernel.errors import Invalid, NotFound, NotPermitted
from onecity.platform.identity.tests.factories import make_actor, plain_actor
from onecity.platform.iot import api as iot

pytestmark = pytest.mark.django_db
D = Decimal
FOUR = timedelta(hours=4)


def measured(section: WaterSection, at: datetime, *, now: datetime, quality: str = "N", **values: float) -> Assessed:
    assert section.device_id is not None
    record(section.device_id, at, CLEAN | values, now=now, quality=quality)
    return assess_water([section.device_id], hours=[at], now=now)


def test_hour_data_become_a_sample_with_its_class(now: datetime) -> None:
    section = make_section(now=now)
    done = measured(section, now - HOUR, now=now, tp=0.25, water_temperature=6.5)
    assert (done.samples, done.days, done.months, done.told) == (1, 1, 1, 1)
    sample = WaterSample.objects.get()
    assert (sample.water_class, sample.worst, sample.main, sample.multiples) == (4, ["tp"], ["tp"], [D("0.25")])
    assert (sample.tp_mg_l, sample.temperature_c, sample.origin) == (D("0.25"), D("6.5"), "device")
    assert WaterSection.objects.get().current_at == now - HOUR


def test_computing_twice_changes_nothing(now: datetime) -> None:
    section = make_section(now=now)
    measured(section, now - HOUR, now=now)
    assert section.device_id is not None
    assert assess_water([section.device_id], hours=[now - HOUR], now=now) == Assessed()
    assert assess_water([section.device_id], hours=[], now=now) == Assessed()


def test_corrected_reading_corrects_sample_day_month_and_what_iot_was_told(now: datetime) -> None:
    section = make_section(now=now)
    measured(section, now - HOUR, now=now, tp=0.9)
    measured(section, now - HOUR, now=now, tp=0.05)
    assert [row.water_class for row in (WaterSample.objects.get(), WaterDay.objects.get())] == [2, 2]
    assert section.device_id is not None
    values = iot.latest_by_device([section.device_id], property_codes=["water_class", "class_gap"])
    told = {item.datastream.property_code: item.result for item in values[section.device_id]}
    assert told == {"water_class": 2.0, "class_gap": -1.0}


@pytest.mark.parametrize("quality", ["M", "F", "D", "C", "B"])
def test_value_under_maintenance_or_fault_is_missing_and_leaves_no_class(now: datetime, quality: str) -> None:
    section = make_section(now=now)
    measured(section, now - HOUR, now=now, quality=quality)
    sample = WaterSample.objects.get()
    assert (sample.water_class, sample.missing, sample.do_mg_l) == (None, ["ph", "do", "codmn", "nh3n", "tp"], None)
    assert not WaterDay.objects.exists()


def test_day_and_month_are_means_of_their_samples(now: datetime) -> None:
    section = make_section(now=now)
    for number, tp in enumerate((0.05, 0.25, 0.40)):
        measured(section, now - number * FOUR - HOUR, now=now, tp=tp)  # 03, 23 and 19 o'clock UTC: one day of the city
    day = WaterDay.objects.get(date=date(2026, 3, 10))
    assert (day.count, day.tp_mg_l, day.water_class) == (3, D("0.2333"), 4)
    month = WaterMonth.objects.get()
    assert (month.date, month.count, month.water_class, month.main) == (date(2026, 3, 1), 3, 4, ["tp"])


def test_month_of_a_single_sample_has_no_class(now: datetime) -> None:
    section = make_section(now=now)
    measured(section, now - HOUR, now=now)
    assert (WaterMonth.objects.get().count, WaterMonth.objects.get().water_class) == (1, None)


def test_another_kind_of_water_is_judged_anew(now: datetime) -> None:
    section = make_section(now=now)
    measured(section, now - HOUR, now=now, tp=0.08)
    assert WaterSample.objects.get().water_class == 2
    actor = make_actor(MANAGE_WATER, everywhere=True)
    describe_section(
        actor, section_id=section.id, facts=SectionFacts("新立城水库", "松花江", "长春市", "lake", 2), now=now
    )
    assert [WaterSample.objects.get().water_class, WaterDay.objects.get().water_class] == [4, 4]
    assert WaterSection.objects.get().river == "新立城水库"
    assert section.device_id is not None
    (gap,) = iot.latest_by_device([section.device_id], property_codes=["class_gap"])[section.device_id]
    assert gap.result == 2.0


def test_facts_that_make_no_sense_are_refused(now: datetime) -> None:
    section = make_section(now=now)
    for facts, field in ((SectionFacts(body="sea"), "body"), (SectionFacts(target_class=6), "target_class")):
        with pytest.raises(Invalid) as error:
            describe_section(ALL, section_id=section.id, facts=facts, now=now)
        assert set(error.value.fields) == {field}
    with pytest.raises(NotFound):
        describe_section(ALL, section_id=0, facts=SectionFacts(), now=now)
    with pytest.raises(NotPermitted):
        describe_section(plain_actor(), section_id=section.id, facts=SectionFacts(), now=now)


def new_limit(**changes: object) -> NewWaterLimit:
    values: dict[str, object] = {
        "item_code": "tp",
        "valid_from": date(2026, 3, 10),
        "edition_code": "新版",
        "steps": (D("0.01"), D("0.02"), D("0.03"), D("0.04"), D("0.06")),
        "lake": (),
        "lower": None,
        "source": "公告",
    }
    return NewWaterLimit(**{**values, **changes})  # type: ignore[arg-type]  # a row of cases


def test_new_limits_hold_from_their_day_of_the_data_on(now: datetime) -> None:
    section = make_section(now=now)
    actor = make_actor(MANAGE_WATER, everywhere=True)
    number = add_water_limit(actor, new=new_limit(), now=now)
    assert (WaterLimit.objects.get(id=number).unit, WaterLimit.objects.get(id=number).author) == ("mg/L", actor.key)
    measured(section, now - HOUR, now=now)
    measured(section, now - timedelta(days=1), now=now)
    assert list(WaterSample.objects.order_by("measured_at").values_list("water_class", flat=True)) == [2, 5]


def test_limits_of_a_day_are_never_changed(now: datetime) -> None:
    add_water_limit(ALL, new=new_limit(), now=now)
    with pytest.raises(LimitStands):
        add_water_limit(ALL, new=new_limit(source="又一公告"), now=now)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"steps": (D(1),)}, "steps"),
        ({"lake": (D(1),)}, "lake"),
        ({"lower": D(1)}, "lower"),
        ({"source": " "}, "source"),
        ({"item_code": "gold"}, "item_code"),
    ],
)
def test_limits_that_make_no_sense_are_refused(now: datetime, changes: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as error:
        add_water_limit(ALL, new=new_limit(**changes), now=now)
    assert set(error.value.fields) == {field}


def test_whoever_may_not_manage_water_adds_no_limits(now: datetime) -> None:
    with pytest.raises(NotPermitted):
        add_water_limit(plain_actor(), new=new_limit(), now=now)


def test_section_follows_its_device(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "city_now", lambda: now)
    section = make_section(now=now)
    assert section.device_id is not None
    iot.retire_device(ALL, device_id=section.device_id, reason="拆除", now=now)
    refresh_now()
    assert not WaterSection.objects.get().in_service
    assert refresh_sections(now=now) == 0


def test_statements_do_not_grow_with_the_sections(now: datetime) -> None:
    def counted(number: int) -> int:
        sections = [make_section(f"断面{n}", now=now) for n in range(number)]
        ids = [row.device_id for row in sections if row.device_id is not None]
        for device in ids:
            record(device, now - HOUR, CLEAN, now=now)
            record(device, now - 2 * HOUR, CLEAN, now=now)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assess_water(ids, hours=[now - HOUR, now - 2 * HOUR], now=now)
        return len(caught)

    assert counted(12) <= counted(1) + 2


def test_two_bad_samples_raise_one_alarm_and_a_good_one_clears_it(
    now: datetime, run_queue: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "city_now", lambda: now)
    section = make_section("靠山大桥", now=now)
    assert section.device_id is not None
    for back, nh3n in ((5, 1.2), (4, 1.2), (3, 0.2)):
        record(section.device_id, now - back * HOUR, CLEAN | {"nh3n": nh3n}, now=now)
        while run_queue():
            pass
    (alarm,) = iot.alarms(ALL, iot.AlarmQuery()).rows
    assert (alarm.rule_code, alarm.raised_at, alarm.cleared_at) == (
        "environment.water_below_target",
        now - 4 * HOUR,
        now - 3 * HOUR,
    )
    assert alarm.text == "靠山大桥连续两次水质劣于目标1级（2026-03-10 08:00）"
