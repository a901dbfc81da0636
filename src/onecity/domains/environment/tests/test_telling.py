"""Indices go back to iot: whole ones at once, others when they have waited, corrected ones again."""

from datetime import datetime, timedelta

import pytest

from onecity.domains.environment.models import StationHour
from onecity.domains.environment.rules.editions import Pollutant
from onecity.domains.environment.rules.times import HOUR
from onecity.domains.environment.services.assessing import assess
from onecity.domains.environment.services.telling import PATIENCE, tell, tell_late
from onecity.domains.environment.tests.factories import assessed, make_station, measure
from onecity.kernel import clock
from onecity.platform.iot import api as iot
from onecity.platform.iot.contracts import DatastreamKey
from onecity.platform.iot.declare import Period

pytestmark = pytest.mark.django_db


def told(station: int, *, now: datetime) -> list[float]:
    key = DatastreamKey(station, "aqi", Period.HOUR)
    stream = iot.datastreams_for([key], now=now)[key]
    return list(iot.series(stream, since=now - 48 * HOUR, until=now + HOUR).result)


def test_whole_hour_is_told_at_once(now: datetime) -> None:
    station = make_station(now=now)
    assessed(station, now - HOUR, now=now)
    assert told(station, now=now) == [40.0]
    assert StationHour.objects.get().told_at == now
    assert tell(now=now) == 0


def test_lacking_hour_waits_and_is_told_by_the_tick(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    station = make_station(now=now)
    measure(station, now - HOUR, now=now, values={Pollutant.PM10: 40.0})
    assess([station], hours=[now - HOUR], now=now)
    assert told(station, now=now) == []
    monkeypatch.setattr(clock, "city_now", lambda: now + PATIENCE - timedelta(seconds=1))
    tell_late()
    assert told(station, now=now) == []
    monkeypatch.setattr(clock, "city_now", lambda: now + PATIENCE)
    tell_late()
    assert told(station, now=now) == [40.0]


def test_corrected_index_is_told_again(now: datetime) -> None:
    station = make_station(now=now)
    assessed(station, now - HOUR, now=now)
    assessed(station, now - HOUR, now=now, pm10=60)
    assert told(station, now=now) == [58.0]


def test_hour_without_an_index_is_not_told(now: datetime) -> None:
    station = make_station(now=now)
    measure(station, now - HOUR, now=now, quality="D")
    assess([station], hours=[now - HOUR], now=now)
    assert tell(now=now + 9 * HOUR) == 0
