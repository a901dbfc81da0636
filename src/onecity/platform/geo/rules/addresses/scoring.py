"""How well two addresses agree, part by part."""

from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz

from onecity.platform.geo.rules.addresses.parts import AddressParts

_COUNTY_DIGITS: Final = 6
_FUZZY_FROM: Final = 0.6
_MISSING: Final = 0.5
_CONTRADICTED: Final = 0.5
_ELSEWHERE: Final = 0.3


@dataclass(frozen=True, slots=True)
class _Weighed:
    """One part's weight, and if two different values of it mean two different places."""

    name: str
    weight: float
    decides: bool


_PARTS: Final = (
    _Weighed("road", 0.30, decides=False),
    _Weighed("lane", 0.10, decides=True),
    _Weighed("number", 0.25, decides=True),
    _Weighed("estate", 0.20, decides=False),
    _Weighed("building", 0.15, decides=True),
    _Weighed("unit", 0.05, decides=True),
    _Weighed("room", 0.10, decides=True),
)
_DIVISION_WEIGHT: Final = 0.10


def address_score(asked: AddressParts, known: AddressParts) -> float:
    """Return how well a known address answers the one asked for: 0 not at all, 1 in every part.

    Names of roads and estates may differ by a few characters; numbers must be equal, and two that differ bring the
    score to at most 0.5. Two counties that differ bring it to at most 0.3. A part that only one side has counts half
    its weight against the score.
    Source: house rule (no standard sets weights; 0.85 and above is taken without asking, see README, "Addresses").
    """
    reached, possible, ceiling = _division(asked, known)
    for part in _PARTS:
        one, other = getattr(asked, part.name), getattr(known, part.name)
        if not one and not other:
            continue
        if not one or not other:
            possible += part.weight * _MISSING
            continue
        alike = _alike(one, other, fuzzy=not part.decides)
        reached += part.weight * alike
        possible += part.weight
        if part.decides and alike < 1:
            ceiling = min(ceiling, _CONTRADICTED)
    if not asked.is_located or not possible:
        return 0.0
    return round(min(reached / possible, ceiling), 3)


def _division(asked: AddressParts, known: AddressParts) -> tuple[float, float, float]:
    """Return weight reached, weight possible and the ceiling that the divisions set."""
    one, other = asked.division_code, known.division_code
    if not one or not other:
        return 0.0, 0.0, 1.0
    if one.startswith(other) or other.startswith(one):
        return _DIVISION_WEIGHT, _DIVISION_WEIGHT, 1.0
    elsewhere = one[:_COUNTY_DIGITS] != other[:_COUNTY_DIGITS]
    return 0.0, _DIVISION_WEIGHT, _ELSEWHERE if elsewhere else 1.0


def _alike(one: str, other: str, *, fuzzy: bool) -> float:
    if one == other:
        return 1.0
    if not fuzzy:
        return 0.0
    ratio = fuzz.ratio(one, other) / 100
    return ratio if ratio >= _FUZZY_FROM else 0.0
