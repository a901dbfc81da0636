"""Which places a text names: divisions by their names, and pieces that look like addresses."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

_ADDRESS: Final = re.compile(r"[\u4e00-\u9fff]{2,8}?(?:大街|大路|大道|胡同|街|路|巷)\d{1,5}号")
_ENDINGS: Final = ("自治县", "新区", "区", "县", "市", "旗")
MOST_ADDRESSES: Final = 3
MOST_PLACES: Final = 10


class Named(NamedTuple):
    """A division as it is looked for. short: its name without the ending; empty where it has none of its own."""

    code: str
    name: str
    level: int
    short: str = ""


def short_name(name: str, *, level: int) -> str:
    """Return how people call a county-level division: its name without the ending, two characters at least."""
    if level != 3:
        return ""
    for ending in _ENDINGS:
        if name.endswith(ending) and len(name) - len(ending) >= 2:
            return name.removesuffix(ending)
    return ""


def named_in(text: str, divisions: Sequence[Named], *, city: str) -> list[Named]:
    """Return the divisions that a text names, the smallest first, then in the order of the text; at most ten.

    city: the city's name. The short name of a district counts only where the text names the city too: other cities
    have districts of the same name. Source: House rule.
    """
    is_ours = bool(city) and city in text
    found: list[tuple[int, int, Named]] = []
    for item in divisions:
        place = text.find(item.name)
        if place < 0 and is_ours and item.short:
            place = text.find(item.short)
        if place >= 0:
            found.append((-item.level, place, item))
    return [item for _, _, item in sorted(found)[:MOST_PLACES]]


def addresses_in(text: str) -> list[str]:
    """Return the pieces of a text that look like an address with a house number, each once, at most three."""
    return list(dict.fromkeys(_ADDRESS.findall(text)))[:MOST_ADDRESSES]
