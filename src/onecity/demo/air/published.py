"""Hours of state stations as the national platform published them, and the national list of stations."""

import csv
import gzip
import zlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from onecity.demo.air.feed import CO, HOUR, NO2, O3, PM2_5, PM10, SO2, AirFeed, AirHour, AirStation, sorted_feed
from onecity.kernel.clock import CITY_ZONE

COLUMNS: Final = {"pm2_5": PM2_5, "pm10": PM10, "co": CO, "no2": NO2, "o3_1h": O3, "so2": SO2}
_MN_LENGTH: Final = 24


def published_feed(readings: Path, *, stations: Path, city: str, division_code: str) -> AirFeed:
    """Read a city's hours; a published time is the END of its hour.

    stations: the national list, for places and codes. city: as that list has it, such as 长春市. Names that differ only
    by a remark in brackets, such as 钟楼(启用161026), are one station; the plain name goes first where both measured.
    Stations outside the list have no place.
    """
    listed = _listed(stations, city=city)
    known: dict[str, AirStation] = {}
    hours: dict[tuple[str, datetime], AirHour] = {}
    for row in sorted(_table(readings), key=lambda row: len(row["station"])):
        name = row["station"].partition("(")[0].strip()
        if name not in known:
            known[name] = _station(name, listed=listed, division_code=division_code)
        values = {factor: float(row[column]) for column, factor in COLUMNS.items() if row[column]}
        hour = datetime.fromisoformat(row["time"]).replace(tzinfo=CITY_ZONE) - HOUR
        if values:
            hours.setdefault((known[name].mn, hour), AirHour(known[name].mn, hour, values))
    return sorted_feed(tuple(known.values()), tuple(hours.values()))


def _station(name: str, *, listed: Mapping[str, tuple[str, float, float]], division_code: str) -> AirStation:
    if name in listed:
        code, longitude, latitude = listed[name]
        return AirStation(station_mn(division_code, code), name, (longitude, latitude))
    return AirStation(station_mn(division_code, f"X{zlib.crc32(name.encode()) % 1_000_000:06d}"), name)


def station_mn(division_code: str, code: str) -> str:
    """Return a station's identifier on the wire, 24 characters as HJ 212-2017 wants. House rule: code at the end."""
    return division_code + code.rjust(_MN_LENGTH - len(division_code), "0")


def _listed(path: Path, *, city: str) -> dict[str, tuple[str, float, float]]:
    return {
        row["positionname"]: (row["stationcode"], float(row["lng"]), float(row["lat"]))
        for row in _table(path)
        if row["area"] == city and row["lng"] and row["lat"]
    }


def _table(path: Path) -> Iterator[dict[str, str]]:
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
            yield from csv.DictReader(file)
    else:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from csv.DictReader(file)
