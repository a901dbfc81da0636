"""Real readings through the store: the indices are those that the national platform published.

What is recorded is the published label less one hour, as a station's DataTime would have it.
"""

import csv
from datetime import datetime
from pathlib import Path

import pytest

from onecity.domains.environment.api import published_hour
from onecity.domains.environment.models import StationHour
from onecity.domains.environment.rules.codes import AIR_STATION, PROPERTY_OF
from onecity.domains.environment.rules.editions import Pollutant
from onecity.domains.environment.rules.times import DAY, day_of, day_start
from onecity.domains.environment.services.assessing import assess_whole_day
from onecity.kernel.actor import system_actor
from onecity.kernel.clock import CITY_ZONE
from onecity.platform.identity.tests.factories import make_organisation
from onecity.platform.iot import api as iot
from onecity.platform.iot.contracts import DatastreamKey, DerivedValue, NewDevice
from onecity.platform.iot.declare import Period, Protocol

pytestmark = [pytest.mark.data, pytest.mark.django_db]

COLUMNS = {
    Pollutant.SO2: "so2",
    Pollutant.NO2: "no2",
    Pollutant.CO: "co",
    Pollutant.O3: "o3_1h",
    Pollutant.PM10: "pm10",
    Pollutant.PM2_5: "pm2_5",
}
NOW = datetime(2020, 4, 9, tzinfo=CITY_ZONE)
Row = dict[str, str]


def published(data: Path, city: str) -> list[Row]:
    path = data / "air_water" / "station_hourly_2020" / f"{city}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def begins(row: Row) -> datetime:
    return published_hour(datetime.fromisoformat(row["time"]).replace(tzinfo=CITY_ZONE))


def record(rows: list[Row]) -> dict[str, int]:
    organisation = make_organisation().id
    names = sorted({row["station"] for row in rows})
    new = [NewDevice(name, name, AIR_STATION, Protocol.HJ212, organisation) for name in names]
    ids = iot.register_devices(system_actor("test"), new=new, now=NOW).ids
    keys = [DatastreamKey(ids[name], PROPERTY_OF[item], Period.HOUR, "avg") for name in names for item in COLUMNS]
    streams = iot.datastreams_for(keys, now=NOW)
    readings = [
        DerivedValue(
            streams[DatastreamKey(ids[row["station"]], PROPERTY_OF[item], Period.HOUR, "avg")],
            begins(row),
            float(row[column]),
        )
        for row in rows
        for item, column in COLUMNS.items()
        if row[column]
    ]
    iot.record_derived(readings, now=NOW)
    return dict(ids)


@pytest.mark.parametrize(("city", "hours"), [("changchun", 1650), ("liaoyuan", 466)])
def test_indices_of_stored_readings_are_the_published_ones(city: str, hours: int, data: Path) -> None:
    rows = published(data, city)
    ids = record(rows)
    for day in sorted({day_of(begins(row)) for row in rows}):
        assess_whole_day(day=day, now=NOW)
    ours = {(row.station_id, row.begins_at): row for row in StationHour.objects.filter(aqi__isnull=False)}
    compared = [row for row in rows if row["aqi"]]
    assert len(compared) == hours
    for row in compared:
        found = ours[ids[row["station"]], begins(row)]
        assert (found.aqi, found.edition_code) == (int(row["aqi"]), "HJ 633-2012 (PM 1h)"), row


def test_label_of_midnight_belongs_to_the_day_before(data: Path) -> None:
    rows = [row for row in published(data, "changchun") if row["time"] == "2020-04-01 00:00"]
    record(rows)
    assess_whole_day(day=datetime(2020, 3, 31, tzinfo=CITY_ZONE).date(), now=NOW)
    found = set(StationHour.objects.values_list("begins_at", flat=True))
    assert found == {day_start(datetime(2020, 4, 1, tzinfo=CITY_ZONE).date()) - DAY / 24}
