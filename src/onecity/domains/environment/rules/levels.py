"""The six levels of the air-quality index: category, colour and advice groups."""

from dataclasses import dataclass
from typing import Final

from onecity.kernel.text import zh


@dataclass(frozen=True, slots=True)
class Level:
    """A level of the index.

    number: 1-6. numeral, category, colour: as the standard names them. last: highest index of the level.
    rgb: the colour on pages and maps.
    """

    number: int
    numeral: str
    category: str
    colour: str
    rgb: tuple[int, int, int]
    last: int

    @property
    def css(self) -> str:
        """The colour as #rrggbb."""
        return "#{:02x}{:02x}{:02x}".format(*self.rgb)


LEVELS: Final = (
    Level(1, zh("一级"), zh("优"), zh("绿色"), (0, 228, 0), 50),
    Level(2, zh("二级"), zh("良"), zh("黄色"), (255, 255, 0), 100),
    Level(3, zh("三级"), zh("轻度污染"), zh("橙色"), (255, 126, 0), 150),
    Level(4, zh("四级"), zh("中度污染"), zh("红色"), (255, 0, 0), 200),
    Level(5, zh("五级"), zh("重度污染"), zh("紫色"), (153, 0, 76), 300),
    Level(6, zh("六级"), zh("严重污染"), zh("褐红色"), (126, 0, 35), 500),
)


def level_of(aqi: int) -> Level:
    """Return the level of an index, 0-500.

    Raises: ValueError outside 0-500.
    Source: HJ 633-2012, table of levels; unchanged in HJ 633-2026.
    """
    if not 0 <= aqi <= LEVELS[-1].last:
        raise ValueError("an air-quality index lies between 0 and 500")
    return next(level for level in LEVELS if aqi <= level.last)
