"""Bounding boxes as OGC API Features writes them."""

import math
from collections.abc import Iterable
from typing import Final

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.geo.rules.shapes import Box

WHOLE_WORLD: Final[Box] = (-180.0, -90.0, 180.0, 90.0)


class BadBox(Invalid):
    """The text is no bounding box."""

    code = "bbox"
    message = zh("bbox 应为 4 个或 6 个用逗号分开的数：西、南、东、北，单位为度")


def parse_bbox(text: str) -> tuple[Box, ...]:
    """Read a `bbox` parameter; one that crosses the antimeridian (west > east) becomes two boxes.

    text: 4 numbers, or 6 with a lowest and a highest height, which are read and not used: the map is flat.
    Raises: BadBox.
    Source: OGC 17-069r4, 7.15.3 (parameter bbox).
    """
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        raise BadBox from None
    if len(numbers) not in {4, 6} or not all(math.isfinite(number) for number in numbers):
        raise BadBox
    half = len(numbers) // 2
    west, south, east, north = numbers[0], numbers[1], numbers[half], numbers[half + 1]
    if len(numbers) == 6 and numbers[2] > numbers[5]:
        raise BadBox
    if (
        south > north
        or min(south, north) < -90
        or max(south, north) > 90
        or min(west, east) < -180
        or max(west, east) > 180
    ):
        raise BadBox
    if west <= east:
        return ((west, south, east, north),)
    return (west, south, 180.0, north), (-180.0, south, east, north)


def box_around(boxes: Iterable[Box]) -> Box | None:
    """Return the smallest box that holds all boxes; None without any."""
    found = list(boxes)
    if not found:
        return None
    return (
        min(box[0] for box in found),
        min(box[1] for box in found),
        max(box[2] for box in found),
        max(box[3] for box in found),
    )
