"""The feed of a city pack: its real file where the data are at hand, made-up air otherwise."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from onecity.demo.air.beijing import beijing_feed
from onecity.demo.air.feed import AirFeed, AirStation
from onecity.demo.air.made_up import made_up_feed
from onecity.demo.air.published import published_feed, station_mn
from onecity.demo.packs import CityPack
from onecity.demo.synthesis.plane import Plane

READINGS: Final = "environment.station_readings"
STATIONS: Final = "environment.stations"
BEIJING: Final = "environment.beijing_sites"
# Real readings of the sample city come from these weeks: two red alerts of Beijing lie in them.
BEIJING_FROM: Final = datetime.fromisoformat("2016-12-12T00:00:00+08:00")
BEIJING_FOR: Final = timedelta(weeks=4)
BEIJING_START: Final = datetime.fromisoformat("2016-12-15T12:00:00+08:00")
# Names and places of the sample city's stations: metres east and north of its middle.
SAMPLE_SITES: Final = (
    ("人民广场", 0, 0),
    ("东湖公园", 2600, 900),
    ("城西小学", -2800, -300),
    ("北站", 400, 3600),
    ("南岭", -600, -3400),
    ("大学城", 3300, -2500),
    ("工业园", -3700, 2400),
    ("植物园", 1200, 2100),
    ("滨河路", -1500, -1800),
)


def city_feed(pack: CityPack, *, data: Path | None) -> AirFeed:
    """Return the pack's air readings. data: the folder with real files; without it a synthetic pack makes them up."""
    if data and READINGS in pack.files:
        return published_feed(
            data / pack.files[READINGS],
            stations=data / pack.files[STATIONS],
            city=pack.name,
            division_code=pack.division_code,
        )
    stations = sample_stations(pack)
    if data and BEIJING in pack.files:
        folder = data / pack.files[BEIJING]
        return beijing_feed(folder, stations=stations, since=BEIJING_FROM, until=BEIJING_FROM + BEIJING_FOR)
    begins = pack.demo_start.replace(hour=0, minute=0) - timedelta(days=3)
    return made_up_feed(stations, begins=begins, seed=int(pack.division_code))


def demo_start(pack: CityPack, *, data: Path | None) -> datetime:
    """Return the city's time at which a demonstration of this pack begins."""
    return BEIJING_START if data and BEIJING in pack.files else pack.demo_start


def sample_stations(pack: CityPack) -> tuple[AirStation, ...]:
    """Return the stations of a made-up city; the last one is not registered, as a real city has some, too."""
    plane = Plane(pack.view.longitude, pack.view.latitude)
    stations: list[AirStation] = []
    for number, (name, east, north) in enumerate(SAMPLE_SITES, start=1):
        longitude, latitude = plane.degrees((float(east), float(north)))
        place = (longitude, latitude) if number < len(SAMPLE_SITES) else None
        stations.append(AirStation(station_mn(pack.division_code, f"{number:04d}A"), name, place))
    return tuple(stations)
