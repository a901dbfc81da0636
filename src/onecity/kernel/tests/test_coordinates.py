import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.kernel.coordinates.bd09 import (
    bd09_array_from_gcj02,
    bd09_from_gcj02,
    gcj02_array_from_bd09,
    gcj02_from_bd09,
)
from onecity.kernel.coordinates.gcj02 import (
    gcj02_array_from_wgs84,
    gcj02_from_wgs84,
    wgs84_array_from_gcj02,
    wgs84_from_gcj02,
)
from onecity.kernel.coordinates.points import (
    Bd09,
    Bd09Array,
    Gcj02,
    Gcj02Array,
    InvalidCoordinates,
    Wgs84,
    Wgs84Array,
)
from onecity.kernel.tests.vectors import rows

CITIES = rows("coordinate-vectors.csv")
TOLERANCE = 1e-6  # libraries use two slightly different ellipsoids

inland = st.builds(Wgs84, st.floats(73, 137), st.floats(2, 55))


def near(first: Wgs84 | Gcj02 | Bd09, second: Wgs84 | Gcj02 | Bd09, *, within: float) -> bool:
    return type(first) is type(second) and abs(first.lon - second.lon) < within > abs(first.lat - second.lat)


def points(row: dict[str, str]) -> tuple[Wgs84, Gcj02, Bd09]:
    return (
        Wgs84(float(row["wgs_lon"]), float(row["wgs_lat"])),
        Gcj02(float(row["gcj_lon"]), float(row["gcj_lat"])),
        Bd09(float(row["bd09_lon"]), float(row["bd09_lat"])),
    )


@pytest.mark.parametrize("row", CITIES, ids=lambda row: row["place"])
def test_published_city_is_reproduced_in_all_systems(row: dict[str, str]) -> None:
    wgs84, gcj02, bd09 = points(row)
    assert near(gcj02_from_wgs84(wgs84), gcj02, within=TOLERANCE)
    assert near(bd09_from_gcj02(gcj02), bd09, within=TOLERANCE)
    assert near(gcj02_from_bd09(bd09), gcj02, within=TOLERANCE)
    assert near(wgs84_from_gcj02(gcj02), wgs84, within=TOLERANCE)


@pytest.mark.parametrize("row", CITIES, ids=lambda row: row["place"])
def test_published_shift_in_metres_is_reproduced(row: dict[str, str]) -> None:
    wgs84, _, _ = points(row)
    shifted = gcj02_from_wgs84(wgs84)
    east = math.radians(shifted.lon - wgs84.lon) * 6378137 * math.cos(math.radians(wgs84.lat))
    north = math.radians(shifted.lat - wgs84.lat) * 6378137
    assert math.hypot(east, north) == pytest.approx(float(row["shift_m"]), rel=0.01)


def test_array_form_gives_the_same_as_single_points() -> None:
    wgs84 = [points(row)[0] for row in CITIES]
    array = Wgs84Array(np.array([[point.lon, point.lat] for point in wgs84]))
    gcj02 = gcj02_array_from_wgs84(array)
    bd09 = bd09_array_from_gcj02(gcj02)
    for place, point in enumerate(wgs84):
        single = gcj02_from_wgs84(point)
        assert tuple(gcj02[place]) == pytest.approx((single.lon, single.lat), abs=1e-12)
        assert tuple(bd09[place]) == pytest.approx(
            (bd09_from_gcj02(single).lon, bd09_from_gcj02(single).lat), abs=1e-12
        )
    assert np.abs(gcj02_array_from_bd09(bd09) - gcj02).max() < 1e-8
    assert np.abs(wgs84_array_from_gcj02(gcj02) - array).max() < 1e-8


def test_array_form_leaves_its_input_alone_and_takes_no_points() -> None:
    array = Wgs84Array(np.array([[125.3, 43.9]]))
    gcj02 = gcj02_array_from_wgs84(array)
    wgs84_array_from_gcj02(gcj02)
    gcj02_array_from_bd09(Bd09Array(gcj02))
    assert array.tolist() == [[125.3, 43.9]]
    nothing = np.empty((0, 2))
    assert gcj02_array_from_wgs84(Wgs84Array(nothing)).shape == (0, 2)
    assert wgs84_array_from_gcj02(Gcj02Array(nothing)).shape == (0, 2)
    assert gcj02_array_from_bd09(Bd09Array(nothing)).shape == (0, 2)


@pytest.mark.parametrize(
    ("lon", "lat"), [(72.003, 40), (137.835, 40), (100, 0.829), (100, 55.8272), (-74, 40.7), (0, 0), (180, 90)]
)
def test_point_outside_the_box_stays(lon: float, lat: float) -> None:
    assert gcj02_from_wgs84(Wgs84(lon, lat)) == Gcj02(lon, lat)
    assert wgs84_from_gcj02(Gcj02(lon, lat)) == Wgs84(lon, lat)


def test_only_the_points_inside_the_box_of_an_array_move() -> None:
    array = Wgs84Array(np.array([[-74.0, 40.7], [125.3, 43.9]]))
    moved = gcj02_array_from_wgs84(array) != array
    assert moved.tolist() == [[False, False], [True, True]]


def test_missing_place_of_an_array_stays_missing_and_harms_no_other() -> None:
    array = Wgs84Array(np.array([[np.nan, np.nan], [125.3, 43.9]]))
    gcj02 = gcj02_array_from_wgs84(array)
    assert np.isnan(wgs84_array_from_gcj02(gcj02)).tolist() == [[True, True], [False, False]]
    assert np.isnan(gcj02_array_from_bd09(bd09_array_from_gcj02(gcj02))).tolist() == [[True, True], [False, False]]
    assert np.abs(wgs84_array_from_gcj02(gcj02)[1] - array[1]).max() < 1e-8


@given(inland)
def test_gcj02_is_undone_to_a_millimetre(point: Wgs84) -> None:
    assert near(wgs84_from_gcj02(gcj02_from_wgs84(point)), point, within=1e-8)


@given(inland)
def test_bd09_is_undone_to_a_millimetre(point: Wgs84) -> None:
    gcj02 = gcj02_from_wgs84(point)
    assert near(gcj02_from_bd09(bd09_from_gcj02(gcj02)), gcj02, within=1e-8)


@given(inland)
def test_shift_stays_below_two_kilometres(point: Wgs84) -> None:
    shifted = gcj02_from_wgs84(point)
    assert 0 < math.hypot(shifted.lon - point.lon, shifted.lat - point.lat) < 0.02


@pytest.mark.parametrize(
    ("lon", "lat"), [(180.1, 0), (-180.1, 0), (0, 90.1), (0, -90.1), (math.nan, 0), (0, math.inf), (39.9, 116.4)]
)
def test_numbers_that_are_no_longitude_and_latitude_are_refused(lon: float, lat: float) -> None:
    for system in (Wgs84, Gcj02, Bd09):
        with pytest.raises(InvalidCoordinates):
            system(lon, lat)


def test_systems_are_never_equal() -> None:
    assert len({Wgs84(125.3, 43.9), Gcj02(125.3, 43.9), Bd09(125.3, 43.9)}) == 3
