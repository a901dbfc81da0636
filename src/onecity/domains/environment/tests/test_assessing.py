"""Hours and days computed from readings: what they come to, that they follow the readings, what they cost."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from onecity.domains.environment.models import AirMethod, AirStation, CityDay, CityHour, StationDay, StationHour
from onecity.domains.environment.rules.editions import Pollutant
from onecity.domains.environment.rules.times import HOUR, day_start
from onecity.domains.environment.services.assessing import Changed, assess, assess_part_of_day, assess_whole_day
from onecity.domains.environment.tests.factories import CLEAN, assessed, make_station, measure
from onecity.kernel.actor import system_actor
from onecity.platform.iot import api as iot
from onecity.platform.iot.contracts import DatastreamKey, DerivedValue
from onecity.platform.iot.declare import Period
from onecity.platform.iot.tests.factories import make_device

pytestmark = pytest.mark.django_db


def test_hour_gets_index_level_primary_and_edition(now: datetime) -> None:
    station = make_station(now=now)
    assert assessed(station, now - 2 * HOUR, now=now, pm2_5=61) == Changed(1, 1, 1, 1, 1)
    row = StationHour.objects.get()
    assert (row.station_id, row.begins_at, row.edition_code) == (station, now - 2 * HOUR, "HJ 633-2026")
    assert (row.aqi, row.level, row.primary, row.exceeding, row.missing) == (101, 3, ["PM2.5"], ["PM2.5"], [])
    assert (row.pm2_5_ug_m3, row.co_mg_m3, row.pm2_5_iaqi, row.pm10_iaqi) == (Decimal(61), Decimal("0.5"), 101, 40)
    assert row.computed_at == now


def test_edition_goes_by_the_day_measured(now: datetime) -> None:
    station = make_station(now=now)
    assessed(station, datetime.fromisoformat("2026-02-28T23:00+08:00"), now=now, pm2_5=61)
    assessed(station, datetime.fromisoformat("2026-03-01T00:00+08:00"), now=now, pm2_5=61)
    rows = StationHour.objects.order_by("begins_at").values_list("edition_code", "aqi")
    assert list(rows) == [("HJ 633-2012 (PM 1h)", 83), ("HJ 633-2026", 101)]


def test_computing_again_changes_nothing(now: datetime) -> None:
    station = make_station(now=now)
    assessed(station, now - HOUR, now=now)
    later = now + timedelta(minutes=1)
    assert assess([station], hours=[now - HOUR], now=later) == Changed()
    assert assess_whole_day(day=now.date(), now=later) == Changed()
    assert StationHour.objects.get().computed_at == now


def test_late_reading_completes_its_hour_and_day(now: datetime) -> None:
    station = make_station(now=now)
    measure(station, now - HOUR, now=now, values={Pollutant.PM10: 40.0})
    assess([station], hours=[now - HOUR], now=now)
    assert StationHour.objects.get().missing == ["SO2", "NO2", "CO", "O3", "PM2.5"]
    assessed(station, now - HOUR, now=now, pm10=40)
    assert StationHour.objects.get().missing == []
    assert CityHour.objects.get().missing == []


def test_corrected_reading_corrects_all_that_follows(now: datetime) -> None:
    station = make_station(now=now)
    start = day_start(now.date() - timedelta(days=1))
    for hour in range(24):
        measure(station, start + hour * HOUR, now=now, values=CLEAN)
    assess([station], hours=[start + hour * HOUR for hour in range(24)], now=now)
    assert (StationDay.objects.get().aqi, CityDay.objects.get().aqi) == (40, 40)
    assert assessed(station, start + 5 * HOUR, now=now, pm10=640) == Changed(1, 1, 1, 1, 1)
    assert StationDay.objects.get().pm10_ug_m3 == Decimal(65)
    assert (StationDay.objects.get().aqi, CityDay.objects.get().aqi) == (61, 61)
    assert StationHour.objects.get(begins_at=start + 5 * HOUR).aqi == 500


@pytest.mark.parametrize(("hours", "aqi"), [(19, None), (20, 40)])
def test_day_needs_twenty_hours(hours: int, aqi: int | None, now: datetime) -> None:
    station = make_station(now=now)
    start = day_start(now.date() - timedelta(days=1))
    for hour in range(hours):
        measure(station, start + hour * HOUR, now=now)
    assess([station], hours=[start + hour * HOUR for hour in range(hours)], now=now)
    row = StationDay.objects.get()
    assert (row.date, row.count, row.aqi) == (now.date() - timedelta(days=1), hours, aqi)


def test_hour_that_begins_before_midnight_belongs_to_the_day_that_ends(now: datetime) -> None:
    station = make_station(now=now)
    assessed(station, datetime.fromisoformat("2026-03-09T23:00+08:00"), now=now)
    assert StationDay.objects.get().date.isoformat() == "2026-03-09"


def test_city_is_the_mean_of_its_stations(now: datetime) -> None:
    first, second = make_station("甲", now=now), make_station("乙", now=now)
    measure(first, now - HOUR, now=now, values=CLEAN | {Pollutant.PM2_5: 20.0})
    measure(second, now - HOUR, now=now, values=CLEAN | {Pollutant.PM2_5: 101.0})
    assess([first, second], hours=[now - HOUR], now=now)
    row = CityHour.objects.get()
    assert (row.pm2_5_ug_m3, row.count, row.aqi, row.primary) == (Decimal("60.5"), 2, 101, ["PM2.5"])


def test_city_needs_its_share_of_stations_in_service(now: datetime) -> None:
    stations = [make_station(str(number), now=now) for number in range(3)]
    assessed(stations[0], now - HOUR, now=now)
    assert (CityHour.objects.get().aqi, CityHour.objects.get().count) == (None, 1)
    assessed(stations[1], now - HOUR, now=now)
    assert (CityHour.objects.get().aqi, CityHour.objects.get().count) == (40, 2)


def test_retired_station_is_not_counted(now: datetime) -> None:
    stations = [make_station(str(number), now=now) for number in range(3)]
    for station in stations[1:]:
        iot.retire_device(system_actor("test"), device_id=station, reason="搬迁", now=now)
    assess(stations[1:], hours=[now - HOUR], now=now)
    assert list(AirStation.objects.filter(in_service=True).values_list("device_id", flat=True)) == stations[:1]
    assessed(stations[0], now - HOUR, now=now)
    assert CityHour.objects.get().aqi == 40


@pytest.mark.parametrize("quality", ["M", "D", "F", "B", "?"])
def test_reading_of_doubtful_quality_is_missing(quality: str, now: datetime) -> None:
    station = make_station(now=now)
    measure(station, now - HOUR, now=now, quality=quality)
    assess([station], hours=[now - HOUR], now=now)
    row = StationHour.objects.get()
    assert (row.aqi, row.level, row.primary, len(row.missing)) == (None, None, [], 6)


@pytest.mark.parametrize("value", [-0.1, 100_000.0])
def test_impossible_reading_is_missing(value: float, now: datetime) -> None:
    station = make_station(now=now)
    assessed(station, now - HOUR, now=now, pm10=value)
    row = StationHour.objects.get()
    assert (row.missing, row.pm10_ug_m3, row.aqi) == (["PM10"], None, 29)


def test_plain_value_counts_where_no_mean_came(now: datetime) -> None:
    station = make_station(now=now)
    measure(station, now - HOUR, now=now, sub_value="")
    assess([station], hours=[now - HOUR], now=now)
    assert StationHour.objects.get().aqi == 40


def test_method_may_need_pollutants_for_an_hour(now: datetime) -> None:
    AirMethod.objects.filter(edition_code="HJ 633-2026").update(realtime_needs=["CO"])
    station = make_station(now=now)
    measure(station, now - HOUR, now=now, values={Pollutant.PM10: 40.0})
    assess([station], hours=[now - HOUR], now=now)
    row = StationHour.objects.get()
    assert (row.aqi, row.pm10_iaqi) == (None, 40)


def test_device_of_another_type_is_left_out(now: datetime) -> None:
    device = make_device(type_code="iot.generic")
    assert assess([device.id], hours=[now], now=now) == Changed()
    assert not AirStation.objects.exists()


def test_whole_day_is_computed_without_being_told_hours(now: datetime) -> None:
    station = make_station(now=now)
    for hour in (1, 2):
        measure(station, now - hour * HOUR, now=now)
    assert assess_whole_day(day=now.date(), now=now) == Changed(2, 1, 2, 1, 2)


def test_whole_day_follows_a_method_that_was_added(now: datetime) -> None:
    station = make_station(now=now)
    assessed(station, now - HOUR, now=now)
    assert StationDay.objects.get().aqi is None
    AirMethod.objects.filter(edition_code="HJ 633-2026").update(day_hours=1, eight_hours=1, ozone_means=1)
    assert assess_whole_day(day=now.date(), now=now) == Changed(0, 1, 0, 1, 0)
    assert (StationDay.objects.get().aqi, CityDay.objects.get().aqi) == (40, 40)


def test_day_before_every_method_is_refused(now: datetime) -> None:
    day = datetime.fromisoformat("1899-12-31T00:00+08:00")
    with pytest.raises(ValueError, match="no method"):
        assess_part_of_day([1], day=day.date(), hours=[day], now=now)


def test_newest_fresh_hour_is_the_station_s_current_one(now: datetime) -> None:
    station = make_station(now=now)
    assessed(station, now - 4 * HOUR, now=now)
    assert AirStation.objects.get().current_at is None
    assessed(station, now - 2 * HOUR, now=now)
    assessed(station, now - HOUR, now=now)
    assert AirStation.objects.get().current_at == now - HOUR
    assessed(station, now - 2 * HOUR, now=now, pm10=60)
    assert AirStation.objects.get().current_at == now - HOUR


def statements(stations: int, hours: int, *, now: datetime) -> int:
    start = day_start(now.date() - timedelta(days=1))
    ids = [make_station(f"站{number}", now=now) for number in range(stations)]
    spans = [start + number * HOUR for number in range(hours)]
    keys = [DatastreamKey(number, code, Period.HOUR, "avg") for number in ids for code in ("pm10", "pm2_5", "o3")]
    streams = iot.datastreams_for(keys, now=now)
    iot.record_derived([DerivedValue(stream, at, 30.0) for stream in streams.values() for at in spans], now=now)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assess(ids, hours=spans, now=now)
    assert StationHour.objects.filter(station_id__in=ids).count() == stations * hours
    return len(captured)


def test_number_of_statements_does_not_grow_with_stations_and_hours(now: datetime) -> None:
    few = statements(1, 1, now=now)
    many = statements(100, 24, now=now)
    assert many <= few + 2, "iot may read its rules anew in between"
    assert many < 40
