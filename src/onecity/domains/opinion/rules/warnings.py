"""Levels of early warning: blue, yellow, orange, red, by thresholds that are rows, with hysteresis."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from onecity.kernel.text import zh

LEVELS: Final = ((1, zh("蓝色预警")), (2, zh("黄色预警")), (3, zh("橙色预警")), (4, zh("红色预警")))
LEVEL_NAMES: Final[Mapping[int, str]] = dict(LEVELS)
MEASURES: Final = (
    ("speed", zh("传播速度（篇/小时）")),
    ("articles", zh("相关文章数（篇）")),
    ("outlets", zh("传播媒体数（家）")),
    ("negative", zh("负面占比（%）")),
    ("doubling", zh("翻倍时间（小时）")),
)
MEASURE_NAMES: Final[Mapping[str, str]] = dict(MEASURES)
FALLING: Final = frozenset({"doubling"})
"""Measures of which less is worse."""


@dataclass(frozen=True, slots=True)
class Step:
    """A level's threshold. It is reached at raise_at and kept as far as clear_at."""

    level: int
    raise_at: float
    clear_at: float


def is_step(measure: str, step: Step) -> bool:
    """Say whether a threshold makes sense: it is left on the calmer side of where it is reached."""
    calmer = step.clear_at >= step.raise_at if measure in FALLING else step.clear_at <= step.raise_at
    return calmer and step.raise_at >= 0 and step.clear_at >= 0 and step.level in LEVEL_NAMES


def level_of(measure: str, value: float | None, *, before: int, steps: Iterable[Step]) -> int:
    """Return the level at which a measure stands, 0 for none. before: its level until now.

    A level is reached at raise_at; once reached it is kept until the value has passed clear_at. What is not
    known (None) reaches nothing and keeps nothing. Source: House rule.
    """
    if value is None:
        return 0
    found = 0
    for step in steps:
        bound = step.clear_at if step.level <= before else step.raise_at
        reached = value <= bound if measure in FALLING else value >= bound
        if reached:
            found = max(found, step.level)
    return found
