"""What crosses the border of metering."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class MeterFacts:
    """What staff tell of a meter; the device's own facts (number, name, place) follow iot.

    category: as in the prices. persons: of the household, 0 unknown. zone_code: "" for none. watched: somebody old
    lives there alone. capacity: at which the register begins anew.
    """

    category: str = ""
    customer_number: str = ""
    premises_code: str = ""
    persons: int = 0
    zone_code: str = ""
    watched: bool = False
    multiplier: Decimal = Decimal(1)
    capacity: Decimal = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class NewZone:
    """A zone to be entered. parent_code: "" for a root. outline: WKT in WGS 84, longitude first, "" for none."""

    code: str
    name: str
    supply: str
    organisation_id: int
    parent_code: str = ""
    division_code: str = ""
    outline: str = ""


@dataclass(frozen=True, slots=True)
class NewTariff:
    """An edition of a price. tiers: bound ("" for the last one) and price; fees: name and price."""

    supply: str
    category: str
    valid_from: date
    by_year: bool
    tiers: tuple[tuple[Decimal | None, Decimal], ...]
    fees: tuple[tuple[str, Decimal], ...]
    persons_from: int
    per_person: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class Assessed:
    """What became of an assessment: rows that became new or different."""

    days: int = 0
    zones: int = 0
    bills: int = 0
    found: int = 0

    def __add__(self, other: "Assessed") -> "Assessed":
        """Return both together."""
        return Assessed(
            self.days + other.days, self.zones + other.zones, self.bills + other.bills, self.found + other.found
        )


@dataclass(frozen=True, slots=True)
class RegisterReading:
    """A valid reading of a meter's register."""

    device_id: int
    at: datetime
    register: Decimal
