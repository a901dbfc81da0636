"""Where a point lies."""

from datetime import date

import pytest

from onecity.kernel.coordinates.points import InvalidCoordinates
from onecity.platform.geo.contracts import DivisionInfo, GridInfo
from onecity.platform.geo.selectors.positions import OutsideCity, describe, locate
from onecity.platform.geo.tests.factories import (
    COMMUNITY,
    COUNTY,
    SOUTH,
    WEST,
    line,
    make_cell,
    make_road,
    make_tree,
    patch,
)

pytestmark = pytest.mark.django_db
CELL = f"{COMMUNITY}001"


@pytest.fixture(autouse=True)
def city() -> None:
    make_tree()
    make_cell(CELL, geometry=patch(wide=0.1, high=0.1))


def at(column: float, row: float, **options: float) -> GridInfo | DivisionInfo:
    return locate(longitude=WEST + column / 100, latitude=SOUTH + row / 100, **options)


def test_point_inside_a_cell_is_in_it() -> None:
    found = at(0.05, 0.05)
    assert isinstance(found, GridInfo)
    assert (found.code, found.division_code, found.full_name, found.distance_m) == (
        CELL, COMMUNITY, "朝阳区红旗街道湖光社区", 0.0,
    )  # fmt: skip


def test_point_beside_a_cell_is_in_the_nearest_one_and_knows_how_far() -> None:
    found = at(0.05, 0.2)  # 0.001° of latitude north of the cell
    assert isinstance(found, GridInfo)
    assert found.code == CELL
    assert found.distance_m == pytest.approx(111.1, abs=0.5)


def test_point_too_far_from_any_cell_is_in_its_smallest_division() -> None:
    found = at(0.05, 0.2, nearest_m=100)
    assert isinstance(found, DivisionInfo)
    assert (found.code, found.division_code, found.level) == (COMMUNITY, COMMUNITY, 5)


def test_nearest_is_by_metres_not_by_degrees() -> None:
    # East is 80 m in 0.001°, north 111 m: the cell in the east is nearer on the ground, though further in degrees.
    make_cell(f"{COMMUNITY}002", geometry=patch(1.11, 1, wide=0.05, high=0.05))
    make_cell(f"{COMMUNITY}003", geometry=patch(1, 1.1, wide=0.01, high=0.05))
    found = at(1.0, 1.0)
    assert found.code == f"{COMMUNITY}002"


def test_edge_between_two_cells_belongs_to_the_lower_code() -> None:
    make_cell(f"{COMMUNITY}002", geometry=patch(0.1, wide=0.1, high=0.1))
    assert at(0.1, 0.05).code == CELL


def test_ended_cell_is_passed_over() -> None:
    make_cell(f"{COMMUNITY}009", geometry=patch(1, 1, wide=0.1, high=0.1), ended=date(2024, 1, 1))
    assert isinstance(at(1.05, 1.05), DivisionInfo)


def test_point_in_the_county_only_is_in_the_county() -> None:
    assert at(10, 10).code == COUNTY


def test_point_outside_the_city_is_refused() -> None:
    with pytest.raises(OutsideCity):
        at(-300, 0)


@pytest.mark.parametrize(("longitude", "latitude"), [(181.0, 43.0), (125.0, 91.0), (float("nan"), 43.0)])
def test_numbers_that_are_no_place_are_refused(longitude: float, latitude: float) -> None:
    with pytest.raises(InvalidCoordinates):
        locate(longitude=longitude, latitude=latitude)


def test_position_is_told_with_the_nearest_named_street() -> None:
    make_road("人民大街", geometry=line((0, 0.2), (4, 0.2)))
    make_road("", geometry=line((0, 0.06), (4, 0.06)), key="nameless")
    make_road("京哈线", geometry=line((0, 0.07), (4, 0.07)), kind="rail")
    found = describe(longitude=WEST + 0.0005, latitude=SOUTH + 0.0005)
    assert found.description == "朝阳区红旗街道湖光社区 人民大街附近"
    assert (found.grid_code, found.division_code, found.road) == (CELL, COMMUNITY, "人民大街")


def test_position_on_a_street_is_told_as_such() -> None:
    make_road("人民大街", geometry=line((0, 0.06), (4, 0.06)))
    assert describe(longitude=WEST + 0.0005, latitude=SOUTH + 0.0005).description == "朝阳区红旗街道湖光社区 人民大街"


def test_position_far_from_streets_and_cells_is_told_by_its_division() -> None:
    make_road("人民大街")
    found = describe(longitude=WEST + 0.1, latitude=SOUTH + 0.1)
    assert (found.description, found.grid_code, found.road) == ("朝阳区", "", "")
