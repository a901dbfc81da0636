"""How alike two demands are, from their words, places and times; and which of many belong together."""

from collections.abc import Iterable, Mapping, Sequence
from math import asin, cos, exp, radians, sin, sqrt
from typing import Final

EARTH_RADIUS_M: Final = 6_371_008.8
TEXT_SHARE: Final = 0.6
PLACE_SHARE: Final = 0.3
TIME_SHARE: Final = 0.1
NEAR_M: Final = 300.0
NEAR_DAYS: Final = 7.0

Point = tuple[float, float]


def likeness(text: float, *, metres: float | None, days: float) -> float:
    """Return how alike two demands are, 0 to 1: words count most, then the place, then the time between them.

    text: likeness of the words, 0 to 1. metres: between them; None where a place is not known, and then the words
    stand for the place. days: between them, ≥ 0.
    Source: house rule.
    """
    place = text if metres is None else exp(-metres / NEAR_M)
    return TEXT_SHARE * text + PLACE_SHARE * place + TIME_SHARE * exp(-days / NEAR_DAYS)


def ground_distance(first: Point | None, second: Point | None) -> float | None:
    """Return the metres between two points (longitude, latitude; WGS 84 degrees) on a sphere; None without both."""
    if first is None or second is None:
        return None
    lon1, lat1, lon2, lat2 = (radians(value) for value in (*first, *second))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(half)))


def joined(count: int, pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Return the groups of two and more that the pairs join, the largest first; members in order.

    count: how many things there are, numbered from 0. Raises: IndexError for a pair outside.
    """
    above = list(range(count))

    def root(item: int) -> int:
        while above[item] != item:
            above[item] = above[above[item]]
            item = above[item]
        return item

    for one, other in pairs:
        above[max(root(one), root(other))] = min(root(one), root(other))
    groups: dict[int, list[int]] = {}
    for item in range(count):
        groups.setdefault(root(item), []).append(item)
    return sorted((group for group in groups.values() if len(group) > 1), key=lambda group: (-len(group), group[0]))


def binding_words(counts: Mapping[str, float], *, most: int) -> list[str]:
    """Return the weightiest pieces, without those that lie inside or overlap one already taken."""
    taken: list[str] = []
    for piece in sorted(counts, key=lambda item: (-counts[item], item)):
        if len(taken) == most:
            break
        if not _touches(piece, taken):
            taken.append(piece)
    return taken


def _touches(piece: str, taken: Sequence[str]) -> bool:
    return any(piece in word or word in piece or piece[:-1] == word[1:] or piece[1:] == word[:-1] for word in taken)
