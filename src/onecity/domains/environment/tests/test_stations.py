"""Stations follow their devices; what is shown as the air now is fresh."""

from datetime import datetime, timedelta

import pytest

from onecity.domains.environment import api
from onecity.domains.environment.models import AirStation
from onecity.domains.environment.rules.times import HOUR
from onecity.domains.environment.services.stations import refresh_now, refresh_stations
from onecity.domains.environment.tests.factories import assessed, make_station, measure
from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.kernel.errors import NotFound
from onecity.platform.iot import api as iot
from onecity.platform.iot.tests.factories import make_device

pytestmark = pytest.mark.django_db


def test_registered_station_appears_before_it_reports(now: datetime) -> None:
    number = make_station("净月潭", now=now, place=(125.46, 43.79), key="CC01")
    found = api.station(number, now=now)
    assert (found.name, found.key, found.longitude, found.latitude) == ("净月潭", "CC01", 125.46, 43.79)
    assert (found.in_service, found.hour) == (True, None)


def test_station_without_a_place_is_kept_without_one(now: datetime) -> None:
    found = api.station(make_station(now=now, place=None), now=now)
    assert (found.longitude, found.latitude) == (None, None)


def test_other_devices_are_no_stations(now: datetime) -> None:
    make_device(type_code="iot.generic")
    assert refresh_stations(now=now) == 0
    assert api.stations(now=now) == []


def test_retired_station_leaves_the_list_and_keeps_its_page(now: datetime) -> None:
    number = make_station(now=now)
    iot.retire_device(system_actor("test"), device_id=number, reason="搬迁", now=now)
    assert refresh_stations(now=now) == 0
    assert api.stations(now=now) == []
    assert not api.station(number, now=now).in_service


def test_tick_forgets_what_is_not_fresh_any_more(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    number = make_station(now=now)
    assessed(number, now - HOUR, now=now)
    monkeypatch.setattr(clock, "city_now", lambda: now + 2 * HOUR)
    refresh_now()
    assert AirStation.objects.get().current_at is None
    assert api.station(number, now=now + 2 * HOUR).hour is None


def test_index_is_the_air_now_for_three_hours(now: datetime) -> None:
    number = make_station(now=now)
    assessed(number, now - HOUR, now=now)
    last = now + 2 * HOUR - timedelta(seconds=1)
    assert api.station(number, now=last).hour is not None
    assert api.city_now(now=last).reporting == 1
    assert api.station(number, now=now + 2 * HOUR).hour is None
    assert (api.city_now(now=now + 2 * HOUR).hour, api.city_now(now=now + 2 * HOUR).reporting) == (None, 0)


def test_hour_is_the_air_now_once_it_is_over(now: datetime) -> None:
    number = make_station(now=now)
    early = now - timedelta(minutes=1)
    assessed(number, now - HOUR, now=early)
    assert (api.station(number, now=early).hour, api.city_now(now=early).hour) == (None, None)
    refresh_stations(now=now)
    assert api.station(number, now=now).hour == api.station_hours(number, since=now - HOUR, until=now)[0]


def test_clock_that_was_set_back_shows_the_air_of_then(now: datetime) -> None:
    number = make_station(now=now)
    for back in (9, 1):
        assessed(number, now - back * HOUR, now=now)
    then = now - 8 * HOUR
    refresh_stations(now=then)
    found = api.station(number, now=then).hour
    assert found is not None
    assert found.ends_at == then


def test_future_hour_is_not_the_air_now(now: datetime) -> None:
    number = make_station(now=now)
    assessed(number, now - HOUR, now=now)
    assert api.station(number, now=now - 2 * HOUR).hour is None
    assert api.city_now(now=now - 2 * HOUR).hour is None


def test_stations_are_listed_worst_first_and_silent_ones_last(now: datetime) -> None:
    clean, silent, dirty = (make_station(name, now=now) for name in ("甲", "乙", "丙"))
    assessed(clean, now - HOUR, now=now)
    assessed(dirty, now - HOUR, now=now, pm2_5=200)
    measure(silent, now - HOUR, now=now, quality="D")
    assert [item.id for item in api.stations(now=now)] == [dirty, clean, silent]


def test_unknown_station_is_not_found(now: datetime) -> None:
    with pytest.raises(NotFound):
        api.station(404, now=now)


def test_hours_come_in_pages_newest_first(now: datetime) -> None:
    number = make_station(now=now)
    for back in range(1, 6):
        assessed(number, now - back * HOUR, now=now)
    first = api.hours_page(number, size=2)
    assert [item.begins_at for item in first.rows] == [now - HOUR, now - 2 * HOUR]
    second = api.hours_page(number, after=first.next, size=3)
    assert [item.begins_at for item in second.rows] == [now - back * HOUR for back in (3, 4, 5)]
    assert second.next is None
    some = api.hours_page(None, since=now - 4 * HOUR, until=now - 2 * HOUR)
    assert [item.begins_at for item in some.rows] == [now - 3 * HOUR, now - 4 * HOUR]
    assert [item.stations for item in some.rows] == [1, 1]


def test_days_come_in_pages_newest_first(now: datetime) -> None:
    number = make_station(now=now)
    days = [now - timedelta(days=back) for back in range(1, 5)]
    for day in days:
        assessed(number, day, now=now)
    first = api.days_page(number, size=3)
    assert [item.day for item in first.rows] == [day.date() for day in days[:3]]
    rest = api.days_page(number, after=first.next, size=3)
    assert ([item.day for item in rest.rows], rest.next) == ([days[3].date()], None)
    some = api.days_page(None, first=days[2].date(), last=days[1].date())
    assert [item.day for item in some.rows] == [days[1].date(), days[2].date()]


def test_series_stand_oldest_first(now: datetime) -> None:
    number = make_station(now=now)
    for back in (3, 2, 1):
        assessed(number, now - back * HOUR, now=now)
    expected = [now - back * HOUR for back in (3, 2)]
    assert [item.begins_at for item in api.station_hours(number, since=now - 3 * HOUR, until=now - HOUR)] == expected
    assert [item.begins_at for item in api.city_hours(since=now - 3 * HOUR, until=now - HOUR)] == expected
    assert [item.ends_at for item in api.city_hours(since=now - HOUR, until=now)] == [now]
