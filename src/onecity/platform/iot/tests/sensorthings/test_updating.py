"""Changing and deleting what stands: requirement class `create-update-delete` (OGC 18-088, A.5)."""

from typing import Any

import pytest

from onecity.platform.iot.models import Datastream, Device, Latest, Observation, StaObservation
from onecity.platform.iot.sensorthings.entities import SETS
from onecity.platform.iot.tests.sensorthings.house import Ask, program, visit
from onecity.platform.iot.tests.sensorthings.world import (
    LOCATION,
    SENSOR,
    datastream,
    made,
    only,
    stream_with,
    thing,
)

pytestmark = pytest.mark.django_db(transaction=True)
FEATURE = {"name": "湖", "description": "湖水", "encodingType": "application/geo+json", "feature": LOCATION["location"]}


@pytest.mark.parametrize(
    ("entities", "change"),
    [
        ("Things", {"name": "新", "properties": {"q": 1}}),
        ("Locations", {"location": {"type": "Point", "coordinates": [114.05, -50]}}),
        ("HistoricalLocations", {"time": "2015-07-01T00:00:00.000Z"}),
        ("Sensors", {"metadata": {"any": ["json"]}}),
        ("ObservedProperties", {"description": "改", "definition": "http://e.org/other"}),
        ("FeaturesOfInterest", {"feature": {"type": "Point", "coordinates": [114.05, -51.05]}}),
        ("Datastreams", {"unitOfMeasurement": {"name": "Entropy", "symbol": "S", "definition": "http://e.org/s"}}),
        ("Observations", {"phenomenonTime": "2015-07-01T00:40:00.000Z"}),
        ("Observations", {"result": 99, "parameters": {"p": 1}}),
        ("Observations", {"result": "text", "resultTime": "2015-07-01T00:40:00.000Z"}),
    ],
)
def test_update_entity_changes_what_is_told_and_nothing_else(entities: str, change: dict[str, Any]) -> None:
    async def story(ask: Ask) -> None:
        await stream_with(ask, 5)
        before = await only(ask, entities)
        answer = await ask("PATCH", before["@iot.selfLink"], change)
        assert answer.status == 200, answer.body
        after = (await ask("GET", before["@iot.selfLink"])).json
        assert after == {**before, **change}
        assert answer.json == after

    visit(program(), story)


def test_update_entity_jsonpatch() -> None:
    async def story(ask: Ask) -> None:
        number = await made(ask, "Things", thing())
        kind = "application/json-patch+json"
        patch = [
            {"op": "test", "path": "/properties/height", "value": 2},
            {"op": "replace", "path": "/name", "value": "新"},
            {"op": "add", "path": "/properties/tags", "value": ["a"]},
            {"op": "add", "path": "/properties/tags/-", "value": "b"},
            {"op": "move", "from": "/properties/owner", "path": "/properties/keeper"},
            {"op": "copy", "from": "/name", "path": "/properties/alias"},
            {"op": "remove", "path": "/properties/height"},
        ]
        assert (await ask("PATCH", f"Things({number})", patch, content_type=kind)).status == 200
        shown = (await ask("GET", f"Things({number})")).json
        assert shown["name"] == "新"
        assert shown["properties"] == {"tags": ["a", "b"], "keeper": "气象局", "alias": "新"}
        for bad, status in (
            ([{"op": "test", "path": "/name", "value": "alt"}], 409),
            ([{"op": "remove", "path": "/name"}], 400),
            ([{"op": "replace", "path": "/nothing", "value": 1}], 400),
            ([{"op": "fly", "path": "/name"}], 400),
            ({"op": "remove"}, 400),
        ):
            assert (await ask("PATCH", f"Things({number})", bad, content_type=kind)).status == status
        assert (await ask("GET", f"Things({number})")).json == shown

    visit(program(), story)


def test_update_entity_put_replaces() -> None:
    async def story(ask: Ask) -> None:
        stream, (number,) = await stream_with(ask, 5)
        owner = await only(ask, "Things")
        put = await ask("PUT", owner["@iot.selfLink"], {**owner, "name": "新", "properties": None})
        assert put.status == 200
        shown = (await ask("GET", owner["@iot.selfLink"])).json
        assert "properties" not in shown
        assert (shown["name"], shown["description"]) == ("新", owner["description"])
        assert (await ask("PUT", owner["@iot.selfLink"], {"name": "nur"})).status == 400
        time = "2015-08-01T00:40:00.000Z"
        answer = await ask("PUT", f"Observations({number})", {"result": "99", "phenomenonTime": time})
        assert (answer.json["result"], answer.json["phenomenonTime"]) == ("99", time)
        assert (await only(ask, f"Datastreams({stream})/Observations"))["@iot.id"] == number

    visit(program(), story)


def test_update_entity_relinks_by_reference_and_refuses_inline() -> None:
    async def story(ask: Ask) -> None:
        stream, (number,) = await stream_with(ask, 5)
        other = await made(ask, "Things", {"name": "新物", "description": "x"})
        sensor = await made(ask, "Sensors", {**SENSOR, "name": "新"})
        link = {"Thing": {"@iot.id": other}, "Sensor": {"@iot.id": sensor}}
        assert (await ask("PATCH", f"Datastreams({stream})", link)).status == 200
        assert (await only(ask, f"Things({other})/Datastreams"))["@iot.id"] == stream
        assert (await ask("GET", f"Datastreams({stream})/Sensor")).json["name"] == "新"
        assert (await ask("GET", f"Observations({number})/Datastream/Thing")).json["@iot.id"] == other
        await made(ask, f"Datastreams({stream})/Observations", {"result": 6, "FeatureOfInterest": FEATURE})
        for path, body in (
            (f"Datastreams({stream})", {"Thing": thing()}),
            (f"Datastreams({stream})", {"Observations": [{"result": 1}]}),
            (f"Things({other})", {"Datastreams": [datastream()]}),
            (f"Things({other})", {"Locations": [LOCATION]}),
            (f"Observations({number})", {"Datastream": datastream()}),
            (f"Observations({number})", {"nonsense": 1}),
            (f"Things({other})", {"name": None}),
            (f"Things({other})", []),
        ):
            assert (await ask("PATCH", path, body)).status == 400, (path, body)

    visit(program(), story)


@pytest.mark.parametrize("name", list(SETS))
def test_update_and_delete_of_what_is_not_there(name: str) -> None:
    async def story(ask: Ask) -> None:
        assert (await ask("PATCH", f"{name}(999999)", {})).status == 404
        assert (await ask("DELETE", f"{name}(999999)")).status == 404
        assert (await ask("DELETE", name)).status == 404

    visit(program(), story)


CASCADE = {
    "Things": {"Things", "HistoricalLocations", "Datastreams", "Observations"},
    "Locations": {"Locations", "HistoricalLocations"},
    "HistoricalLocations": {"HistoricalLocations"},
    "Datastreams": {"Datastreams", "Observations"},
    "Sensors": {"Sensors", "Datastreams", "Observations"},
    "ObservedProperties": {"ObservedProperties", "Datastreams", "Observations"},
    "Observations": {"Observations"},
    "FeaturesOfInterest": {"FeaturesOfInterest", "Observations"},
}


@pytest.mark.parametrize("name", list(SETS))
def test_delete_entity_takes_with_it_what_cannot_be_alone(name: str) -> None:
    async def story(ask: Ask) -> None:
        await stream_with(ask, 5)
        target = await only(ask, name)
        assert (await ask("DELETE", target["@iot.selfLink"])).status == 200
        assert (await ask("GET", target["@iot.selfLink"])).status == 404
        for other in SETS:
            left = (await ask("GET", other)).json["value"]
            assert (left == []) == (other in CASCADE[name]), other

    visit(program(), story)


def test_delete_entity_leaves_nothing_in_the_store() -> None:
    async def story(ask: Ask) -> None:
        stream, (number, *_) = await stream_with(ask, 5, "x", 7)
        await ask("DELETE", f"Observations({number})")
        assert await Latest.objects.filter(datastream_id=stream, result=7).aexists()
        owner = (await only(ask, "Things"))["@iot.id"]
        assert (await ask("DELETE", f"Things({owner})")).status == 200
        for table in (Observation, StaObservation, Latest):
            assert not await table.objects.filter(datastream_id=stream).aexists(), table
        assert not await Datastream.objects.filter(id=stream).aexists()
        assert not await Device.objects.filter(id=owner).aexists()

    visit(program(), story)
