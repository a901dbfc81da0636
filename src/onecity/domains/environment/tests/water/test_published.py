"""The national platform's published file: read line by line, and judged as the platform judged it."""

import gzip
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.domains.environment.models import WaterDay, WaterMonth, WaterSample, WaterSection
from onecity.domains.environment.permissions import MANAGE_WATER
from onecity.domains.environment.rules.water.items import Body, Item
from onecity.domains.environment.rules.water.published import (
    NEEDED,
    BadLine,
    BrokenFile,
    NotPublishedFile,
    PublishedLine,
    read_published,
)
from onecity.domains.environment.services.water.importing import UnreadableFile, import_published, text_of
from onecity.kernel.actor import system_actor
from onecity.kernel.errors import NotPermitted
from onecity.platform.identity.tests.factories import make_actor, plain_actor

FILE = Path("air_water") / "surface_water" / "china_surface_water_20251106_08.csv.gz"
HEAD = (
    "province,city,basin,river,section,time,class,water_temp_c,ph,do_mg_l,conductivity_us_cm,turbidity_ntu,"
    "codmn_mg_l,nh3n_mg_l,tp_mg_l,tn_mg_l"
)
GOOD = "吉林省,长春市,松花江流域,伊通河,新立城大坝,2025-11-06 20:00,Ⅲ,6.2,8.62,12.8,330,34,4.1159,0.026,0.0413,0.67"
NOW = datetime(2025, 11, 9, tzinfo=UTC)


def lines(*rows: str) -> list[str]:
    return [HEAD, *rows]


def test_line_is_read_with_its_values_time_and_class() -> None:
    (line,) = read_published(lines(GOOD))
    assert isinstance(line, PublishedLine)
    assert (line.key, line.at, line.water_class) == ("吉林省/新立城大坝", datetime(2025, 11, 6, 12, tzinfo=UTC), 3)
    assert line.values[Item.TP] == Decimal("0.0413")
    assert line.others == {
        "water_temp_c": Decimal("6.2"),
        "conductivity_us_cm": Decimal(330),
        "turbidity_ntu": Decimal(34),
    }


@pytest.mark.parametrize(
    ("river", "body"),
    [("太湖", Body.LAKE), ("小浪底水库", Body.LAKE), ("滇池", Body.LAKE), ("白洋淀", Body.LAKE), ("伊通河", Body.RIVER),
     ("四湖总干渠", Body.RIVER), ("石门水库（褒河）", Body.LAKE), ("京杭大运河苏北段（湖西段-不牢河段）", Body.RIVER)],
)  # fmt: skip
def test_name_of_the_water_says_whether_it_stands_still(river: str, body: Body) -> None:
    (line,) = read_published(lines(GOOD.replace("伊通河", river)))
    assert isinstance(line, PublishedLine)
    assert line.body is body


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("新立城大坝", "", "section"),
        ("吉林省", "", "province"),
        ("2025-11-06 20:00", "昨天", "time"),
        ("0.0413", "约0.04", "tp_mg_l"),
        ("6.2,", "NaN,", "water_temp_c"),
    ],
)
def test_bad_line_is_named_with_its_column(old: str, new: str, column: str) -> None:
    found = list(read_published(lines(GOOD, GOOD.replace(old, new))))
    assert found[1] == BadLine(3, column)


def test_file_without_the_columns_is_refused() -> None:
    with pytest.raises(NotPublishedFile, match="tp_mg_l"):
        list(read_published(["province,city"]))


@given(st.text(max_size=400))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = list(read_published([",".join(NEEDED), *text.split("\n")]))
    except BrokenFile:
        return
    assert all(isinstance(item, PublishedLine | BadLine) for item in found)


def test_field_without_end_is_refused() -> None:
    with pytest.raises(BrokenFile):
        list(read_published([HEAD, '"' + "x" * 200_000]))


@pytest.mark.django_db
def test_every_published_class_of_the_country_is_ours(data: Path) -> None:
    with gzip.open(data / FILE, "rt", encoding="utf-8") as file:
        done = import_published(system_actor("test"), lines=file, now=NOW)
    assert (done.lines, done.sections, done.bad_count) == (6_496, 1_664, 0)
    assert (done.judged, done.agreed) == (6_274, 6_274)
    assert WaterSample.objects.filter(published_class__isnull=True, water_class__isnull=False).count() == 0
    counts = Counter(WaterSample.objects.values_list("water_class", flat=True))
    assert counts == {2: 3_404, 3: 1_594, 1: 633, 4: 546, None: 222, 5: 54, 6: 43}


@pytest.mark.django_db
def test_city_s_lines_become_sections_samples_days_and_a_month_and_twice_changes_nothing(data: Path) -> None:
    content = (data / FILE).read_bytes()
    first = import_published(make_actor(MANAGE_WATER, everywhere=True), lines=text_of(content), city="长春市", now=NOW)
    assert (first.lines, first.sections, first.changed, first.agreed) == (28, 7, 28, 28)
    dam = WaterSection.objects.get(name="新立城大坝")
    assert (dam.river, dam.body, dam.device_id, dam.city_name) == ("伊通河", "river", None, "长春市")
    assert dam.current_at == datetime(2025, 11, 8, 4, tzinfo=UTC)
    assert WaterDay.objects.filter(section=dam).count() == 3
    month = WaterMonth.objects.get(section=dam)
    assert (month.date, month.count, month.water_class) == (date(2025, 11, 1), 4, 2)
    again = import_published(system_actor("test"), lines=text_of(content), city="长春市", now=NOW)
    assert (again.changed, WaterSection.objects.count()) == (0, 7)


@pytest.mark.django_db
def test_whoever_may_not_manage_water_imports_nothing() -> None:
    with pytest.raises(NotPermitted):
        import_published(plain_actor(), lines=lines(GOOD), now=NOW)
    assert not WaterSection.objects.exists()


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"\x1f\x8bno gzip at all", gzip.compress(b"\xff\xff")])
def test_file_that_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableFile):
        text_of(content)


def test_packed_file_and_one_with_a_mark_are_read_alike() -> None:
    text = "\n".join(lines(GOOD))
    assert text_of(gzip.compress(text.encode())).read() == text_of(text.encode("utf-8-sig")).read() == text
