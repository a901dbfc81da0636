"""Figures of the air, each with the rows behind it."""

from datetime import datetime, timedelta

import pytest
from django.db import connection

from onecity.domains.environment.declarations.figures import FIGURES
from onecity.domains.environment.declarations.places import STATIONS
from onecity.domains.environment.models import AirMethod
from onecity.domains.environment.rules.times import HOUR
from onecity.domains.environment.services.assessing import assess
from onecity.domains.environment.tests.factories import assessed, make_station, measure
from onecity.kernel.actor import ANONYMOUS
from onecity.platform.indicators.declare import Evidence, Measure, Period

pytestmark = pytest.mark.django_db
CITY_AQI, REPORTING, GOOD_DAYS = FIGURES


def value(item: object, now: datetime) -> Measure:
    return next(figure for figure in FIGURES if figure is item).compute(ANONYMOUS, Period(now, now))


def rows(item: object, now: datetime, most: int = 100) -> Evidence:
    return next(figure for figure in FIGURES if figure is item).rows(ANONYMOUS, Period(now, now), most)


def test_without_stations_nothing_is_claimed(now: datetime) -> None:
    assert [value(item, now).value for item in FIGURES] == [None, None, None]
    assert [list(rows(item, now).rows) for item in FIGURES] == [[], [], []]


def test_city_index_and_reporting_share(now: datetime) -> None:
    first, _second = make_station("甲", now=now), make_station("乙", now=now)
    assessed(first, now - HOUR, now=now, pm2_5=61)
    assert value(CITY_AQI, now) == Measure(101.0)
    assert value(REPORTING, now) == Measure(50.0, 1, 2)
    evidence = rows(CITY_AQI, now)
    assert list(evidence.rows) == [["甲", 101, "轻度污染", "细颗粒物（PM2.5）", now], ["乙", None, None, None, None]]
    assert evidence.links[0] == f"/air/stations/{first}"
    assert len(rows(REPORTING, now, most=1).rows) == 1


def test_good_days_of_this_year_are_counted(now: datetime) -> None:
    AirMethod.objects.filter(edition_code="HJ 633-2026").update(day_hours=1, eight_hours=1, ozone_means=1)
    station = make_station(now=now)
    for back, pm2_5 in ((1, 60.0), (2, 61.0), (3, 20.0)):
        assessed(station, now - timedelta(days=back), now=now, pm2_5=pm2_5)
    measure(station, now - timedelta(days=4), now=now, quality="D")
    assess([station], hours=[now - timedelta(days=4)], now=now)
    assessed(station, datetime.fromisoformat("2025-12-31T12:00+08:00"), now=now)
    assert value(GOOD_DAYS, now) == Measure(2.0, 2, 3)
    evidence = rows(GOOD_DAYS, now)
    assert [row[:3] for row in evidence.rows] == [
        ["2026-03-09", 100, "良"],
        ["2026-03-08", 101, "轻度污染"],
        ["2026-03-07", 40, "优"],
        ["2026-03-06", None, ""],
    ]


def test_layer_gives_each_station_with_its_colour(now: datetime) -> None:
    first, second = make_station("甲", now=now), make_station("乙", now=now)
    make_station("丙", now=now, place=None)
    assessed(first, now - HOUR, now=now, pm2_5=61)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, name, aqi, level, primary_pollutants, ends_at FROM ({STATIONS.source}) s ORDER BY id"
        )
        assert cursor.fetchall() == [(first, "甲", "101", "3", "PM2.5", now), (second, "乙", "—", "", None, None)]
    assert [item.value for item in STATIONS.classes] == list("123456")
