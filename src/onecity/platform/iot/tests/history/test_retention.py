"""What is not kept goes, by type and tier, once it is rolled up, on record; what would go is told beforehand."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections

from onecity.kernel.actor import system_actor
from onecity.kernel.errors import Invalid
from onecity.platform.identity.tests.factories import AuditEntry
from onecity.platform.iot.contracts import RetentionText
from onecity.platform.iot.models import (
    ClosedDay,
    DayRollup,
    HourRollup,
    Latest,
    MinuteRollup,
    Observation,
    Retention,
)
from onecity.platform.iot.rules.instants import DAY, micros
from onecity.platform.iot.selectors.retention import doomed, retentions
from onecity.platform.iot.services import cold
from onecity.platform.iot.services.retention import apply_retention, drop_empty_minute_days, set_retention
from onecity.platform.iot.services.rollups import statements
from onecity.platform.iot.services.store.partitions import MINUTES, existing_days, partition_of
from onecity.platform.iot.tests.factories import NOW, make_datastream, make_device
from onecity.platform.iot.tests.history.lying import A_DAY, A_MINUTE, cold_folder, lay, roll_up

SYSTEM = system_actor("test")


@pytest.fixture(autouse=True)
def every_day_is_dense(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let days with few readings have their hours rolled up, too."""
    monkeypatch.setattr(statements, "SPARSE_A_DAY", 0)


def keep(type_code: str = "", *, raw: int = 0, minute: int = 0, hour: int = 0, day: int = 0) -> None:
    set_retention(SYSTEM, text=RetentionText(type_code, raw, minute, hour, day), now=NOW)


def fill() -> tuple[int, int]:
    """Store readings of today and of 9, 11 and 40 days ago, of an air station and of a water meter."""
    air = make_datastream().id
    meter = make_datastream(make_device(type_code="gauge.meter")).id
    rows = [(one, NOW - days * A_DAY, 1.0, "N") for one in (air, meter) for days in (0, 9, 11, 40)]
    lay(
        [(one, at + n * timedelta(seconds=30), value, letter) for one, at, value, letter in rows for n in range(80)],
        now=NOW + A_DAY,
    )
    roll_up(NOW)
    return air, meter


def days_of(stream: int) -> list[int]:
    found = Observation.objects.filter(datastream_id=stream).values_list("phenomenon_at", flat=True)
    return sorted({(NOW - at + timedelta(hours=2)) // A_DAY for at in found})


def apply() -> int:
    return apply_retention(NOW, most_s=60)


@pytest.mark.django_db
def test_nothing_goes_unless_it_is_asked_for() -> None:
    air, _ = fill()
    assert apply() == 0
    keep()
    assert apply() == 0
    assert days_of(air) == [0, 9, 11, 40]


@pytest.mark.django_db
def test_days_of_all_types_go_whole_and_on_record() -> None:
    air, meter = fill()
    keep(raw=10)
    assert apply() >= 2
    assert days_of(air) == days_of(meter) == [0, 9]
    assert micros(NOW - 40 * A_DAY) // DAY not in existing_days()
    assert Latest.objects.count() == 2
    assert AuditEntry.objects.filter(action="iot.drop_observations").count() >= 2
    assert HourRollup.objects.filter(datastream_id=air, begins_at__lt=NOW - 39 * A_DAY).exists()
    assert apply() == 0


@pytest.mark.django_db
def test_types_have_their_own_days() -> None:
    air, meter = fill()
    keep("gauge.meter", raw=10)
    keep(raw=30)
    apply()
    assert (days_of(air), days_of(meter)) == ([0, 9, 11], [0, 9])


@pytest.mark.django_db
def test_readings_that_are_not_rolled_up_stay() -> None:
    stream = make_datastream().id
    lay([(stream, NOW - 40 * A_DAY, 1.0, "N")], now=NOW)
    keep(raw=10)
    assert apply() == 0
    roll_up(NOW)
    assert apply() == 1


@pytest.mark.django_db
def test_readings_go_only_when_what_outlives_them_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "SPARSE_A_DAY", 1_000)
    air, _ = fill()
    assert not HourRollup.objects.exists()
    keep(raw=30)
    assert apply() >= 1
    assert days_of(air) == [0, 9, 11, 40]
    roll_up(NOW)
    apply()
    assert days_of(air) == [0, 9, 11]
    assert HourRollup.objects.filter(datastream_id=air, begins_at__lt=NOW - 30 * A_DAY).exists()
    assert MinuteRollup.objects.filter(datastream_id=air, begins_at__lt=NOW - 30 * A_DAY).exists()


@pytest.mark.django_db
def test_rollups_go_tier_by_tier() -> None:
    air, meter = fill()
    keep("gauge.air", raw=5, minute=10, hour=20, day=30)
    apply()
    assert {row.datastream_id for row in MinuteRollup.objects.filter(begins_at__lt=NOW - 10 * A_DAY)} == {meter}
    assert {row.datastream_id for row in HourRollup.objects.filter(begins_at__lt=NOW - 20 * A_DAY)} == {meter}
    assert {row.datastream_id for row in DayRollup.objects.filter(begins_at__lt=NOW - 30 * A_DAY)} == {meter}
    assert HourRollup.objects.filter(datastream_id=air, has_minutes=True, begins_at__lt=NOW - 10 * A_DAY).count() == 0
    tiers = {entry.details["tier"] for entry in AuditEntry.objects.filter(action="iot.drop_rollups")}
    assert tiers == {"minute", "hour", "day"}


@pytest.mark.django_db
def test_what_would_go_is_told_without_doing_it() -> None:
    air, _ = fill()
    keep("gauge.air", raw=10, hour=20)
    told = {(item.type_code, item.tier): (item.rows, item.datastreams) for item in doomed(NOW)}
    assert told == {("gauge.air", "raw"): (160, 1), ("gauge.air", "hour"): (1, 1)}
    assert days_of(air) == [0, 9, 11, 40]
    apply()
    assert doomed(NOW) == []


@pytest.mark.django_db
def test_cold_days_lose_the_readings_of_a_type(tmp_path: Path) -> None:
    fill()
    with cold_folder(tmp_path):
        cold.freeze(NOW, after_days=30)
        cold.move_due(NOW, most_s=60)
        before = ClosedDay.objects.get(day=(NOW - 40 * A_DAY).date())
        keep("gauge.meter", raw=10)
        apply()
        after = ClosedDay.objects.get(day=before.day)
    assert (before.readings, after.readings, after.generation) == (160, 80, 2)


@pytest.mark.django_db
def test_frozen_day_waits_until_it_has_moved() -> None:
    fill()
    cold.freeze(NOW, after_days=30)
    keep(raw=35)
    assert apply() == 0


@pytest.mark.django_db
def test_setting_of_the_environment_is_entered_once() -> None:
    fill()
    apply_retention(NOW, most_s=60, raw_days=10)
    assert [(item.type_code, item.raw_days) for item in retentions()] == [("", 10)]
    keep(raw=20)
    apply_retention(NOW, most_s=60, raw_days=10)
    assert retentions()[0].raw_days == 20


@pytest.mark.django_db
def test_empty_days_of_minutes_lose_their_partition() -> None:
    fill()
    keep(raw=5, minute=10)
    apply()
    assert drop_empty_minute_days(NOW) >= 2
    assert micros(NOW - 40 * A_DAY) // DAY not in existing_days(table=MINUTES)
    assert micros(NOW - 9 * A_DAY) // DAY in existing_days(table=MINUTES)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "field"),
    [
        (RetentionText("no.such"), "type_code"),
        (RetentionText("", raw_days=-1), "raw_days"),
        (RetentionText("", raw_days=10, hour_days=10), "hour_days"),
        (RetentionText("", hour_days=10), "hour_days"),
        (RetentionText("", raw_days=10, day_days=10), "day_days"),
        (RetentionText("", raw_days=10, hour_days=30, day_days=20), "day_days"),
    ],
)
def test_coarser_is_kept_longer_than_finer(text: RetentionText, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        set_retention(SYSTEM, text=text, now=NOW)
    assert set(refusal.value.fields) == {field}


@pytest.mark.django_db
def test_who_set_it_is_on_record() -> None:
    keep("gauge.air", raw=10)
    keep("gauge.air", raw=20)
    entry = AuditEntry.objects.filter(action="iot.set_retention").latest("id")
    assert (entry.details["before"]["raw_days"], entry.details["after"]["raw_days"]) == (10, 20)
    assert Retention.objects.get().author == SYSTEM.key


@pytest.mark.django_db(transaction=True)
def test_day_in_use_is_left_for_the_next_time() -> None:
    stream = make_datastream().id
    lay([(stream, NOW - 40 * A_DAY + n * A_MINUTE, 1.0, "N") for n in range(3)], now=NOW)
    keep(raw=10)
    roll_up(NOW)
    reader = connections["default"].copy()
    try:
        reader.set_autocommit(False)
        with reader.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {partition_of(micros(NOW - 40 * A_DAY) // DAY)} IN ACCESS SHARE MODE")
        apply()
        assert Observation.objects.count() == 3
    finally:
        reader.rollback()
        reader.close()
    assert apply() >= 1
    assert Observation.objects.count() == 0
