"""What an address consists of, and the names of divisions by which its beginning is read."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

_SUFFIXES: Final = ("特别行政区", "自治区", "自治州", "自治县", "省", "市", "区", "县")


@dataclass(frozen=True, slots=True)
class AddressParts:
    """An address taken apart; a part that it lacks is empty.

    division_code: the smallest division that its beginning names, of 2 to 12 digits; street: a street or township that
    the gazetteer does not know. road … room: normalised (half width, capitals, Arabic numerals). rest: what was not
    understood.
    Source: GB/T 35639-2017 (the address model: divisions, streets and estates, local marks). The names are ours.
    """

    division_code: str = ""
    street: str = ""
    road: str = ""
    lane: str = ""
    number: str = ""
    estate: str = ""
    building: str = ""
    unit: str = ""
    floor: str = ""
    room: str = ""
    rest: str = ""

    @property
    def is_located(self) -> bool:
        """Say whether the address names more than a division."""
        return bool(self.road or self.estate)


@dataclass(frozen=True, slots=True)
class GazetteerEntry:
    """A division by name. code: its significant digits (2, 4, 6, 9 or 12)."""

    code: str
    name: str


@dataclass(slots=True)
class Gazetteer:
    """Divisions by name, for reading the beginnings of addresses. Build it once and use it for many."""

    _by_name: dict[str, list[GazetteerEntry]] = field(default_factory=dict)
    _longest: int = 0

    @classmethod
    def of(cls, entries: Iterable[GazetteerEntry]) -> "Gazetteer":
        """Return the gazetteer of these divisions; down to the county their short names are known, too."""
        made = cls()
        for entry in entries:
            for name in {entry.name, short_name(entry)}:
                made._by_name.setdefault(name, []).append(entry)
                made._longest = max(made._longest, len(name))
        return made

    def at_start(self, text: str, *, below: str) -> list[tuple[str, GazetteerEntry]]:
        """Return the divisions below `below` whose names begin the text, the longest name first."""
        found = []
        for length in range(min(self._longest, len(text)), 1, -1):
            name = text[:length]
            found += [(name, entry) for entry in self._by_name.get(name, ()) if entry.code.startswith(below)]
        return found


def short_name(entry: GazetteerEntry) -> str:
    """Return a province's, city's or county's name without its suffix where two characters remain; else the name."""
    if len(entry.code) > 6:
        return entry.name
    for suffix in _SUFFIXES:
        if entry.name.endswith(suffix) and len(entry.name) - len(suffix) >= 2:
            return entry.name.removesuffix(suffix)
    return entry.name
