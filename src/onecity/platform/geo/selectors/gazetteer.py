"""The names of the city's divisions, kept in memory for reading addresses."""

import time
from typing import Final

from onecity.platform.geo.models import City, Division
from onecity.platform.geo.rules.addresses import Gazetteer, GazetteerEntry

_FRESH_S: Final = 60.0
_LENGTHS: Final = {1: 2, 2: 4, 3: 6, 4: 9, 5: 12}
_kept: dict[str, tuple[float, Gazetteer, str]] = {}


def gazetteer() -> tuple[Gazetteer, str]:
    """Return the names of all divisions, and the digits of the city in which addresses without one are meant.

    Divisions change rarely: a process reads them at most once a minute.
    """
    kept = _kept.get("city")
    if kept is not None and time.monotonic() - kept[0] < _FRESH_S:
        return kept[1], kept[2]
    rows = Division.objects.values_list("code", "name", "level").order_by("id")
    made = Gazetteer.of(GazetteerEntry(code[: _LENGTHS[level]], name) for code, name, level in rows)
    city = City.objects.values_list("division_code", flat=True).first() or ""
    within = city[:4] if city[4:6] in {"", "00"} else city[:6]
    _kept["city"] = (time.monotonic(), made, within)
    return made, within


def forget_gazetteer() -> None:
    """Read the names anew at the next use; called when divisions were loaded."""
    _kept.clear()
