"""The open interface of the air."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from onecity.domains.environment.rules.times import HOUR
from onecity.domains.environment.services.assessing import assess
from onecity.domains.environment.tests.factories import assessed, make_station, measure
from onecity.kernel import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _city_time(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "city_now", lambda: now)


def get(path: str, *, status: int = 200, **query: str | int) -> Any:
    answer = Client().get(f"/api/environment/air{path}", query)
    assert answer.status_code == status, answer.content
    return answer.json()


def test_passer_by_reads_the_city_now(now: datetime) -> None:
    assert get("/city") == {"now": None, "stations": 0, "reporting": 0}
    assessed(make_station(now=now), now - HOUR, now=now, pm2_5=61)
    found = get("/city")
    assert (found["stations"], found["reporting"]) == (1, 1)
    hour = found["now"]
    assert (hour["begins_at"], hour["ends_at"]) == ("2026-03-10T03:00:00Z", "2026-03-10T04:00:00Z")
    assert (hour["aqi"], hour["level"], hour["category"], hour["edition"]) == (101, 3, "轻度污染", "HJ 633-2026")
    assert (hour["primary_pollutants"], hour["missing_pollutants"], hour["stations"]) == (["PM2.5"], [], 1)
    assert (hour["concentrations"]["CO"], hour["indices"]["PM2.5"]) == (0.5, 101)


def test_stations_come_with_their_hour(now: datetime) -> None:
    station = make_station("净月潭", now=now, key="CC01")
    make_station("甩湾子", now=now, place=None)
    assessed(station, now - HOUR, now=now)
    first, second = get("/stations")
    assert (first["id"], first["code"], first["name"], first["longitude"]) == (station, "CC01", "净月潭", 125.46)
    assert (first["now"]["aqi"], second["now"], second["latitude"]) == (40, None, None)


def test_hours_are_read_page_by_page(now: datetime) -> None:
    station = make_station(now=now)
    for back in range(1, 4):
        assessed(station, now - back * HOUR, now=now)
    for path in ("/city/hours", f"/stations/{station}/hours"):
        first = get(path, size=2)
        assert [item["begins_at"][11:13] for item in first["items"]] == ["03", "02"]
        rest = get(path, size=2, after=first["next"])
        assert ([item["begins_at"][11:13] for item in rest["items"]], rest["next"]) == (["01"], None)
    some = get("/city/hours", since="2026-03-10T09:00:00+08:00", until="2026-03-10T10:00:00+08:00")
    assert [item["aqi"] for item in some["items"]] == [40]


def test_days_are_read_page_by_page(now: datetime) -> None:
    station = make_station(now=now)
    for back in (1, 2, 3):
        assessed(station, now - timedelta(days=back), now=now)
    for path in ("/city/days", f"/stations/{station}/days"):
        first = get(path, size=2)
        assert [item["date"] for item in first["items"]] == ["2026-03-09", "2026-03-08"]
        rest = get(path, size=2, after=first["next"])
        assert ([item["date"] for item in rest["items"]], rest["next"]) == (["2026-03-07"], None)
    some = get("/city/days", first="2026-03-08", last="2026-03-08")
    assert [(item["aqi"], item["level"], item["category"]) for item in some["items"]] == [(None, None, "")]


def test_hour_without_an_index_names_what_is_missing(now: datetime) -> None:
    station = make_station(now=now)
    measure(station, now - HOUR, now=now, quality="D")
    assess([station], hours=[now - HOUR], now=now)
    (hour,) = get(f"/stations/{station}/hours")["items"]
    assert (hour["aqi"], hour["category"], hour["stations"], len(hour["missing_pollutants"])) == (None, "", None, 6)


@pytest.mark.parametrize("kind", ["hours", "days"])
def test_unknown_station_is_not_found(kind: str) -> None:
    assert get(f"/stations/404/{kind}", status=404)["code"] == "not_found"


@pytest.mark.parametrize("query", [{"size": 0}, {"size": 501}, {"after": "x"}, {"since": "yesterday"}])
def test_nonsense_is_refused(query: dict[str, str | int]) -> None:
    get("/city/hours", status=422, **query)
