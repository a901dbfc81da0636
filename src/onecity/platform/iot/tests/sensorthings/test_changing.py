"""Creating, alone and by deep insert: requirement class `create-update-delete` (OGC 18-088, A.5)."""

from typing import Any

import pytest

from onecity.platform.iot.models import Device
from onecity.platform.iot.sensorthings.entities import SETS
from onecity.platform.iot.tests.sensorthings.house import BASE, Ask, program, visit
from onecity.platform.iot.tests.sensorthings.world import (
    LOCATION,
    PROPERTY,
    SENSOR,
    UNIT,
    datastream,
    made,
    only,
    stream_with,
    thing,
)

pytestmark = pytest.mark.django_db(transaction=True)
FEATURE = {"name": "湖", "description": "湖水", "encodingType": "application/geo+json", "feature": LOCATION["location"]}
MEASURED = {
    "phenomenonTime": "2015-03-01T00:00:00Z/2015-03-01T01:00:00Z",
    "result": {"wind": [1, "N"]},
    "resultTime": "2015-03-01T01:00:30.5Z",
    "resultQuality": {"DQ_Status": "good"},
    "validTime": "2015-03-01T00:00:00Z/2015-03-02T00:00:00Z",
    "parameters": {"height": 2},
}


def test_create_entity_of_every_set_and_read_it_back() -> None:
    async def story(ask: Ask) -> None:
        owner = await made(ask, "Things", {"name": "物", "description": "说明", "properties": {"a": [1, {"b": None}]}})
        place = await made(ask, "Locations", LOCATION)
        sensor, observed = await made(ask, "Sensors", SENSOR), await made(ask, "ObservedProperties", PROPERTY)
        feature = await made(ask, "FeaturesOfInterest", FEATURE)
        stream = await made(
            ask,
            "Datastreams",
            {
                **datastream(),
                "Sensor": {"@iot.id": sensor},
                "ObservedProperty": {"@iot.id": observed},
                "Thing": {"@iot.id": owner},
                "observedArea": {"type": "Polygon", "coordinates": [[[1, 1], [2, 1], [2, 2], [1, 1]]]},
                "properties": {"x": 1},
            },
        )
        history = await made(
            ask,
            "HistoricalLocations",
            {"time": "2015-07-01T08:00:00+08:00", "Thing": {"@iot.id": owner}, "Locations": [{"@iot.id": place}]},
        )
        body = {
            **MEASURED,
            "Datastream": {"@iot.id": stream},
            "FeatureOfInterest": {"@iot.id": feature},
        }
        observation = await made(ask, "Observations", body)
        shown = (await ask("GET", f"Observations({observation})")).json
        assert shown["phenomenonTime"] == "2015-03-01T00:00:00.000Z/2015-03-01T01:00:00.000Z"
        assert shown["resultTime"] == "2015-03-01T01:00:30.500Z"
        assert shown["validTime"] == "2015-03-01T00:00:00.000Z/2015-03-02T00:00:00.000Z"
        for name in ("result", "resultQuality", "parameters"):
            assert shown[name] == body[name]
        assert (await only(ask, f"FeaturesOfInterest({feature})/Observations"))["@iot.id"] == observation
        assert (await ask("GET", f"HistoricalLocations({history})")).json["time"] == "2015-07-01T00:00:00.000Z"
        assert (await only(ask, f"Things({owner})/Locations"))["@iot.id"] == place
        assert (await ask("GET", f"Things({owner})")).json["properties"] == {"a": [1, {"b": None}]}
        told = (await ask("GET", f"Datastreams({stream})")).json
        assert (told["unitOfMeasurement"], told["properties"]) == (UNIT, {"x": 1})
        assert told["observedArea"]["type"] == "Polygon"
        assert told["phenomenonTime"].startswith("2015-03-01T00:00:00.000Z/")
        assert told["resultTime"] == "2015-03-01T01:00:30.500Z/2015-03-01T01:00:30.500Z"

    visit(program(), story)


@pytest.mark.parametrize(
    "result",
    [1, 1.23, -0.5, 0, 1e300, 2**60, True, False, "四十二", "", None, [1.23, "a", True], {"n": 1.5, "s": "x"}, "5"],
)
def test_create_entity_observation_keeps_any_result(result: Any) -> None:
    async def story(ask: Ask) -> None:
        _, (number,) = await stream_with(ask, result)
        found = (await ask("GET", f"Observations({number})")).json["result"]
        assert found == result
        assert type(found) is type(result)

    visit(program(), story)


def test_create_entity_answers_with_location_and_entity() -> None:
    async def story(ask: Ask) -> None:
        answer = await ask("POST", "Things", {"name": "a", "description": "b"})
        assert (answer.status, answer.headers["location"]) == (201, f"{BASE}Things({answer.id})")
        assert answer.json == (await ask("GET", answer.headers["location"])).json

    visit(program(), story)


def test_deep_insert_makes_all_and_links_it() -> None:
    async def story(ask: Ask) -> None:
        observations = [{"phenomenonTime": "2015-03-01T00:10:00Z", "result": 10, "FeatureOfInterest": FEATURE}]
        body = thing(Datastreams=[datastream(Observations=observations)])
        number = await made(ask, "Things", body)
        expand = "Locations,Datastreams($expand=Sensor,ObservedProperty,Observations($expand=FeatureOfInterest))"
        shown = (await ask("GET", f"Things({number})?$expand={expand}")).json
        (stream,) = shown["Datastreams"]
        assert (stream["Sensor"]["name"], stream["ObservedProperty"]["name"]) == ("DHT", "温度")
        (observation,) = stream["Observations"]
        assert (observation["result"], observation["FeatureOfInterest"]["name"]) == (10, "湖")
        assert len((await ask("GET", "HistoricalLocations")).json["value"]) == 1

    visit(program(), story)


@pytest.mark.parametrize(
    ("entities", "body"),
    [
        ("Locations", {**LOCATION, "Things": [{"name": "t", "description": "d"}]}),
        ("Sensors", {**SENSOR, "Datastreams": [{**datastream(), "Thing": thing(Datastreams=[])}]}),
        ("ObservedProperties", {**PROPERTY, "Datastreams": [{**datastream(), "Thing": thing(Datastreams=[])}]}),
        ("Datastreams", {**datastream(), "Thing": thing(Datastreams=[])}),
        (
            "Observations",
            {"result": 1, "Datastream": {**datastream(), "Thing": thing(Datastreams=[])}},
        ),
        (
            "FeaturesOfInterest",
            {**FEATURE, "Observations": [{"result": 1, "Datastream": datastream(Thing=thing(Datastreams=[]))}]},
        ),
        (
            "HistoricalLocations",
            {"time": "2015-01-01T00:00:00Z", "Thing": thing(), "Locations": [LOCATION]},
        ),
    ],
)
def test_deep_insert_from_every_side(entities: str, body: dict[str, Any]) -> None:
    async def story(ask: Ask) -> None:
        body.pop("unknown", None)
        if entities in {"Sensors", "ObservedProperties"}:
            body["Datastreams"][0].pop("Sensor" if entities == "Sensors" else "ObservedProperty")
        number = await made(ask, entities, body)
        assert (await ask("GET", f"{entities}({number})")).status == 200
        assert (await ask("GET", "Things")).json["value"]

    visit(program(), story)


@pytest.mark.parametrize(
    ("entities", "body"),
    [
        ("Things", {"description": "kein Name"}),
        ("Things", {"name": "", "description": "x"}),
        ("Things", {"name": 5, "description": "x"}),
        ("Things", {"name": "a"}),
        ("Things", {"name": "a", "description": "b", "properties": 5}),
        ("Things", {"name": "a", "description": "b", "nonsense": 5}),
        ("Things", {"name": "a\u0000", "description": "b"}),
        ("Things", {"name": "a", "description": "b", "properties": {"a": "\u0000"}}),
        ("Things", []),
        ("Things", thing(Locations=[{"name": "x"}])),
        ("Things", thing(Locations={"name": "x"})),
        ("Things", thing(Locations=[{"@iot.id": 99}])),
        ("Things", thing(Datastreams=[{**datastream(), "Sensor": None}])),
        ("Things", thing(Datastreams=[{**datastream(), "ObservedProperty": {"name": "x"}}])),
        ("Locations", {**LOCATION, "encodingType": None}),
        ("Locations", {**LOCATION, "location": None}),
        ("Locations", {**LOCATION, "location": {"type": "Point", "coordinates": [1]}}),
        ("Locations", {**LOCATION, "location": {"type": "Point", "coordinates": [200, 1]}}),
        ("Datastreams", datastream()),
        ("Datastreams", {**datastream(), "Thing": {"@iot.id": 99}}),
        ("Datastreams", {**datastream(), "Thing": {"@iot.id": "x"}}),
        ("HistoricalLocations", {"time": "2015-01-01T00:00:00Z"}),
        ("HistoricalLocations", {"time": "yesterday", "Thing": thing()}),
        ("Observations", {"result": 1}),
        ("Observations", {"result": 1, "Datastream": {"@iot.id": 99}}),
        ("Sensors", {"name": "a", "description": "b", "encodingType": "c"}),
        ("ObservedProperties", {"name": "a", "description": "b"}),
        ("FeaturesOfInterest", {**FEATURE, "feature": 5, "encodingType": ""}),
    ],
)
def test_create_entity_that_breaks_a_rule_makes_nothing(entities: str, body: Any) -> None:
    async def story(ask: Ask) -> None:
        answer = await ask("POST", entities, body)
        assert answer.status == 400, answer.body
        assert answer.json["message"]
        for name in SETS:
            assert (await ask("GET", name)).json["value"] == [], name

    visit(program(), story)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"phenomenonTime": "2015-03-01T00:00:00Z"},
        {"result": 1, "phenomenonTime": 5},
        {"result": 1, "phenomenonTime": "2015-03-01"},
        {"result": 1, "phenomenonTime": "2015-03-02T00:00:00Z/2015-03-01T00:00:00Z"},
        {"result": 1, "phenomenonTime": "1970-01-01T00:00:00Z"},
        {"result": 1, "phenomenonTime": "2400-01-01T00:00:00Z"},
        {"result": 1, "resultTime": 7},
        {"result": 1, "validTime": "x"},
        {"result": 1, "parameters": 7},
        {"result": 1, "nonsense": 7},
        {"result": 1, "FeatureOfInterest": {"@iot.id": 99}},
        {"result": 1, "FeatureOfInterest": {"name": "x"}},
        {"result": "\u0000"},
    ],
)
def test_create_entity_observation_that_breaks_a_rule_is_refused(body: dict[str, Any]) -> None:
    async def story(ask: Ask) -> None:
        stream, _ = await stream_with(ask)
        answer = await ask("POST", f"Datastreams({stream})/Observations", body)
        assert answer.status == 400, answer.body
        assert (await ask("GET", "Observations")).json["value"] == []

    visit(program(), story)


def test_create_entity_by_reference_to_a_missing_parent_is_refused() -> None:
    async def story(ask: Ask) -> None:
        assert (await ask("POST", "Things(99)/Datastreams", datastream())).status == 404
        assert (await ask("POST", "Datastreams(99)/Observations", {"result": 1})).status == 404
        assert (await ask("POST", "Things(99)", {"name": "x"})).status == 404
        assert (await ask("POST", "Things", b"{")).status == 400

    visit(program(), story)


def test_observation_without_feature_takes_it_from_where_its_thing_is() -> None:
    async def story(ask: Ask) -> None:
        stream, (first,) = await stream_with(ask, 1)
        feature = (await ask("GET", f"Observations({first})/FeatureOfInterest")).json
        assert feature["feature"] == LOCATION["location"]
        second = await made(ask, "Observations", {"result": 2, "Datastream": {"@iot.id": stream}})
        assert (await ask("GET", f"Observations({second})/FeatureOfInterest")).json == feature
        owner = (await only(ask, "Things"))["@iot.id"]
        moved = {**LOCATION, "name": "北湖", "location": {"type": "Point", "coordinates": [125.4, 43.9]}}
        await made(ask, f"Things({owner})/Locations", moved)
        third = await made(ask, "Observations", {"result": 3, "Datastream": {"@iot.id": stream}})
        assert (await ask("GET", f"Observations({third})/FeatureOfInterest")).json["name"] == "北湖"
        assert (await ask("GET", f"Observations({first})/FeatureOfInterest")).json == feature

    visit(program(), story)


def test_observation_of_a_thing_that_is_nowhere_needs_a_feature() -> None:
    async def story(ask: Ask) -> None:
        await made(ask, "Things", thing(Locations=[]))
        stream = (await only(ask, "Datastreams"))["@iot.id"]
        assert (await ask("POST", f"Datastreams({stream})/Observations", {"result": 1})).status == 400
        number = await made(ask, f"Datastreams({stream})/Observations", {"result": 1, "FeatureOfInterest": FEATURE})
        assert (await ask("GET", f"Observations({number})/FeatureOfInterest")).json["name"] == "湖"

    visit(program(), story)


def test_observation_without_time_is_of_now() -> None:
    async def story(ask: Ask) -> None:
        stream, _ = await stream_with(ask)
        number = await made(ask, f"Datastreams({stream})/Observations", {"result": 1})
        shown = (await ask("GET", f"Observations({number})")).json
        assert shown["resultTime"] is None
        assert len(shown["phenomenonTime"]) == len("2015-03-01T00:00:00.000Z")

    visit(program(), story)


def test_several_observations_of_one_instant_are_several() -> None:
    async def story(ask: Ask) -> None:
        stream, _ = await stream_with(ask)
        body = {"phenomenonTime": "2015-03-01T00:00:00Z", "result": 1}
        ids = [await made(ask, f"Datastreams({stream})/Observations", body) for _ in range(3)]
        ids.append(await made(ask, f"Datastreams({stream})/Observations", {**body, "result": "1"}))
        assert len(set(ids)) == 4
        for number in ids:
            assert (await ask("GET", f"Observations({number})")).json["phenomenonTime"] == "2015-03-01T00:00:00.000Z"
        query = "$filter=phenomenonTime eq 2015-03-01T00:00:00Z&$count=true"
        assert (await ask("GET", f"Observations?{query}")).json["@iot.count"] == 4

    visit(program(), story)


def test_historical_location_auto_creation_follows_every_move() -> None:
    async def story(ask: Ask) -> None:
        owner = await made(ask, "Things", thing())
        first = (await only(ask, f"Things({owner})/Locations"))["@iot.id"]
        second = await made(ask, f"Things({owner})/Locations", {**LOCATION, "name": "北湖"})
        assert (await only(ask, f"Things({owner})/Locations"))["@iot.id"] == second
        await ask("PATCH", f"Things({owner})", {"Locations": [{"@iot.id": first}]})
        assert (await only(ask, f"Things({owner})/Locations"))["@iot.id"] == first
        histories = (await ask("GET", f"Things({owner})/HistoricalLocations?$expand=Locations")).json["value"]
        assert [item["Locations"][0]["@iot.id"] for item in histories] == [first, second, first]
        device = await _device(owner)
        assert device.location is not None
        assert (device.location.x, device.location.y) == (125.3, 43.85)

    visit(program(), story)


async def _device(number: int) -> Device:
    return await Device.objects.aget(id=number)
