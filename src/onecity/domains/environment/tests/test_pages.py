"""Pages of the air: for everybody, for staff, as fragments and as files."""

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from onecity.domains.environment.models import AirMethod
from onecity.domains.environment.permissions import MANAGE_AIR, VIEW_AIR
from onecity.domains.environment.rules.editions import Pollutant
from onecity.domains.environment.rules.times import HOUR
from onecity.domains.environment.services.assessing import assess
from onecity.domains.environment.tests.factories import CLEAN, assessed, make_station, measure
from onecity.kernel import clock
from onecity.platform.identity.tests.factories import make_actor, open_session

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _city_time(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "city_now", lambda: now)


def page(path: str, *, client: Client | None = None, status: int = 200, fragment: bool = False) -> str:
    headers = {"HX-Request": "true"} if fragment else {}
    answer = (client or Client()).get(path, headers=headers)
    assert answer.status_code == status
    return answer.content.decode()


def staff(*permissions: str) -> Client:
    actor = make_actor(*permissions, everywhere=True)
    client = Client()
    client.cookies["onecity_session"] = open_session(actor.account_id)
    return client


def chart(text: str) -> dict[str, Any]:
    found = re.search(r'<script id="air-hours" type="application/json">(.+?)</script>', text)
    assert found
    content: dict[str, Any] = json.loads(found[1])
    return content


def test_city_without_stations_says_so() -> None:
    text = page("/air")
    assert "本市还没有接入空气站" in text
    assert "最近48小时没有数据" in text
    assert "air-hours" not in text


def test_city_whose_stations_are_silent_says_so(now: datetime) -> None:
    make_station("净月潭", now=now, place=None)
    text = page("/air")
    assert "最近三小时没有新的空气质量数据" in text
    assert "净月潭" in text
    assert "暂无数据" in text


def test_passer_by_sees_index_level_pollutant_and_advice(now: datetime) -> None:
    station = make_station("净月潭", now=now)
    assessed(station, now - HOUR, now=now, pm2_5=61)
    text = page("/air")
    for expected in (
        '<span class="air-number">101</span>',
        "轻度污染",
        "三级",
        "细颗粒物（PM2.5）",
        "儿童、老年人和心肺疾病患者宜减少长时间、高强度的户外锻炼。",
        "1 个（在用 1 个）",
        "2026-03-10 12:00",
        f'href="/air/stations/{station}"',
        'id="air-map-settings"',
    ):
        assert expected in text


def test_chart_names_hours_by_their_end_and_leaves_gaps(now: datetime) -> None:
    station = make_station(now=now)
    assessed(station, now - 3 * HOUR, now=now)
    measure(station, now - 2 * HOUR, now=now, quality="D")
    assessed(station, now - HOUR, now=now, pm2_5=61)
    content = chart(page("/air"))
    assert content["at"] == ["03-10 10:00", "03-10 11:00", "03-10 12:00"]
    assert content["series"][0]["values"] == [
        {"value": 40, "itemStyle": {"color": "#00e400"}},
        None,
        {"value": 101, "itemStyle": {"color": "#ff7e00"}},
    ]


def test_calendar_shows_the_month_asked_for(now: datetime) -> None:
    AirMethod.objects.filter(edition_code="HJ 633-2026").update(day_hours=1, eight_hours=1, ozone_means=1)
    station = make_station(now=now)
    assessed(station, now - timedelta(days=1), now=now, pm2_5=61)
    assessed(station, now - timedelta(days=9), now=now)
    text = page("/air?month=2026-03")
    assert 'class="air-3" title="2026-03-09 轻度污染 细颗粒物（PM2.5）"' in text
    assert "本月有日指数的 2 天中，优良 1 天。" in text
    assert "?month=2026-02#calendar" in text
    assert "?month=2026-04#calendar" not in text
    before = page("/air?month=2026-02")
    assert "2026年2月" in before
    assert "?month=2026-03#calendar" in before


def test_month_that_is_none_is_refused() -> None:
    page("/air?month=2026-13", status=422)


def test_page_speaks_english(now: datetime) -> None:
    station = make_station(now=now)
    assessed(station, now - HOUR, now=now, pm2_5=61, pm10=121)
    client = Client()
    client.cookies["onecity_language"] = "en"
    text = page("/air", client=client)
    assert "Lightly polluted" in text
    assert "Particles (PM10), Fine particles (PM2.5)" in text


def test_lacking_pollutants_are_named(now: datetime) -> None:
    station = make_station(now=now)
    measure(station, now - HOUR, now=now, values={item: CLEAN[item] for item in CLEAN if item is not Pollutant.CO})
    assess([station], hours=[now - HOUR], now=now)
    for path in ("/air", f"/air/stations/{station}"):
        assert "缺测：一氧化碳" in page(path)


@pytest.mark.parametrize(
    ("path", "empty"),
    [
        ("/air/now", "本市还没有接入空气站"),
        ("/air/card", "本市还没有接入空气站"),
        ("/air/stream", "本市还没有接入空气站"),
    ],
)
def test_fragment_answers_parts_and_leads_others_to_the_page(path: str, empty: str) -> None:
    part = page(path, fragment=True)
    assert empty in part
    assert "<html" not in part
    assert Client().get(path).headers["Location"] == "/air"


def test_cards_show_the_air_now(now: datetime) -> None:
    station = make_station("净月潭", now=now)
    make_station("甩湾子", now=now)
    assessed(station, now - HOUR, now=now, pm2_5=61)
    assert "101" in page("/air/card", fragment=True)
    stream = page("/air/stream", fragment=True)
    assert stream.index("净月潭") < stream.index("甩湾子")
    assert "PM₂.₅" in stream
    assert "air-now" in page("/air/now", fragment=True)


def test_card_of_silent_stations_says_so(now: datetime) -> None:
    make_station(now=now)
    assert "最近三小时没有新的空气质量数据" in page("/air/card", fragment=True)


def test_long_list_of_stations_is_cut_on_the_cockpit(now: datetime) -> None:
    for number in range(14):
        make_station(f"站{number}", now=now)
    assert "另有 2 个站点" in page("/air/stream", fragment=True)


def test_page_costs_no_more_with_more_stations(now: datetime) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            page("/air")
        return len(captured)

    assessed(make_station(now=now), now - HOUR, now=now)
    cost()
    few = cost()
    for number in range(5):
        assessed(make_station(f"站{number}", now=now), now - HOUR, now=now)
    assert cost() == few


def test_station_page_lists_hours_and_days(now: datetime) -> None:
    station = make_station("净月潭", now=now)
    assessed(station, now - HOUR, now=now, pm2_5=61, co=0.45)
    hours = page(f"/air/stations/{station}")
    for expected in ("净月潭", "PM₂.₅ μg/m³", "轻度污染", "HJ 633-2026", 'id="station-map-settings"', ">0.5<"):
        assert expected in hours
    days = page(f"/air/stations/{station}/days")
    assert "2026-03-10" in days
    assert "数据不足" in days


def test_station_without_a_place_has_no_map(now: datetime) -> None:
    assert "station-map" not in page(f"/air/stations/{make_station(now=now, place=None)}")


def test_unknown_station_is_not_found() -> None:
    page("/air/stations/404", status=404)


def test_dates_narrow_hours_and_days(now: datetime) -> None:
    station = make_station(now=now)
    for back in (0, 1, 2):
        assessed(station, now - HOUR - timedelta(days=back), now=now)
    only = "?since=2026-03-09&until=2026-03-09"
    hours = page(f"/air/stations/{station}{only}", fragment=True)
    assert [text in hours for text in ("2026-03-08 12:00", "2026-03-09 12:00", "2026-03-10 12:00")] == [
        False,
        True,
        False,
    ]
    days = page(f"/air/stations/{station}/days{only}", fragment=True)
    assert [text in days for text in ("2026-03-08", "2026-03-09", "2026-03-10")] == [False, True, False]


def test_hours_leave_as_a_file(now: datetime) -> None:
    station = make_station(now=now)
    for back in range(1, 4):
        assessed(station, now - back * HOUR, now=now)
    answer = Client().get(f"/air/stations/{station}?format=csv")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert lines[0].startswith("小时结束,指数,级别,首要污染物,PM₂.₅ μg/m³")
    assert lines[1].startswith("2026-03-10 12:00:00,40,优,,20,40,60,20,8,0.5,HJ 633-2026")
    assert len(lines) == 4
    days = Client().get(f"/air/stations/{station}/days?format=xlsx")
    assert b"".join(days.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]
    days.close()


def test_staff_find_stations(now: datetime) -> None:
    first = make_station("净月潭", now=now)
    make_station("甩湾子", now=now)
    assessed(first, now - HOUR, now=now, pm2_5=61)
    client = staff(VIEW_AIR)
    text = page("/environment/stations", client=client)
    assert text.index("净月潭") < text.index("甩湾子")
    assert "无数据" in text
    found = page("/environment/stations?q=甩湾", client=client, fragment=True)
    assert ("净月潭" in found, "甩湾子" in found) == (False, True)


def test_list_of_stations_is_for_staff() -> None:
    assert Client().get("/environment/stations").status_code == 302
    page("/environment/stations", client=staff(), status=403)


def test_everybody_reads_how_figures_are_made() -> None:
    text = page("/air/method")
    for expected in ("HJ 633-2026", "HJ 633-2012 (PM 1h)", "1900-01-01", "六项齐全", "PM₁₀ (μg/m³)", "1200", "301–500"):
        assert expected in text
    assert "重新计算" not in text.replace("会重新计算", "")


def entered(**changes: object) -> dict[str, object]:
    usual = {
        "valid_from": "2027-01-01",
        "edition_code": "HJ 633-2026",
        "daily_needs": ["PM10", "O3"],
        "hour_minutes": 45,
        "day_hours": 20,
        "eight_hours": 6,
        "ozone_means": 14,
        "city_hour_share": 50,
        "city_day_share": 75,
        "source": "测试依据",
    }
    return usual | changes


def test_duty_officer_enters_a_method() -> None:
    client = staff(MANAGE_AIR)
    assert "日报必需污染物" in page("/air/method/new", client=client)
    assert client.post("/air/method/new", entered()).headers["Location"] == "/air/method"
    row = AirMethod.objects.get(source="测试依据")
    assert (row.daily_needs, row.realtime_needs) == (["PM10", "O3"], [])
    text = page("/air/method", client=client)
    assert "有什么算什么 / PM10 O3" in text
    assert "评价方法已登记" in text


@pytest.mark.parametrize(
    ("changes", "said"), [({"valid_from": "2026-03-01"}, "该起始日期已有评价方法"), ({"day_hours": 30}, "数值超出范围")]
)
def test_method_that_cannot_be_is_told_beside_its_field(changes: dict[str, object], said: str) -> None:
    answer = staff(MANAGE_AIR).post("/air/method/new", entered(**changes))
    assert (answer.status_code, said in answer.content.decode()) == (422, True)


def test_form_that_is_not_filled_comes_back() -> None:
    answer = staff(MANAGE_AIR).post("/air/method/new", {})
    assert (answer.status_code, AirMethod.objects.count()) == (422, 2)


def test_recomputing_leads_to_its_run() -> None:
    answer = staff(MANAGE_AIR).post("/air/recompute", {"first": "2026-03-01", "last": "2026-03-02"})
    assert re.fullmatch(r"/jobs/\d+", answer.headers["Location"])


@pytest.mark.parametrize("days", [{"first": "2026-03-02", "last": "2026-03-01"}, {"first": ""}])
def test_recomputing_of_no_span_comes_back(days: dict[str, str]) -> None:
    assert staff(MANAGE_AIR).post("/air/recompute", days).status_code == 422


def test_recomputing_is_for_those_who_manage() -> None:
    assert staff(VIEW_AIR).post("/air/recompute", {"first": "2026-03-01", "last": "2026-03-02"}).status_code == 403


def test_citizens_find_the_air_on_their_home_page() -> None:
    text = page("/")
    assert 'hx-get="/air/card"' in text
