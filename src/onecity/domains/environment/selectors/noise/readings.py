"""Minutes and hours of noise stations, as iot keeps them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from onecity.domains.environment.rules.noise.codes import LEQ, PEAK
from onecity.domains.environment.rules.noise.levels import energy_mean
from onecity.domains.environment.rules.times import hour_start
from onecity.domains.environment.selectors.readings import VALID
from onecity.platform.iot import api as iot
from onecity.platform.iot.contracts import PeriodValue
from onecity.platform.iot.declare import Period

_LOUDEST: Final = 200
_KINDS: Final = {LEQ: ("", "avg"), PEAK: ("", "max")}


@dataclass(frozen=True, slots=True)
class Heard:
    """An hour as it was measured. minutes: how many its level was made of, 0 where the device sent the hour itself."""

    leq: float | None
    peak: float | None
    minutes: int


def hours(
    device_ids: Sequence[int], *, since: datetime, until: datetime, needed: int
) -> Mapping[tuple[int, datetime], Heard]:
    """Return hours by device and start: since ≤ start < until. needed: minutes that an hour's level needs.

    An hour that the device sent itself goes before one made of its minutes.
    """
    minutes = {code: _by_hour(device_ids, code, Period.MINUTE, since, until) for code in _KINDS}
    whole = {code: _by_hour(device_ids, code, Period.HOUR, since, until) for code in _KINDS}
    keys = {key for part in (*minutes.values(), *whole.values()) for key in part}
    found = {}
    for key in keys:
        levels, own = minutes[LEQ].get(key, []), whole[LEQ].get(key, [])
        peaks = [*minutes[PEAK].get(key, []), *whole[PEAK].get(key, [])]
        made = energy_mean(levels) if len(levels) >= max(needed, 1) else None
        found[key] = Heard(own[0] if own else made, max(peaks, default=None), 0 if own else len(levels))
    return found


def _by_hour(
    device_ids: Sequence[int], code: str, period: Period, since: datetime, until: datetime
) -> dict[tuple[int, datetime], list[float]]:
    values: Sequence[PeriodValue] = iot.period_values(
        device_ids, period=period, property_codes=[code], since=since, until=until, sub_values=_KINDS[code]
    )
    found: dict[tuple[int, datetime], list[float]] = defaultdict(list)
    for item in values:
        if item.result is not None and item.quality in VALID and 0 <= item.result < _LOUDEST:
            found[item.device_id, hour_start(item.at)].append(item.result)
    return found
