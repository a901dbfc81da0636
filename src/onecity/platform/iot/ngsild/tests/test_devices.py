"""The city's devices as entities: read only, with the newest readings and their history."""

from datetime import datetime, timedelta
from urllib.parse import quote

import pytest

from onecity.kernel.actor import ANONYMOUS, EVERYTHING, Actor, system_actor
from onecity.platform.iot.declare import Period
from onecity.platform.iot.ngsild.tests.asking import Broker
from onecity.platform.iot.permissions import VIEW_CONTEXT
from onecity.platform.iot.services.devices import retire_device
from onecity.platform.iot.services.store import record
from onecity.platform.iot.tests.conftest import _gauges, _new_store
from onecity.platform.iot.tests.factories import NOW, make_batch, make_datastream, make_device

__all__ = ["_gauges", "_new_store"]
pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/entities/urn:ngsi-ld:Device:S1"


@pytest.fixture
def station() -> datetime:
    """A station with readings of an hour, and another without a place."""
    first = make_device("S1", place=(125.32, 43.88))
    make_device("S-2")
    pm, hourly = make_datastream(first), make_datastream(first, period=Period.HOUR, sub_value="avg")
    rows = [(pm.id, NOW + timedelta(minutes=n), 30.0 + n) for n in range(5)]
    record([make_batch(*rows, (hourly.id, NOW, 33.5))], now=NOW + timedelta(hours=1))
    return NOW


def test_device_is_an_entity_with_its_newest_readings(broker: Broker, station: datetime) -> None:
    shown = broker.get(PATH).json()
    assert (shown["id"], shown["type"]) == ("urn:ngsi-ld:Device:S1", ["Device", "gauge.air"])
    newest, mean = shown["pm2_5"]
    assert newest == {"type": "Property", "value": 34, "unitCode": "ug/m3", "observedAt": "2026-03-10T04:04:00Z"}
    assert (mean["value"], mean["datasetId"]) == (33.5, "urn:ngsi-ld:Dataset:hour:avg")
    assert shown["location"]["value"] == {"type": "Point", "coordinates": [125.32, 43.88]}
    assert shown["serialNumber"]["value"] == "S1"


FOUND = {
    "type=Device": ["urn:ngsi-ld:Device:S1", "urn:ngsi-ld:Device:S-2"],
    "type=gauge.air&q=pm2_5>30": ["urn:ngsi-ld:Device:S1"],
    "type=Device&q=pm2_5>40": [],
    'type=Device&q=serialNumber=="S1"': ["urn:ngsi-ld:Device:S1"],
    "type=Device&attrs=pm2_5": ["urn:ngsi-ld:Device:S1"],
    "type=Device&q=pm2_5": ["urn:ngsi-ld:Device:S1"],
    "id=urn:ngsi-ld:Device:S1,urn:e:own": ["urn:e:own", "urn:ngsi-ld:Device:S1"],
    "type=Device&georel=near;maxDistance==10&geometry=Point&coordinates=[125.32,43.88]": ["urn:ngsi-ld:Device:S1"],
    "type=Device,Own&limit=1&offset=1": ["urn:ngsi-ld:Device:S1"],
    "type=Own": ["urn:e:own"],
}


def test_devices_are_found_where_a_query_speaks_of_them(broker: Broker, station: datetime) -> None:
    broker.add({"id": "urn:e:own", "type": "Own", "pm2_5": 50})
    for how, expected in FOUND.items():
        answer = broker.get(f"/entities?{quote(how, safe='=&')}&count=true")
        assert (how, answer.ids()) == (how, expected)
        assert int(answer.headers["NGSILD-Results-Count"]) >= len(expected)


def test_devices_are_read_only(broker: Broker, station: datetime) -> None:
    entity = {"id": "urn:ngsi-ld:Device:S1", "type": "Device", "speed": 1}
    assert broker.post("/entities", entity).problem == "AlreadyExists"
    assert broker.patch(PATH, {"speed": 1}).problem == "OperationNotSupported"
    assert broker.delete(PATH).problem == "OperationNotSupported"
    partly = broker.post("/entityOperations/update", [entity])
    assert partly.json()["errors"][0]["error"]["type"].endswith("OperationNotSupported")
    assert broker.post("/entityOperations/create", [entity]).status == 207
    assert broker.post("/entityOperations/upsert", [entity]).status == 207
    assert broker.delete("/entities?type=Device").status == 204
    assert broker.get(PATH).status == 200


def test_history_of_a_device_is_its_observations(broker: Broker, station: datetime) -> None:
    path = PATH.replace("/entities", "/temporal/entities")
    shown = broker.get(f"{path}?timerel=after&timeAt=2026-03-10T04:02:00Z&options=temporalValues&attrs=pm2_5").json()
    assert shown["pm2_5"]["values"] == [
        [32, "2026-03-10T04:02:00Z"],
        [33, "2026-03-10T04:03:00Z"],
        [34, "2026-03-10T04:04:00Z"],
    ]
    last = broker.get(f"{path}?lastN=2&datasetId=@none").json()["pm2_5"]
    assert [item["value"] for item in last] == [34, 33]
    how = "options=aggregatedValues&aggrMethods=max&aggrPeriodDuration=PT1H&timerel=after&timeAt=2026-03-10T04:00:00Z"
    assert broker.get(f"{path}?{how}").json()["pm2_5"][0]["max"][0][0] == 34
    assert broker.get(path.replace("S1", "none")).problem == "ResourceNotFound"


def test_devices_are_seen_by_whoever_may_see_devices(broker: Broker, station: datetime) -> None:
    device = make_device("S3")
    retire_device(system_actor("test"), device_id=device.id, reason="拆除", now=NOW)
    assert broker.get("/entities/urn:ngsi-ld:Device:S3").problem == "ResourceNotFound"
    broker.badge.held = Actor("client", 1, "x", None, {VIEW_CONTEXT: frozenset({EVERYTHING})})
    assert broker.get(PATH).problem == "ResourceNotFound"
    assert broker.get("/entities?type=Device").json() == []
    broker.badge.held = ANONYMOUS
    assert broker.get(PATH).status == 401
