"""Where the boxes of a graph of shares stand: the entity below, its holders above it, level by level."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from onecity.platform.registers.rules.entities.control import Link

BOX_WIDE: Final = 168
BOX_HIGH: Final = 44
GAP: Final = 20
RISE: Final = 92
MOST_BOXES: Final = 60


@dataclass(frozen=True, slots=True)
class Box:
    """A holder or the entity itself. x, y: of the upper left corner."""

    key: str
    x: int
    y: int

    @property
    def middle(self) -> int:
        """The middle of the box."""
        return self.x + BOX_WIDE // 2

    @property
    def text_y(self) -> int:
        """Where its name stands."""
        return self.y + BOX_HIGH // 2 + 5


@dataclass(frozen=True, slots=True)
class Line:
    """A share: from below the holder to above the entity. share: percent, as text."""

    x1: int
    y1: int
    x2: int
    y2: int
    share: str

    @property
    def text_x(self) -> int:
        """Where the percentage stands, nearer the holder so that texts do not meet."""
        return (2 * self.x1 + self.x2) // 3

    @property
    def text_y(self) -> int:
        """How high the percentage stands."""
        return (2 * self.y1 + self.y2) // 3 + 4


@dataclass(frozen=True, slots=True)
class Drawing:
    """A graph ready to be drawn."""

    wide: int
    high: int
    boxes: Sequence[Box]
    lines: Sequence[Line]


def drawing(links: Sequence[Link], *, of: str) -> Drawing:
    """Place an entity and those above it; a holder stands as high as its shortest chain is long.

    Graphs of more than `MOST_BOXES` boxes are cut off above; the table beside it has all.
    """
    levels = _levels(links, of)
    width = max(len(level) for level in levels) * (BOX_WIDE + GAP) + GAP
    high = len(levels) * RISE + GAP
    boxes = {}
    for height, level in enumerate(levels):
        room = width // len(level)
        for place, key in enumerate(level):
            boxes[key] = Box(key, place * room + (room - BOX_WIDE) // 2, high - (height + 1) * RISE + GAP)
    lines = [_line(link, boxes) for link in links if link.holder in boxes and link.entity in boxes]
    return Drawing(width, high, list(boxes.values()), lines)


def _levels(links: Sequence[Link], of: str) -> list[list[str]]:
    levels, seen = [[of]], {of}
    while True:
        above = [link.holder for link in links if link.entity in levels[-1]]
        fresh = [key for key in dict.fromkeys(above) if key not in seen]
        if not fresh or len(seen) + len(fresh) > MOST_BOXES:
            return levels
        seen.update(fresh)
        levels.append(fresh)


def _line(link: Link, boxes: dict[str, Box]) -> Line:
    upper, lower = boxes[link.holder], boxes[link.entity]
    upward = upper.y < lower.y
    share = f"{link.share.normalize():f}%"
    if upward:
        return Line(upper.middle, upper.y + BOX_HIGH, lower.middle, lower.y, share)
    return Line(upper.middle, upper.y, lower.middle, lower.y + BOX_HIGH, share)
