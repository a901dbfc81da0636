"""Surface water across the border of environment."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class SectionFacts:
    """What staff tell of a section. body: river or lake. target_class: 1-5."""

    river: str = ""
    basin: str = ""
    city_name: str = ""
    body: str = "river"
    target_class: int = 3


@dataclass(frozen=True, slots=True)
class NewWaterLimit:
    """Limits of an item from a day of the data on. steps, lake: classes I to V; lake may be empty.

    lower: of a range.
    """

    item_code: str
    valid_from: date
    edition_code: str
    steps: tuple[Decimal, ...]
    lake: tuple[Decimal, ...]
    lower: Decimal | None
    source: str
