"""The tile scheme."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.geo.rules.tiles import (
    COARSE_UNITS,
    DEEPEST,
    EXTENT,
    FULL_DETAIL,
    HALF_WORLD,
    MARGIN,
    NoSuchTile,
    Tile,
    parse_tile,
    touches,
)

tiles = st.integers(0, DEEPEST).flatmap(
    lambda z: st.builds(Tile, st.just(z), st.integers(0, (1 << z) - 1), st.integers(0, (1 << z) - 1))
)


def test_first_tile_is_the_whole_square_world() -> None:
    assert Tile(0, 0, 0).square == (-HALF_WORLD, -HALF_WORLD, HALF_WORLD, HALF_WORLD)


def test_half_the_world_is_the_figure_of_the_epsg_registry() -> None:
    assert pytest.approx(20037508.342789244) == HALF_WORLD


def test_rows_count_from_the_north() -> None:
    assert Tile(1, 0, 0).square == (-HALF_WORLD, 0.0, 0.0, HALF_WORLD)
    assert Tile(1, 1, 1).square == (0.0, -HALF_WORLD, HALF_WORLD, 0.0)


def test_tile_of_a_known_place_holds_it() -> None:
    # Beijing, lon 116.39747 lat 39.908823: the Web Mercator pair of shared coordinate vectors (EPSG:3857).
    west, south, east, north = Tile(14, 13489, 6208).square
    assert west <= 12957307.090 <= east
    assert south <= 4852701.519 <= north


def test_box_of_the_first_tile_reaches_the_limit_of_web_mercator() -> None:
    west, south, east, north = Tile(0, 0, 0).box
    assert west == pytest.approx(-180 * (1 + 2 * MARGIN / EXTENT))
    assert east == pytest.approx(180 * (1 + 2 * MARGIN / EXTENT))
    assert south < -85.0511
    assert north > 85.0511


@given(tiles)
def test_box_is_wider_than_the_square_by_the_margin(tile: Tile) -> None:
    west, _, east, _ = tile.box
    assert (east - west) == pytest.approx(360 / (1 << tile.z) * (1 + 2 * MARGIN / EXTENT))


@given(tiles.filter(lambda tile: tile.x + 1 < 1 << tile.z))
def test_neighbours_meet_and_their_boxes_overlap(tile: Tile) -> None:
    beside = Tile(tile.z, tile.x + 1, tile.y)
    assert tile.square[2] == pytest.approx(beside.square[0], abs=1e-6)
    assert touches(tile.box, beside.box)


def test_tolerance_is_half_a_pixel_and_nought_from_full_detail_on() -> None:
    assert Tile(FULL_DETAIL, 0, 0).tolerance_m == 0
    coarse = Tile(FULL_DETAIL - 1, 0, 0)
    assert coarse.tolerance_m == pytest.approx(coarse.width_m / 1024)
    assert pytest.approx(1 / 1024) == COARSE_UNITS / EXTENT


@pytest.mark.parametrize(
    ("z", "x", "y"), [(0, 1, 0), (0, 0, 1), (23, 0, 0), (-1, 0, 0), (3, 8, 0), (3, 0, 8), (3, -1, 0)]
)
def test_numbers_outside_the_scheme_are_refused(z: int, x: int, y: int) -> None:
    with pytest.raises(NoSuchTile):
        Tile(z, x, y)


@pytest.mark.parametrize("text", ["", "1.5", "-1", "a", "１", "999999999", "1e2"])
def test_texts_that_are_no_numbers_are_refused(text: str) -> None:
    with pytest.raises(NoSuchTile):
        parse_tile("4", text, "1")


def test_texts_of_a_tile_are_read() -> None:
    assert parse_tile("14", "13489", "6207") == Tile(14, 13489, 6207)


def test_boxes_that_only_share_an_edge_touch() -> None:
    assert touches((0, 0, 1, 1), (1, 0, 2, 1))
    assert not touches((0, 0, 1, 1), (1.1, 0, 2, 1))
    assert not touches((0, 0, 1, 1), (0, 1.1, 1, 2))


def test_degrees_grow_with_the_tile_north() -> None:
    boxes = [Tile(8, 200, y).box for y in range(10, 250)]
    assert all(math.isfinite(value) for box in boxes for value in box)
    assert [box[1] for box in boxes] == sorted((box[1] for box in boxes), reverse=True)
