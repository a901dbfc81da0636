"""Hours and days of the air, computed anew from the readings as they stand: late and corrected ones included.

    readings of iot ─▶ hours of stations ─▶ days of stations
                              │                    │
                              ▼                    ▼
                       hours of the city     days of the city

One day of the city at a time, a fixed number of statements for any number of stations. Computing takes turns, so that a
city's mean sees all its stations; running twice changes nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction

from onecity.domains.environment.models import AirStation, CityDay, CityHour, StationDay, StationHour
from onecity.domains.environment.models.figures import Figures
from onecity.domains.environment.rules.assessing import Means, assess_day, assess_hour, city_means, day_means
from onecity.domains.environment.rules.codes import AIR_STATION
from onecity.domains.environment.rules.methods import Method, method_on
from onecity.domains.environment.rules.times import DAY, HOUR, day_of, day_start, hour_start
from onecity.domains.environment.selectors.figures import means_of
from onecity.domains.environment.selectors.methods import methods
from onecity.domains.environment.selectors.readings import hourly_means
from onecity.domains.environment.services.stations import advance, follow, refresh_stations
from onecity.domains.environment.services.telling import tell
from onecity.domains.environment.services.turns import AIR, take_turn
from onecity.domains.environment.services.writing import put, row_of
from onecity.kernel.clock import CITY_ZONE
from onecity.platform.iot import api as iot

_STATION_HOUR: Final = ("station_id", "begins_at")
_STATION_DAY: Final = ("station_id", "date")
_HOUR: Final = ("begins_at",)
_DATE: Final = ("date",)
HourKey = tuple[int, datetime]


@dataclass(frozen=True, slots=True)
class Changed:
    """How many reports became new or different, and how many indices were told to iot."""

    hours: int = 0
    days: int = 0
    city_hours: int = 0
    city_days: int = 0
    told: int = 0

    def __add__(self, other: "Changed") -> "Changed":
        """Return both together."""
        return Changed(
            self.hours + other.hours,
            self.days + other.days,
            self.city_hours + other.city_hours,
            self.city_days + other.city_days,
            self.told + other.told,
        )


def assess(device_ids: Collection[int], *, hours: Iterable[datetime], now: datetime) -> Changed:
    """Compute the reports of stations for these hours, and all that follows from them.

    device_ids: air stations; others are left out. hours: instants within the hours. now: city time.
    """
    by_day: dict[date, set[datetime]] = defaultdict(set)
    for at in hours:
        by_day[day_of(at)].add(hour_start(at))
    changed = Changed()
    for day in sorted(by_day):
        changed += assess_part_of_day(device_ids, day=day, hours=by_day[day], now=now)
    return changed


def assess_part_of_day(
    device_ids: Collection[int], *, day: date, hours: Collection[datetime], now: datetime, thorough: bool = False
) -> Changed:
    """Compute anew what lies between the first and the last of `hours`, all of one day of the city, and the day.

    hours: starts of hours, at least one. now: city time. thorough: day and city even if no hour became different.
    Raises: ValueError if no method is in force on that day.
    """
    with transaction.atomic():
        take_turn(AIR)
        method = method_on(day, methods=methods())
        devices = [item for item in iot.devices_by_id(sorted(device_ids)) if item.type_code == AIR_STATION]
        follow(devices)
        ids = [item.id for item in devices]
        span = (min(hours), max(hours) + HOUR)
        seen, changed = _station_hours(ids, span=span, method=method, now=now)
        touched = {at for _, at in (seen if thorough else changed)}
        if not touched:
            return Changed(told=tell(ids, now=now))
        new_days = _station_days(ids, day=day, method=method, now=now)
        in_service = AirStation.objects.filter(in_service=True).count()
        city_hours = _city_hours(touched, of=in_service, method=method, now=now)
        city_day = _city_day(day, of=in_service, method=method, now=now)
        advance(now=now)
        return Changed(len(changed), new_days, city_hours, city_day, tell(ids, now=now))


def assess_whole_day(*, day: date, now: datetime) -> Changed:
    """Compute a whole day of all stations anew, those that iot has and environment does not know yet too.

    now: city time.
    """
    refresh_stations(now=now)
    first = day_start(day)
    everybody = list(AirStation.objects.values_list("device_id", flat=True))
    return assess_part_of_day(everybody, day=day, hours=[first, first + DAY - HOUR], now=now, thorough=True)


def _station_hours(
    ids: list[int], *, span: tuple[datetime, datetime], method: Method, now: datetime
) -> tuple[list[HourKey], list[HourKey]]:
    """Compute stations' hours; return all of them and those that became new or different."""
    means = hourly_means(ids, since=span[0], until=span[1])
    rows = [
        {"station_id": station, "begins_at": at.isoformat(), **row_of(assess_hour(found, method=method))}
        for (station, at), found in means.items()
    ]
    changed = [
        (int(str(key[0])), _instant(key[1]))
        for key in put(StationHour, rows, key=_STATION_HOUR, now=now, told_by=["aqi"])
    ]
    return list(means), changed


def _station_days(ids: list[int], *, day: date, method: Method, now: datetime) -> int:
    first = day_start(day)
    stations: dict[int, dict[int, Means]] = defaultdict(dict)
    for row in StationHour.objects.filter(station_id__in=ids, begins_at__gte=first, begins_at__lt=first + DAY):
        stations[row.station_id][row.begins_at.astimezone(CITY_ZONE).hour] = means_of(row)
    rows = [
        {
            "station_id": station,
            "date": day.isoformat(),
            "count": len(hours),
            **row_of(assess_day(day_means(hours, method=method), method=method)),
        }
        for station, hours in stations.items()
    ]
    return len(put(StationDay, rows, key=_STATION_DAY, now=now))


def _city_hours(touched: set[datetime], *, of: int, method: Method, now: datetime) -> int:
    found: dict[datetime, list[Figures]] = defaultdict(list)
    for row in StationHour.objects.filter(begins_at__in=touched):
        found[row.begins_at].append(row)
    rows = []
    for at, stations in found.items():
        means = city_means([means_of(row) for row in stations], of=of, share=method.city_hour_share)
        count = sum(row.aqi is not None for row in stations)
        rows.append({"begins_at": at.isoformat(), "count": count, **row_of(assess_hour(means, method=method))})
    return len(put(CityHour, rows, key=_HOUR, now=now))


def _city_day(day: date, *, of: int, method: Method, now: datetime) -> int:
    stations = list(StationDay.objects.filter(date=day))
    means = city_means([means_of(row) for row in stations], of=of, share=method.city_day_share)
    count = sum(row.aqi is not None for row in stations)
    row = {"date": day.isoformat(), "count": count, **row_of(assess_day(means, method=method))}
    return len(put(CityDay, [row], key=_DATE, now=now))


def _instant(value: object) -> datetime:
    assert isinstance(value, datetime)
    return value
