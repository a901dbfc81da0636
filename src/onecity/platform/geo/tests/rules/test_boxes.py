"""Bounding boxes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.geo.rules.boxes import BadBox, box_around, parse_bbox

longitudes, latitudes = st.floats(-180, 180), st.floats(-90, 90)


def test_four_numbers_are_a_box() -> None:
    assert parse_bbox("125.1,43.7,125.5,44") == ((125.1, 43.7, 125.5, 44.0),)


def test_six_numbers_are_a_box_whose_heights_are_left_aside() -> None:
    assert parse_bbox("125.1,43.7,-10,125.5,44,300") == ((125.1, 43.7, 125.5, 44.0),)


def test_box_across_the_antimeridian_becomes_two() -> None:
    # The example of OGC 17-069r4 for New Zealand's waters.
    assert parse_bbox("160.6,-55.95,-170,-25.89") == (
        (160.6, -55.95, 180.0, -25.89),
        (-180.0, -55.95, -170.0, -25.89),
    )


@pytest.mark.parametrize(
    "text",
    ["", "1,2,3", "1,2,3,4,5", "1,2,3,4,5,6,7", "a,2,3,4", "1,nan,3,4", "1,2,inf,4", "1,5,3,4", "1,2,3,91",
     "181,0,182,1", "0,0,9,1,1,5", "1;2;3;4"],
)  # fmt: skip
def test_what_is_no_box_is_refused(text: str) -> None:
    with pytest.raises(BadBox):
        parse_bbox(text)


@given(longitudes, latitudes, longitudes, latitudes)
def test_box_is_read_as_it_is_written(west: float, south: float, east: float, north: float) -> None:
    low, high = sorted((south, north))
    boxes = parse_bbox(f"{west!r},{low!r},{east!r},{high!r}")
    assert len(boxes) == (1 if west <= east else 2)
    assert (boxes[0][0], boxes[-1][2]) == (west, east)
    assert all(box[0] <= box[2] and (box[1], box[3]) == (low, high) for box in boxes)


def test_box_around_boxes_holds_them_all() -> None:
    assert box_around([(1, 5, 2, 6), (0, 7, 1.5, 9)]) == (0, 5, 2, 9)
    assert box_around([]) is None
