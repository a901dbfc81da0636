"""Where the demonstration's air comes from: published hours, Beijing's sites, and a formula."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from onecity.demo.air.feed import CO, HOUR, PM2_5, AirFeed, AirHour, AirStation, sorted_feed
from onecity.demo.air.made_up import made_up_feed
from onecity.demo.air.published import published_feed, station_mn
from onecity.demo.air.sources import city_feed, demo_start, sample_stations
from onecity.demo.packs import SAMPLE, pack_codes, read_pack

HEADING = "city,time,station,aqi,level,primary_pollutant,pm2_5,pm10,co,no2,o3_1h,o3_8h,so2\n"
LIST = "stationcode,area,positionname,lng,lat\n1119A,长春市,食品厂,125.323,43.9167\n9999A,吉林市,食品厂,126.5,43.8\n"


def published(tmp_path: Path, rows: str) -> AirFeed:
    (tmp_path / "hours.csv").write_text(HEADING + rows, encoding="utf-8")
    (tmp_path / "stations.csv").write_text(LIST, encoding="utf-8")
    return published_feed(
        tmp_path / "hours.csv", stations=tmp_path / "stations.csv", city="长春市", division_code="220100"
    )


def test_published_time_is_the_end_of_its_hour(tmp_path: Path) -> None:
    feed = published(tmp_path, "长春,2020-03-26 18:00,食品厂,51,良,,10,51,0.4,11,66,70,5\n")
    assert feed.hours[0].hour == datetime(2020, 3, 26, 9, tzinfo=UTC)  # 17:00 in the city
    assert feed.hours[0].values[CO] == 0.4
    assert feed.hours[0].values[PM2_5] == 10


def test_station_of_another_city_with_the_same_name_lends_no_place(tmp_path: Path) -> None:
    feed = published(tmp_path, "长春,2020-03-26 18:00,食品厂,51,良,,10,51,0.4,11,66,70,5\n")
    assert feed.stations == (AirStation("220100" + "0" * 13 + "1119A", "食品厂", (125.323, 43.9167)),)


def test_station_outside_the_list_has_no_place_and_a_lasting_identifier(tmp_path: Path) -> None:
    feeds = [published(tmp_path, "长春,2020-03-26 18:00,新站,51,良,,10,51,0.4,11,66,70,5\n") for _ in range(2)]
    assert feeds[0].stations == feeds[1].stations
    assert feeds[0].stations[0].place is None
    assert len(feeds[0].stations[0].mn) == 24


def test_hour_without_any_value_is_left_out_and_missing_values_too(tmp_path: Path) -> None:
    feed = published(tmp_path, "长春,2020-03-26 18:00,食品厂,,,,,,,,,,\n长春,2020-03-26 19:00,食品厂,20,优,,7,,,,,,\n")
    assert [dict(item.values) for item in feed.hours] == [{PM2_5: 7.0}]


def test_station_that_never_measured_is_no_station(tmp_path: Path) -> None:
    feed = published(tmp_path, "长春,2020-03-26 18:00,停运站,,,,,,,,,,\n长春,2020-03-26 19:00,食品厂,20,优,,7,,,,,,\n")
    assert [item.name for item in feed.stations] == ["食品厂"]


def test_remark_in_brackets_is_the_same_station_and_the_plain_name_goes_first(tmp_path: Path) -> None:
    feed = published(
        tmp_path,
        "长春,2020-03-26 18:00,食品厂(启用161026),,,,149,,,,,,\n长春,2020-03-26 18:00,食品厂,,,,7,,,,,,\n"
        "长春,2020-03-26 19:00,食品厂(启用161026),,,,150,,,,,,\n",
    )
    assert [item.values[PM2_5] for item in feed.hours] == [7.0, 150.0]
    assert len(feed.stations) == 1


def test_feed_begins_anew_after_whole_weeks() -> None:
    begins = datetime(2020, 3, 26, tzinfo=UTC)
    station = AirStation(station_mn("220100", "1A"), "站")
    hours = [AirHour(station.mn, begins + HOUR * step, {CO: 1.0}) for step in (0, 24 * 8)]
    assert sorted_feed([station], hours).cycle == timedelta(weeks=2)
    assert sorted_feed([station], hours[:1]).cycle == timedelta(weeks=1)


def test_made_up_air_is_the_same_every_time_and_smokes_in_the_evening() -> None:
    begins = datetime(2026, 10, 24, 0, tzinfo=UTC)
    station = AirStation(station_mn("229900", "1A"), "站")
    feed = made_up_feed([station], begins=begins, seed=7)
    assert feed == made_up_feed([station], begins=begins, seed=7)
    thick = [number for number, item in enumerate(feed.hours) if item.values[PM2_5] > 120]
    assert thick
    assert all((number - 29) % (24 * 7) < 9 for number in thick)


def test_made_up_city_has_one_station_that_nobody_registered() -> None:
    stations = sample_stations(read_pack(SAMPLE))
    assert [item.place is None for item in stations] == [False] * 8 + [True]


def test_demonstration_begins_inside_its_readings() -> None:
    pack = read_pack(SAMPLE)
    hours = city_feed(pack, data=None).hours
    assert hours[0].hour + timedelta(days=2) < demo_start(pack, data=None) < hours[-1].hour


@pytest.mark.parametrize("code", [code for code in pack_codes() if code != SAMPLE])
def test_real_city_begins_inside_its_real_readings(code: str, data: Path) -> None:
    pack = read_pack(code)
    feed = city_feed(pack, data=data)
    assert feed.hours[0].hour < demo_start(pack, data=data) < feed.hours[-1].hour
    assert sum(item.place is not None for item in feed.stations) >= 1


def test_real_station_without_a_place_stays_one(data: Path) -> None:
    stations = city_feed(read_pack("liaoyuan"), data=data).stations
    assert {item.name: item.place is None for item in stations} == {"环保局": False, "银鹰制药": True}


def test_beijing_sites_speak_for_the_made_up_city(data: Path) -> None:
    pack = read_pack(SAMPLE)
    feed = city_feed(pack, data=data)
    assert len(feed.stations) == 9
    assert feed.hours[0].hour < demo_start(pack, data=data) < feed.hours[-1].hour
    assert max(item.values.get(PM2_5, 0) for item in feed.hours) > 250  # the red alert of December 2016
    assert max(item.values.get(CO, 0) for item in feed.hours) < 20  # mg/m³
