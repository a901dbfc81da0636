"""Hours and days of noise, computed anew from the readings as they stand.

    minutes and hours of iot ─▶ hours ─▶ days with the nights after them

A fixed number of statements for any number of stations; running twice changes nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db import transaction

from onecity.domains.environment.models import NoiseDay, NoiseHour, NoiseStation
from onecity.domains.environment.rules.noise.areas import Area, AreaLimits, Method, limits_on, method_on
from onecity.domains.environment.rules.noise.codes import NOISE_STATION
from onecity.domains.environment.rules.noise.judging import hour_excess, judge_day, peak_excess
from onecity.domains.environment.rules.noise.levels import HourLevel, tenth
from onecity.domains.environment.rules.noise.times import noise_day, span_of
from onecity.domains.environment.rules.times import HOUR, day_of, hour_start
from onecity.domains.environment.selectors.noise.methods import noise_limits, noise_methods
from onecity.domains.environment.selectors.noise.readings import Heard, hours
from onecity.domains.environment.services.noise.following import advance, follow
from onecity.domains.environment.services.noise.telling import tell
from onecity.domains.environment.services.turns import NOISE, take_turn
from onecity.domains.environment.services.writing import put
from onecity.kernel.clock import CITY_ZONE
from onecity.platform.iot import api as iot

_HOUR: Final = ("station_id", "begins_at")
_DAY: Final = ("station_id", "date")
_TOLD: Final = ("excess_db", "peak_excess_db")
_LEVELS: Final = ("ld", "ln", "leq", "ldn", "peak", "day_exceeds", "night_exceeds", "peak_exceeds")


@dataclass(frozen=True, slots=True)
class Assessed:
    """How many reports became new or different, and how many hours were told to iot."""

    hours: int = 0
    days: int = 0
    told: int = 0


@dataclass(frozen=True, slots=True)
class _Book:
    limits: Sequence[AreaLimits]
    methods: Sequence[Method]

    def method(self, day: date) -> Method:
        return method_on(day, methods=self.methods)

    def of(self, station: NoiseStation, day: date) -> AreaLimits | None:
        return limits_on(day, limits=self.limits).get(Area(station.area_code)) if station.area_code else None


def assess_noise(device_ids: Collection[int], *, at: Iterable[datetime], now: datetime) -> Assessed:
    """Compute the hours of these devices in which the instants lie, and their days. now: city time.

    device_ids: of any devices; those that are no noise stations are left out.
    """
    asked = sorted({hour_start(moment) for moment in at})
    if not asked:
        return Assessed()
    with transaction.atomic():
        take_turn(NOISE)
        devices = [item for item in iot.devices_by_id(sorted(device_ids)) if item.type_code == NOISE_STATION]
        return _assess(follow(devices), span=(asked[0], asked[-1] + HOUR), now=now)


def reassess(station: NoiseStation, *, now: datetime) -> Assessed:
    """Compute all hours and days of a station anew, as when its area is told otherwise. now: city time."""
    times = NoiseHour.objects.filter(station=station).order_by("begins_at").values_list("begins_at", flat=True)
    first, last = times.first(), times.last()
    if first is None or last is None:
        return Assessed()
    return _assess({station.device_id: station}, span=(first, last + HOUR), now=now)


def _assess(stations: Mapping[int, NoiseStation], *, span: tuple[datetime, datetime], now: datetime) -> Assessed:
    book = _Book(noise_limits(), noise_methods())
    needed = book.method(day_of(span[0])).hour_minutes
    heard = hours(list(stations), since=span[0], until=span[1], needed=needed)
    rows = [_hour(stations[device], at, item, book=book) for (device, at), item in heard.items()]
    changed: dict[int, set[date]] = defaultdict(set)
    count = 0
    for station, at in put(NoiseHour, rows, key=_HOUR, now=now, told_by=_TOLD):
        assert isinstance(at, datetime)
        number, count = int(str(station)), count + 1
        changed[number].add(noise_day(at, method=book.method(day_of(at))))
    days = _days(stations, changed, book=book, now=now) if changed else 0
    advance(now=now)
    return Assessed(count, days, tell(now=now))


def _hour(station: NoiseStation, at: datetime, heard: Heard, *, book: _Book) -> dict[str, object]:
    day, hour = day_of(at), at.astimezone(CITY_ZONE).hour
    level, peak = tenth(heard.leq), tenth(heard.peak)
    limits, method = book.of(station, day), book.method(day)
    row: dict[str, object] = {
        "station_id": station.device_id,
        "begins_at": at.isoformat(),
        "leq_db": level,
        "peak_db": peak,
        "minutes": heard.minutes,
        "limit_db": None,
        "excess_db": None,
        "peak_excess_db": None,
    }
    if limits is not None:
        row["limit_db"] = limits.day_db if method.is_day(hour) else limits.night_db
        if level is not None:
            row["excess_db"] = hour_excess(level, hour=hour, limits=limits, method=method)
        if peak is not None:
            row["peak_excess_db"] = peak_excess(peak, hour=hour, limits=limits, method=method)
    return row


def _days(stations: Mapping[int, NoiseStation], changed: Mapping[int, set[date]], *, book: _Book, now: datetime) -> int:
    rows = []
    spans = {day: span_of(day, method=book.method(day)) for days in changed.values() for day in days}
    begins, ends = min(span[0] for span in spans.values()), max(span[1] for span in spans.values())
    found: dict[int, list[NoiseHour]] = defaultdict(list)
    kept = NoiseHour.objects.filter(station__in=list(changed), begins_at__gte=begins, begins_at__lt=ends)
    for row in kept.filter(leq_db__isnull=False):
        found[row.station_id].append(row)
    for number, days in changed.items():
        for day in days:
            limits = book.of(stations[number], day)
            inside = [row for row in found[number] if spans[day][0] <= row.begins_at < spans[day][1]]
            if limits is not None and inside:
                rows.append(_day(number, day, inside, limits=limits, method=book.method(day)))
    return len(put(NoiseDay, rows, key=_DAY, now=now))


def _day(
    number: int, day: date, inside: Sequence[NoiseHour], *, limits: AreaLimits, method: Method
) -> dict[str, object]:
    levels = [
        HourLevel(row.begins_at.astimezone(CITY_ZONE).hour, float(row.leq_db or 0), _float(row.peak_db))
        for row in inside
    ]
    judged = judge_day(levels, limits=limits, method=method)
    return {
        "station_id": number,
        "date": day.isoformat(),
        "edition_code": limits.edition_code,
        "area_code": limits.area.value,
        "day_limit_db": limits.day_db,
        "night_limit_db": limits.night_db,
        "day_hours": judged.day_hours,
        "night_hours": judged.night_hours,
        **{f"{name}_db": getattr(judged, name) for name in _LEVELS},
    }


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
