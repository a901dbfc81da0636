"""Administrative division codes (行政区划代码) of 6, 9 and 12 digits."""

import re
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TypeVar

from onecity.kernel.identifiers.fault import Fault, InvalidIdentifier, tidied
from onecity.kernel.text import zh

PROVINCES = frozenset(
    str(number)
    for number in (
        *range(11, 16),
        *range(21, 24),
        *range(31, 38),
        *range(41, 47),
        *range(50, 55),
        *range(61, 66),
        71,
        81,
        82,
    )
)

K = TypeVar("K", bound=StrEnum)

_LENGTHS = (6, 9, 12)
_DIGITS = re.compile(r"[0-9]+")


class InvalidDivisionCode(InvalidIdentifier):
    """The text is not a division code."""

    code = "division_code"


class Level(IntEnum):
    """The five levels; the value counts downwards from the province."""

    PROVINCE = 1
    CITY = 2
    COUNTY = 3
    STREET = 4
    COMMUNITY = 5


class StreetKind(StrEnum):
    """What the seventh to ninth digit say about a street-level unit."""

    SUBDISTRICT = zh("街道")
    TOWN = zh("镇")
    TOWNSHIP = zh("乡")
    ENTERPRISE = zh("政企合一单位")


class CommunityKind(StrEnum):
    """What the tenth to twelfth digit say about a community-level unit."""

    RESIDENTS_COMMITTEE = zh("居民委员会")
    VILLAGERS_COMMITTEE = zh("村民委员会")
    LIKE_RESIDENTS_COMMITTEE = zh("类似居民委员会")
    LIKE_VILLAGERS_COMMITTEE = zh("类似村民委员会")
    VIRTUAL_COMMUNITY = zh("虚拟社区")
    VIRTUAL_LIVING_AREA = zh("虚拟生活区")


_STREET_KINDS = (
    (1, 99, StreetKind.SUBDISTRICT),
    (100, 199, StreetKind.TOWN),
    (200, 399, StreetKind.TOWNSHIP),
    (400, 599, StreetKind.ENTERPRISE),
)
# Single numbers stand before the ranges that hold them: the first match wins.
_COMMUNITY_KINDS = (
    (498, 498, CommunityKind.VIRTUAL_COMMUNITY),
    (598, 598, CommunityKind.VIRTUAL_LIVING_AREA),
    (1, 199, CommunityKind.RESIDENTS_COMMITTEE),
    (200, 399, CommunityKind.VILLAGERS_COMMITTEE),
    (400, 499, CommunityKind.LIKE_RESIDENTS_COMMITTEE),
    (500, 599, CommunityKind.LIKE_VILLAGERS_COMMITTEE),
)
_SIGNIFICANT = {Level.PROVINCE: 2, Level.CITY: 4, Level.COUNTY: 6, Level.STREET: 9, Level.COMMUNITY: 12}
_PARENT_DIGITS = {Level.CITY: 2, Level.COUNTY: 4, Level.STREET: 6, Level.COMMUNITY: 9}


@dataclass(frozen=True, slots=True, order=True)
class DivisionCode:
    """A division code in its shortest official form: 6 digits to the county, 9 for a street, 12 for a community."""

    value: str

    @property
    def level(self) -> Level:
        """The level that the digits say; a city without districts (441900) is a city, its streets hang below it."""
        if len(self.value) > 6:
            return Level.STREET if len(self.value) == 9 else Level.COMMUNITY
        if self.value.endswith("0000"):
            return Level.PROVINCE
        return Level.CITY if self.value.endswith("00") else Level.COUNTY

    @property
    def prefix(self) -> str:
        """The digits that this division and everything below it begin with: 2, 4, 6, 9 or 12."""
        return self.value[: _SIGNIFICANT[self.level]]

    @property
    def parent(self) -> "DivisionCode | None":
        """The division directly above by the digits; None above a province."""
        length = _PARENT_DIGITS.get(self.level)
        return None if length is None else DivisionCode(self.value[:length].ljust(6, "0"))

    @property
    def padded(self) -> str:
        """The 12-digit form, filled with zeros (统计用区划代码)."""
        return self.value.ljust(12, "0")

    @property
    def street_kind(self) -> StreetKind | None:
        """The kind of the street this is or lies in; None above streets and for numbers outside the ranges.

        Source: GB/T 10114-2003, ranges of the third segment.
        """
        return _kind(self.value[6:9], _STREET_KINDS)

    @property
    def community_kind(self) -> CommunityKind | None:
        """The kind of the community; None above communities and for numbers outside the ranges.

        Source: 统计用区划代码和城乡划分代码编制规则, village-level ranges.
        """
        return _kind(self.value[9:12], _COMMUNITY_KINDS)

    def holds(self, other: "DivisionCode") -> bool:
        """Say whether `other` is this division or lies in it, by the digits."""
        return other.value.startswith(self.prefix)


def parse_division_code(text: str) -> DivisionCode:
    """Read a division code of 6, 9 or 12 digits; trailing zero groups are dropped, so 220102000000 equals 220102.

    Whether the division exists is not asked: codes are abolished and live on in old records.
    Raises: InvalidDivisionCode (length, character, division for an unknown province or a gap in the middle).
    Source: GB/T 2260-2007; GB/T 10114-2003; 统计用区划代码和城乡划分代码编制规则 for 12 digits.
    """
    value = tidied(text)
    if not _DIGITS.fullmatch(value):
        raise InvalidDivisionCode(Fault.CHARACTER, zh("行政区划代码只能由数字组成"))
    if len(value) not in _LENGTHS:
        raise InvalidDivisionCode(Fault.LENGTH, zh("行政区划代码应为6位、9位或12位，现为{length}位"), length=len(value))
    if value[:2] not in PROVINCES:
        raise InvalidDivisionCode(Fault.DIVISION, zh("行政区划代码前两位不是已知的省级代码"))
    while len(value) > 6 and value.endswith("000"):
        value = value[:-3]
    if _has_gap(value):
        raise InvalidDivisionCode(Fault.DIVISION, zh("行政区划代码中间一级为零，下级却不为零"))
    return DivisionCode(value)


def _has_gap(value: str) -> bool:
    city_missing = value[2:4] == "00" and (value[4:6] != "00" or len(value) > 6)
    street_missing = len(value) == 12 and value[6:9] == "000"
    return city_missing or street_missing


def _kind(digits: str, ranges: tuple[tuple[int, int, K], ...]) -> K | None:
    number = int(digits or "0")
    return next((kind for first, last, kind in ranges if first <= number <= last), None)
