"""Pages of surface water: for everybody, for staff, as files, in both languages."""

from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from onecity.domains.environment.models import WaterLimit, WaterSample, WaterSection
from onecity.domains.environment.permissions import MANAGE_NOISE, MANAGE_WATER, VIEW_STANDARDS
from onecity.domains.environment.rules.times import HOUR
from onecity.domains.environment.selectors.water.figures import good_share, section_rows, target_share
from onecity.domains.environment.services.water.assessing import assess_water
from onecity.domains.environment.tests.surroundings import ALL, CLEAN, make_section, record
from onecity.domains.environment.tests.water.test_published import GOOD, HEAD
from onecity.kernel import clock
from onecity.platform.identity.tests.factories import make_actor, open_session
from onecity.platform.indicators.declare import Period

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _city_time(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "city_now", lambda: now)


def page(path: str, *, client: Client | None = None, status: int = 200, fragment: bool = False) -> str:
    answer = (client or Client()).get(path, headers={"HX-Request": "true"} if fragment else {})
    assert answer.status_code == status
    return answer.getvalue().decode()


def staff(*permissions: str) -> Client:
    client = Client()
    client.cookies["onecity_session"] = open_session(make_actor(*permissions, everywhere=True).account_id)
    return client


def section(name: str, now: datetime, **values: float) -> WaterSection:
    made = make_section(name, now=now)
    assert made.device_id is not None
    for back in (5, 1):
        record(made.device_id, now - back * HOUR, CLEAN | values, now=now)
        assess_water([made.device_id], hours=[now - back * HOUR], now=now)
    return made


def test_city_without_sections_and_one_whose_stations_are_silent_say_so(now: datetime) -> None:
    assert "本市还没有接入水质断面" in page("/water")
    make_section(now=now)
    assert "最近一天没有水质监测结果" in page("/water")


def test_passer_by_sees_classes_share_and_sections_the_worst_first(now: datetime) -> None:
    section("上游", now)
    bad = section("下游", now, tp=0.25)
    text = page("/water")
    assert '<span class="air-number">50.0<small>%</small></span>' in text
    assert f'href="/water/sections/{bad.id}"' in text
    assert text.index("下游") < text.index("上游")
    assert "总磷（0.25倍）" in text


def test_section_shows_items_with_their_classes_calendar_and_months(now: datetime) -> None:
    made = section("下游", now, tp=0.25, water_temperature=6.5)
    text = page(f"/water/sections/{made.id}")
    words = ("Ⅳ类", "轻度污染", "0.250", "Ⅲ类限值 0.2", "6–9", "总磷（0.25倍）", "水温 6.5 ℃", "GB 3838-2002")
    for expected in (*words, "2026年3月", '<td class="water-4"><span>10</span>', "2026-03"):
        assert expected in text
    before = page(f"/water/sections/{made.id}?month=2026-02")
    assert "?month=2026-03#calendar" in before
    page(f"/water/sections/{made.id}?month=2026-13", status=422)
    page("/water/sections/0", status=404)


def test_samples_come_as_files_and_within_days(now: datetime) -> None:
    made = section("下游", now)
    csv = page(f"/water/sections/{made.id}?format=csv")
    assert csv.count("2026-03-10") == 2
    assert "这段时间没有监测数据" in page(f"/water/sections/{made.id}?until=2026-03-01", fragment=True)


def test_sections_are_filtered_by_class_body_target_and_words(now: datetime) -> None:
    section("上游", now)
    section("下游", now, nh3n=1.2)
    for query, names in (
        ("level=4", {"下游"}),
        ("level=2", {"上游"}),
        ("below=1", {"下游"}),
        ("body=lake", set()),
        ("q=上", {"上游"}),
        ("", {"上游", "下游"}),
    ):
        text = page(f"/water/sections?{query}", fragment=True)
        assert {name for name in ("上游", "下游") if name in text} == names
    page("/water/sections?level=9", status=422)


def test_list_of_sections_goes_on_where_it_ended(now: datetime) -> None:
    for number in range(3):
        section(f"断面{number}", now)
    first = page("/water/sections?size=2", fragment=True)
    assert "after=" in first
    assert "断面0" in first
    assert "断面2" not in first


def test_card_is_a_fragment_of_home_pages(now: datetime) -> None:
    section("下游", now, tp=0.25)
    assert "下游" in page("/water/card", fragment=True)
    assert Client().get("/water/card").status_code == 302


def test_page_speaks_english(now: datetime) -> None:
    made = section("下游", now, tp=0.25)
    client = Client()
    client.cookies["onecity_language"] = "en"
    text = page(f"/water/sections/{made.id}", client=client)
    assert "Total phosphorus" in text
    assert "总磷" not in text


def test_statements_of_the_public_page_do_not_grow_with_the_sections(now: datetime) -> None:
    section("一", now)
    with CaptureQueriesContext(connection) as few:
        page("/water")
    for number in range(5):
        section(f"断面{number}", now)
    with CaptureQueriesContext(connection) as many:
        page("/water")
    assert len(many) <= len(few)


def test_staff_change_a_section_and_its_water_is_judged_anew(now: datetime) -> None:
    made = section("水库", now, tp=0.08)
    client = staff(MANAGE_WATER)
    assert "变更断面资料" in page(f"/water/sections/{made.id}", client=client)
    page(f"/water/sections/{made.id}/change", client=client)
    given = {"river": "新立城水库", "body": "lake", "target_class": "2"}
    assert client.post(f"/water/sections/{made.id}/change", given).status_code == 302
    assert WaterSample.objects.filter(water_class=4).count() == 2
    assert client.post(f"/water/sections/{made.id}/change", {"body": "sea"}).status_code == 422
    assert Client().get(f"/water/sections/{made.id}/change").status_code == 302


def test_staff_take_in_a_published_file_and_see_what_became_of_it(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = now.replace(year=2027)
    monkeypatch.setattr(clock, "city_now", lambda: later)
    client = staff(MANAGE_WATER)
    page("/water/import", client=client)
    content = "\n".join([HEAD, GOOD, GOOD.replace("2025-11-06 20:00", "昨天")]).encode()
    answer = client.post("/water/import", {"file": SimpleUploadedFile("data.csv", content), "city": ""})
    text = answer.content.decode()
    assert (answer.status_code, "1 / 1（100.0%）" in text) == (200, True)
    assert '<td class="look-code">time</td>' in text
    assert WaterSection.objects.get().name == "新立城大坝"
    bad = client.post("/water/import", {"file": SimpleUploadedFile("data.csv", b"a,b\n1,2"), "city": ""})
    assert (bad.status_code, "文件缺少这些列" in bad.content.decode()) == (422, True)
    assert staff().get("/water/import").status_code == 403


def test_staff_read_limits_and_add_to_them(now: datetime) -> None:
    client = staff(VIEW_STANDARDS, MANAGE_WATER, MANAGE_NOISE)
    text = page("/environment/limits", client=client)
    for expected in ("粪大肠菌群", "其中湖库", "≥ 7.5", "6–9", "GB 3096-2008", "有效传输率目标 90%"):
        assert expected in text
    page("/environment/limits/water", client=client)
    given = {
        "item_code": "tp",
        "valid_from": "2030-01-01",
        "edition_code": "新版",
        "steps": "0.01 0.02 0.03 0.04 0.05",
        "source": "公告",
    }
    assert client.post("/environment/limits/water", given).status_code == 302
    assert WaterLimit.objects.filter(item_code="tp").count() == 2
    for bad in ({"steps": "1 2"}, {"steps": "一 二"}, {"steps": "1 2 3 4 9999999"}, {"lake": "1"}):
        assert client.post("/environment/limits/water", {**given, "valid_from": "2031-01-01", **bad}).status_code == 422
    page("/environment/limits/noise", client=client)
    noise = {
        "area_code": "2",
        "valid_from": "2030-01-01",
        "edition_code": "新版",
        "day_db": "58",
        "night_db": "48",
        "source": "公告",
    }
    assert client.post("/environment/limits/noise", noise).status_code == 302
    assert client.post("/environment/limits/noise", noise).status_code == 422
    assert staff().get("/environment/limits").status_code == 403


def test_indicators_are_shares_of_this_month_s_means(now: datetime) -> None:
    period = Period(now, now)
    assert good_share(ALL, period).value is None
    section("上游", now)
    section("下游", now, tp=0.25)
    assert (good_share(ALL, period).value, good_share(ALL, period).denominator) == (50.0, 2)
    assert target_share(ALL, period).value == 50.0
    evidence = section_rows(ALL, period, 10)
    assert [row[:4] for row in evidence.rows] == [["下游", "", "Ⅳ类", "Ⅲ类"], ["上游", "", "Ⅱ类", "Ⅲ类"]]
    assert evidence.links[0].startswith("/water/sections/")
    later = Period(now + timedelta(days=40), now + timedelta(days=40))
    assert good_share(ALL, later).value is None
