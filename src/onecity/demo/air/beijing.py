"""The Beijing multi-site data of 2013 to 2017, on stations of the sample city."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from pyarrow import parquet

from onecity.demo.air.feed import CO, NO2, O3, PM2_5, PM10, SO2, AirFeed, AirHour, AirStation, sorted_feed
from onecity.kernel.clock import CITY_ZONE

COLUMNS: Final = {"PM2.5": PM2_5, "PM10": PM10, "CO": CO, "NO2": NO2, "O3": O3, "SO2": SO2}
MILLIGRAMS: Final = {CO: 0.001}  # the files give carbon monoxide in µg/m³
_TIME: Final = ("year", "month", "day", "hour")


def beijing_feed(folder: Path, *, stations: Sequence[AirStation], since: datetime, until: datetime) -> AirFeed:
    """Read the hours in [since, until): one site for each station, sites in the order of their names."""
    hours: list[AirHour] = []
    for path, station in zip(sorted(folder.glob("*.parquet")), stations, strict=False):
        hours += _hours(path, station, since, until)
    return sorted_feed(stations, hours)


def _hours(path: Path, station: AirStation, since: datetime, until: datetime) -> list[AirHour]:
    years = list(range(since.astimezone(CITY_ZONE).year, until.astimezone(CITY_ZONE).year + 1))
    table = parquet.read_table(path, columns=[*_TIME, *COLUMNS], filters=[("year", "in", years)])
    found = []
    for row in table.to_pylist():
        year, month, day, clock = (int(row[part]) for part in _TIME)
        hour = datetime(year, month, day, clock, tzinfo=CITY_ZONE)
        if since <= hour < until:
            values = {
                factor: round(float(row[column]) * MILLIGRAMS.get(factor, 1.0), 3)
                for column, factor in COLUMNS.items()
                if row[column] is not None and row[column] == row[column]
            }
            if values:
                found.append(AirHour(station.mn, hour, values))
    return found
