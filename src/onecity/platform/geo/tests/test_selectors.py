"""Divisions, grids and search."""

from datetime import date

import pytest

from onecity.kernel.errors import NotFound
from onecity.kernel.identifiers.divisions import InvalidDivisionCode
from onecity.kernel.identifiers.grid_code import InvalidGridCode
from onecity.platform.geo.contracts import Found
from onecity.platform.geo.selectors.divisions import division, division_box, division_outline, divisions
from onecity.platform.geo.selectors.grids import grid_cell, grid_cells, grid_count, grid_outline
from onecity.platform.geo.selectors.search import search
from onecity.platform.geo.tests.factories import (
    CITY,
    COMMUNITY,
    COUNTY,
    SOUTH,
    STREET,
    WEST,
    line,
    make_cell,
    make_division,
    make_place,
    make_road,
    make_tree,
)

pytestmark = pytest.mark.django_db


def names(text: str, **options: int) -> list[tuple[str, str]]:
    return [(found.kind, found.name) for found in search(text, **options)]


def test_division_is_found_by_its_code_with_or_without_zeros() -> None:
    make_tree()
    found = division(f"{STREET}000")
    assert (found.code, found.name, found.level, found.parent_code) == (STREET, "红旗街道", 4, COUNTY)
    assert found.full_name == "朝阳区红旗街道"


def test_division_above_the_county_is_its_own_full_name() -> None:
    make_tree()
    assert division(CITY).full_name == "试验市"


def test_division_that_is_not_kept_is_not_found() -> None:
    with pytest.raises(NotFound):
        division("220199")
    with pytest.raises(InvalidDivisionCode):
        division("99")


def test_divisions_are_listed_by_level_parent_and_page() -> None:
    make_tree()
    make_division("220104002", "桂林街道")
    assert [row.code for row in divisions(level=4)] == [STREET, "220104002"]
    assert [row.code for row in divisions(parent_code=COUNTY, size=1)] == [STREET]
    assert [row.code for row in divisions(parent_code=COUNTY, after=int(STREET))] == ["220104002"]


@pytest.mark.parametrize(
    ("text", "codes"),
    [("红旗", [STREET]), ("旗街", [STREET]), ("220104001", [STREET, COMMUNITY]), ("%", []), ("_", []), ("无", [])],
)
def test_divisions_are_searched_by_part_of_the_name_or_beginning_of_the_code(text: str, codes: list[str]) -> None:
    make_tree()
    assert [row.code for row in divisions(search=text)] == codes


def test_box_and_outline_of_a_division() -> None:
    make_tree()
    assert division_box(STREET) == pytest.approx((WEST, SOUTH, WEST + 0.04, SOUTH + 0.04))
    assert '"MultiPolygon"' in str(division_outline(STREET))
    make_division("220104002")
    assert division_box("220104002") is None
    assert division_outline("220104002") is None


def test_grid_is_found_by_fifteen_digits_and_by_the_fourteen_of_older_systems() -> None:
    make_tree()
    make_cell(f"{COMMUNITY}007")
    assert grid_cell(f"{COMMUNITY}007").full_name == "朝阳区红旗街道湖光社区"
    assert grid_cell(f"{COMMUNITY}07").code == f"{COMMUNITY}007"
    assert '"Polygon"' in grid_outline(f"{COMMUNITY}007")


def test_grid_that_is_not_kept_is_not_found() -> None:
    with pytest.raises(NotFound):
        grid_cell("220104001001001")
    with pytest.raises(NotFound):
        grid_outline("220104001001001")
    with pytest.raises(InvalidGridCode):
        grid_cell("12")


def test_grids_are_listed_in_order_by_beginning_of_the_code() -> None:
    make_tree()
    for code in (f"{COMMUNITY}001", f"{COMMUNITY}002", "220105001001001"):
        make_cell(code)
    make_cell(f"{COMMUNITY}003", ended=date(2024, 1, 1))
    assert [row.code[-3:] for row in grid_cells(code_prefix=COUNTY)] == ["001", "002"]
    assert [row.code[-3:] for row in grid_cells(code_prefix=COUNTY, after=int(f"{COMMUNITY}001"))] == ["002"]
    assert [row.code[-3:] for row in grid_cells(code_prefix=COMMUNITY, ended=True)] == ["001", "002", "003"]
    assert len(grid_cells(size=2)) == 2
    assert (grid_count(COUNTY), grid_count(CITY), grid_count("220105")) == (2, 3, 1)


def test_search_finds_divisions_streets_places_and_addresses() -> None:
    make_tree()
    make_road("红旗大路", geometry=line((0, 1), (4, 1)))
    make_place("红旗医院")
    make_place("中心小学", address="红旗大路12号")
    assert names("红旗") == [
        ("division", "红旗街道"),
        ("road", "红旗大路"),
        ("place", "红旗医院"),
        ("place", "中心小学"),
    ]


def test_search_finds_a_street_once_at_its_longest_stretch() -> None:
    make_road("人民大街", geometry=line((0, 1), (1, 1)), key="short")
    make_road("人民大街", geometry=line((2, 3), (4, 3)), key="long")
    (found,) = search("人民大街")
    assert found.kind == "road"
    assert found.latitude == pytest.approx(SOUTH + 0.03)


def test_what_is_called_just_so_comes_first() -> None:
    make_tree()
    make_road("北人民大街", geometry=line((0, 2), (4, 2)))
    make_road("人民大街")
    make_place("人民大街超市")
    assert names("人民大街") == [("road", "人民大街"), ("road", "北人民大街"), ("place", "人民大街超市")]


def test_search_by_digits_finds_divisions_and_grids() -> None:
    make_tree()
    make_cell(f"{COMMUNITY}007")
    assert names(f"{COMMUNITY}007") == [("grid", f"{COMMUNITY}007")]
    assert names(COMMUNITY) == [("division", "湖光社区"), ("grid", f"{COMMUNITY}007")]
    assert search(f"{COMMUNITY}007")[0].link == f"/grids/{COMMUNITY}007"


def test_search_keeps_to_its_size() -> None:
    for number in range(5):
        make_place(f"超市{number}")
    assert len(search("超市", size=3)) == 3


@pytest.mark.parametrize("text", ["", " ", "红", "%%", "__", "\\\\"])
def test_search_for_nothing_finds_nothing(text: str) -> None:
    make_tree()
    make_place("100%纯净水")
    assert search(text) == []


@pytest.mark.parametrize("text", ["125.32,43.88", " 125.32 ， 43.88 ", "125.32 43.88"])
def test_coordinates_are_a_place(text: str) -> None:
    assert search(text) == [Found("point", "125.320000, 43.880000", "", 125.32, 43.88, 16.0)]


@pytest.mark.parametrize("text", ["225.32,43.88", "125.3,99.1", "125.32,43.88,1"])
def test_numbers_that_are_no_place_are_words(text: str) -> None:
    assert search(text) == []
