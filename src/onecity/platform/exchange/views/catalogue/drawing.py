"""The drawing of lineage: columns of boxes by their distance, lines between them, as numbers for SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from onecity.platform.exchange.selectors.catalogue.figures import Edge, Node

WIDTH: Final = 190
HEIGHT: Final = 46
_GAP_X: Final = 80
_GAP_Y: Final = 18
_EDGE: Final = 12
LONGEST: Final = 12


@dataclass(frozen=True, slots=True)
class Box:
    """A dataset's box: its upper left corner, and its title cut to what fits."""

    x: int
    y: int
    code: str
    title: str
    full_title: str
    is_centre: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A line as an SVG path."""

    path: str
    by_flow: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything of the drawing, in pixels."""

    width: int
    height: int
    box_width: int
    box_height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def drawn(nodes: Sequence[Node], edges: Sequence[Edge]) -> Drawing:
    """Return the drawing of datasets and edges; sources stand to the left."""
    columns: dict[int, list[Node]] = {}
    for node in nodes:
        columns.setdefault(node.step, []).append(node)
    steps = sorted(columns)
    tallest = max((len(column) for column in columns.values()), default=1)
    height = 2 * _EDGE + tallest * HEIGHT + (tallest - 1) * _GAP_Y
    places: dict[int, tuple[int, int]] = {}
    for column, step in enumerate(steps):
        x = _EDGE + column * (WIDTH + _GAP_X)
        used = len(columns[step]) * (HEIGHT + _GAP_Y) - _GAP_Y
        for row, node in enumerate(columns[step]):
            places[node.id] = (x, (height - used) // 2 + row * (HEIGHT + _GAP_Y))
    boxes = tuple(_box(node, places[node.id]) for node in nodes)
    lines = tuple(Line(_path(places[edge.source_id], places[edge.target_id]), edge.origin == "flow") for edge in edges)
    width = 2 * _EDGE + max(len(steps), 1) * (WIDTH + _GAP_X) - _GAP_X
    return Drawing(width, height, WIDTH, HEIGHT, boxes, lines)


def _box(node: Node, place: tuple[int, int]) -> Box:
    title = node.title if len(node.title) <= LONGEST else f"{node.title[: LONGEST - 1]}…"
    return Box(place[0], place[1], node.code, title, node.title, node.step == 0)


def _path(start: tuple[int, int], end: tuple[int, int]) -> str:
    x1, y1 = start[0] + WIDTH, start[1] + HEIGHT // 2
    x2, y2 = end[0], end[1] + HEIGHT // 2
    bend = (x1 + x2) // 2
    return f"M{x1} {y1} C{bend} {y1} {bend} {y2} {x2} {y2}"
