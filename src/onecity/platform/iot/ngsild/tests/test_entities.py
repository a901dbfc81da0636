"""Single entities: clauses 5.6.1 to 5.6.6, 5.6.17 to 5.6.19, 5.7.1."""

from typing import Any
from urllib.parse import unquote

import pytest

from onecity.platform.iot.ngsild.tests.asking import LINK, Broker

CAR: dict[str, Any] = {
    "id": "urn:ngsi-ld:Vehicle:A1",
    "type": "Vehicle",
    "brandName": {"type": "Property", "value": "Mercedes"},
    "speed": {
        "type": "Property", "value": 55, "unitCode": "KMH", "observedAt": "2026-03-10T04:00:00Z",
        "source": {"type": "Property", "value": "Speedometer"},
    },
    "isParked": {"type": "Relationship", "object": "urn:ngsi-ld:OffStreetParking:Downtown1"},
    "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [125.32, 43.88]}},
}  # fmt: skip
CONTEXT = {"Vehicle": "https://example.org/cars#Vehicle", "speed": "https://example.org/cars#speed"}


def car(**changes: Any) -> dict[str, Any]:
    return {**CAR, **changes}


def test_created_entity_is_retrieved_as_it_was_sent(broker: Broker) -> None:
    made = broker.post("/entities", CAR)
    assert (made.status, made.headers["location"]) == (201, "/ngsi-ld/v1/entities/urn:ngsi-ld:Vehicle:A1")
    shown = broker.get("/entities/urn:ngsi-ld:Vehicle:A1")
    assert (shown.status, shown.json()) == (200, CAR)
    assert "ngsi-ld-core-context" in shown.headers["link"]


def test_second_entity_of_an_identifier_is_a_conflict(broker: Broker) -> None:
    broker.add(CAR)
    again = broker.post("/entities", CAR)
    assert (again.status, again.problem) == (409, "AlreadyExists")


def test_location_percent_encodes_an_identifier(broker: Broker) -> None:
    made = broker.post("/entities", car(id="https://example.org/cars/a?b=c"))
    assert made.headers["location"] == "/ngsi-ld/v1/entities/https:%2F%2Fexample.org%2Fcars%2Fa%3Fb%3Dc"
    assert broker.get("/entities/https://example.org/cars/a?b=c").status == 400
    assert broker.get("/entities/https://example.org/cars/none").problem == "ResourceNotFound"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"id": "no uri"}, "BadRequestData"),
        ({"id": 5}, "BadRequestData"),
        ({"type": None}, "BadRequestData"),
        ({"type": []}, "BadRequestData"),
        ({"type": "a b"}, "BadRequestData"),
        ({"speed": None}, "BadRequestData"),
        ({"speed": {"type": "Property"}}, "BadRequestData"),
        ({"speed": {"type": "Property", "value": None}}, "BadRequestData"),
        ({"speed": {"type": "Property", "value": "urn:ngsi-ld:null"}}, "BadRequestData"),
        ({"speed": "urn:ngsi-ld:null"}, "BadRequestData"),
        ({"speed": {"type": "Property", "object": "urn:a:b"}}, "BadRequestData"),
        ({"speed": {"type": "Speed", "value": 1}}, "BadRequestData"),
        ({"speed": {"type": "Property", "value": 1, "observedAt": "yesterday"}}, "BadRequestData"),
        ({"speed": {"type": "Property", "value": 1, "observedAt": "2026-03-10T04:00:00"}}, "BadRequestData"),
        ({"speed": {"type": "Property", "value": 1, "unitCode": 3}}, "BadRequestData"),
        ({"speed": {"type": "Property", "value": 1, "datasetId": "x"}}, "BadRequestData"),
        ({"speed": []}, "BadRequestData"),
        ({"speed": [{"type": "Property", "value": 1}, {"type": "Property", "value": 2}]}, "BadRequestData"),
        ({"isParked": {"type": "Relationship", "object": "no uri"}}, "BadRequestData"),
        ({"isParked": {"type": "Relationship", "object": []}}, "BadRequestData"),
        ({"location": {"type": "GeoProperty", "value": "here"}}, "BadRequestData"),
        ({"location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [200, 0]}}}, "BadRequestData"),
        ({"location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [1]}}}, "BadRequestData"),
        ({"location": {"type": "GeoProperty", "value": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}}},
         "BadRequestData"),
        ({"name": {"type": "LanguageProperty", "languageMap": "x"}}, "BadRequestData"),
        ({"name": {"type": "LanguageProperty", "languageMap": {"en": 5}}}, "BadRequestData"),
        ({"kind": {"type": "VocabProperty", "vocab": 5}}, "BadRequestData"),
        ({"items": {"type": "ListProperty", "valueList": 5}}, "BadRequestData"),
        ({"bad(name": {"type": "Property", "value": 1}}, "BadRequestData"),
        ({"scope": "/a b"}, "BadRequestData"),
    ],
)  # fmt: skip
def test_entity_that_breaks_a_rule_is_refused(broker: Broker, changes: dict[str, Any], problem: str) -> None:
    answer = broker.post("/entities", {key: value for key, value in car(**changes).items() if key != "x"})
    assert (answer.status, answer.problem) == (400, problem)
    assert broker.get("/entities?type=Vehicle").json() == []


@pytest.mark.parametrize("body", [b"", b"{", b"[}"])
def test_body_that_is_no_json_is_an_invalid_request(broker: Broker, body: bytes) -> None:
    answer = broker.post("/entities", body)
    assert (answer.status, answer.problem) == (400, "InvalidRequest")


def test_every_type_of_attribute_comes_back(broker: Broker) -> None:
    attributes = {
        "street": {"type": "LanguageProperty", "languageMap": {"fr": "Grand Place", "nl": "Grote Markt"}},
        "kind": {"type": "VocabProperty", "vocab": "commercial"},
        "config": {"type": "JsonProperty", "json": {"a": [1, {"b": None}]}},
        "levels": {"type": "ListProperty", "valueList": [1, 2, 2]},
        "owners": {"type": "ListRelationship", "objectList": [{"object": "urn:a:1"}, {"object": "urn:a:2"}]},
        "near": {"type": "Relationship", "object": ["urn:a:1", "urn:a:2"], "objectType": "Store"},
        "built": {"type": "Property", "value": {"@type": "DateTime", "@value": "2020-01-01T00:00:00Z"}},
    }
    broker.add({"id": "urn:a:x", "type": "Building", **attributes})
    assert broker.get("/entities/urn:a:x").json() == {"id": "urn:a:x", "type": "Building", **attributes}


def test_concise_and_simplified_forms_are_shown(broker: Broker) -> None:
    broker.add(CAR)
    concise = broker.get("/entities/urn:ngsi-ld:Vehicle:A1?options=concise").json()
    assert concise["brandName"] == "Mercedes"
    assert concise["speed"] == {
        "value": 55, "unitCode": "KMH", "observedAt": "2026-03-10T04:00:00Z", "source": "Speedometer"
    }  # fmt: skip
    assert concise["location"] == {"type": "Point", "coordinates": [125.32, 43.88]}
    assert concise["isParked"] == {"object": "urn:ngsi-ld:OffStreetParking:Downtown1"}
    for how in ("options=keyValues", "options=simplified", "format=simplified"):
        simple = broker.get(f"/entities/urn:ngsi-ld:Vehicle:A1?{how}").json()
        assert (simple["speed"], simple["isParked"]) == (55, "urn:ngsi-ld:OffStreetParking:Downtown1")


def test_concise_and_simplified_forms_are_read(broker: Broker) -> None:
    broker.add({
        "id": "urn:a:1", "type": "Vehicle", "speed": {"value": 5, "unitCode": "KMH"}, "brand": "x",
        "isParked": {"object": "urn:a:p"}, "location": {"type": "Point", "coordinates": [1, 2]},
        "text": {"languageMap": {"en": "a"}}, "list": [1, 2],
    })  # fmt: skip
    kinds = {
        key: value["type"] for key, value in broker.get("/entities/urn:a:1").json().items() if isinstance(value, dict)
    }
    assert kinds == {
        "speed": "Property", "brand": "Property", "isParked": "Relationship", "location": "GeoProperty",
        "text": "LanguageProperty", "list": "Property",
    }  # fmt: skip
    simple = {"id": "urn:a:2", "type": "Vehicle", "speed": 5, "place": {"type": "Point", "coordinates": [1, 2]}}
    assert broker.post("/entities?options=keyValues", simple).status == 201
    assert broker.get("/entities/urn:a:2?options=keyValues").json() == simple


def test_system_attributes_are_shown_on_demand(broker: Broker) -> None:
    broker.add(CAR)
    shown = broker.get("/entities/urn:ngsi-ld:Vehicle:A1?options=sysAttrs").json()
    assert shown["createdAt"] == shown["modifiedAt"] == shown["speed"]["createdAt"] == shown["speed"]["modifiedAt"]


def test_language_of_an_answer_is_chosen(broker: Broker) -> None:
    broker.add(
        {"id": "urn:a:1", "type": "T", "street": {"type": "LanguageProperty", "languageMap": {"fr": "a", "nl": "b"}}}
    )
    shown = broker.get("/entities/urn:a:1?lang=nl-BE,fr;q=0.5").json()
    assert shown["street"] == {"type": "Property", "value": "b", "lang": "nl"}
    assert broker.get("/entities/urn:a:1?lang=fr&options=keyValues").json()["street"] == "a"


def test_geojson_is_shown(broker: Broker) -> None:
    broker.add(CAR)
    shown = broker.get("/entities/urn:ngsi-ld:Vehicle:A1?options=keyValues", accept="application/geo+json")
    assert shown.headers["content-type"] == "application/geo+json"
    assert shown.json()["type"] == "Feature"
    assert shown.json()["geometry"] == {"type": "Point", "coordinates": [125.32, 43.88]}
    assert shown.json()["properties"]["speed"] == 55
    other = broker.get(
        "/entities/urn:ngsi-ld:Vehicle:A1?geometryProperty=observationSpace", accept="application/geo+json"
    )
    assert other.json()["geometry"] is None


def test_members_are_picked_and_omitted(broker: Broker) -> None:
    broker.add(CAR)
    path = "/entities/urn:ngsi-ld:Vehicle:A1"
    assert set(broker.get(f"{path}?attrs=speed").json()) == {"id", "type", "speed"}
    assert set(broker.get(f"{path}?pick=id,speed").json()) == {"id", "speed"}
    assert set(broker.get(f"{path}?omit=speed,type,location").json()) == {"id", "brandName", "isParked"}
    assert broker.get(f"{path}?attrs=none").problem == "ResourceNotFound"
    assert broker.get(f"{path}?attrs=speed&pick=id").problem == "BadRequestData"


def test_datasets_stand_beside_each_other(broker: Broker) -> None:
    several = [
        {"type": "Property", "value": 1},
        {"type": "Property", "value": 2, "datasetId": "urn:d:gps"},
        {"type": "Property", "value": 3, "datasetId": "urn:d:wheel"},
    ]
    broker.add({"id": "urn:a:1", "type": "T", "speed": several})
    assert broker.get("/entities/urn:a:1").json()["speed"] == several
    assert broker.get("/entities/urn:a:1?datasetId=urn:d:gps").json()["speed"] == several[1]
    assert broker.get("/entities/urn:a:1?datasetId=@none,urn:d:wheel").json()["speed"] == [several[0], several[2]]
    assert broker.get("/entities/urn:a:1?options=keyValues").json()["speed"] == {
        "dataset": {"@none": 1, "urn:d:gps": 2, "urn:d:wheel": 3}
    }
    assert broker.delete("/entities/urn:a:1/attrs/speed?datasetId=urn:d:gps").status == 204
    assert broker.get("/entities/urn:a:1").json()["speed"] == [several[0], several[2]]
    assert broker.delete("/entities/urn:a:1/attrs/speed").status == 204
    assert broker.get("/entities/urn:a:1").json()["speed"] == several[2]
    assert broker.delete("/entities/urn:a:1/attrs/speed").problem == "ResourceNotFound"
    assert broker.delete("/entities/urn:a:1/attrs/speed?deleteAll=true").status == 204


def test_appending_replaces_or_leaves(broker: Broker) -> None:
    broker.add(CAR)
    path = "/entities/urn:ngsi-ld:Vehicle:A1"
    assert broker.post(f"{path}/attrs", {"speed": 80, "colour": "red"}).status == 204
    left = broker.post(f"{path}/attrs?options=noOverwrite", {"speed": 90, "doors": 4})
    assert (left.status, left.json()) == (
        207, {"updated": ["doors"], "notUpdated": [{"attributeName": "speed", "reason": "attribute exists already"}]}
    )  # fmt: skip
    simple = broker.get(f"{path}?options=keyValues").json()
    assert (simple["speed"], simple["colour"], simple["doors"]) == (80, "red", 4)
    assert broker.post("/entities/urn:a:none/attrs", {"speed": 1}).problem == "ResourceNotFound"
    assert broker.post(f"{path}/attrs", {}).problem == "BadRequestData"


def test_appending_adds_types(broker: Broker) -> None:
    broker.add(CAR)
    assert broker.post("/entities/urn:ngsi-ld:Vehicle:A1/attrs", {"type": ["Vehicle", "Taxi"]}).status == 204
    assert broker.get("/entities/urn:ngsi-ld:Vehicle:A1").json()["type"] == ["Vehicle", "Taxi"]


def test_updating_changes_only_what_is_there(broker: Broker) -> None:
    broker.add(CAR)
    path = "/entities/urn:ngsi-ld:Vehicle:A1"
    partly = broker.patch(f"{path}/attrs", {"speed": {"type": "Property", "value": 7}, "doors": 4})
    assert (partly.status, partly.json()["updated"]) == (207, ["speed"])
    assert partly.json()["notUpdated"][0]["attributeName"] == "doors"
    shown = broker.get(path).json()
    assert shown["speed"] == {"type": "Property", "value": 7}
    assert "doors" not in shown
    assert broker.patch(f"{path}/attrs", {"brandName": "urn:ngsi-ld:null"}).status == 204
    assert "brandName" not in broker.get(path).json()


def test_partial_update_keeps_other_members(broker: Broker) -> None:
    broker.add(CAR)
    path = "/entities/urn:ngsi-ld:Vehicle:A1"
    assert broker.patch(f"{path}/attrs/speed", {"value": 60, "observedAt": "2026-03-10T05:00:00Z"}).status == 204
    assert broker.get(path).json()["speed"] == {
        **CAR["speed"], "value": 60, "observedAt": "2026-03-10T05:00:00Z"
    }  # fmt: skip
    assert (
        broker.patch(f"{path}/attrs/speed", {"type": "Relationship", "object": "urn:a:b"}).problem == "BadRequestData"
    )
    assert broker.patch(f"{path}/attrs/none", {"value": 1}).problem == "ResourceNotFound"
    assert broker.patch(f"{path}/attrs/speed", {"value": 1, "datasetId": "urn:d:1"}).problem == "ResourceNotFound"


def test_attribute_is_replaced_whole(broker: Broker) -> None:
    broker.add(CAR)
    path = "/entities/urn:ngsi-ld:Vehicle:A1"
    assert broker.put(f"{path}/attrs/speed", {"type": "Property", "value": 9}).status == 204
    assert broker.get(path).json()["speed"] == {"type": "Property", "value": 9}
    assert broker.put(f"{path}/attrs/none", {"type": "Property", "value": 9}).problem == "ResourceNotFound"


def test_merging_goes_deep_and_null_deletes(broker: Broker) -> None:
    broker.add(car(address={"type": "Property", "value": {"city": "长春", "road": {"name": "人民大街", "no": 1}}}))
    path = "/entities/urn:ngsi-ld:Vehicle:A1"
    change = {
        "address": {"value": {"road": {"no": "urn:ngsi-ld:null", "side": "east"}}},
        "brandName": "urn:ngsi-ld:null",
        "speed": {"value": 61, "source": "urn:ngsi-ld:null", "accuracy": {"value": 2}},
        "doors": {"value": 4},
    }
    assert broker.patch(path, change, kind="application/merge-patch+json").status == 204
    shown = broker.get(path).json()
    assert shown["address"]["value"] == {"city": "长春", "road": {"name": "人民大街", "side": "east"}}
    assert "brandName" not in shown
    assert shown["speed"] == {
        "type": "Property", "value": 61, "unitCode": "KMH", "observedAt": "2026-03-10T04:00:00Z",
        "accuracy": {"type": "Property", "value": 2},
    }  # fmt: skip
    assert shown["doors"] == {"type": "Property", "value": 4}


def test_merging_bare_values_keeps_types(broker: Broker) -> None:
    broker.add(car(street={"type": "LanguageProperty", "languageMap": {"en": "a", "fr": "b"}}))
    path = "/entities/urn:ngsi-ld:Vehicle:A1"
    change = {"street": "c", "isParked": "urn:a:other", "speed": 1}
    assert broker.patch(f"{path}?options=keyValues&lang=fr&observedAt=2026-03-10T06:00:00Z", change).status == 204
    shown = broker.get(path).json()
    assert shown["street"]["languageMap"] == {"en": "a", "fr": "c"}
    assert shown["isParked"] == {"type": "Relationship", "object": "urn:a:other"}
    assert shown["speed"]["observedAt"] == "2026-03-10T06:00:00Z"
    assert broker.patch(path, {"speed": {"type": "Relationship", "object": "urn:a:b"}}).problem == "BadRequestData"


def test_replacing_an_entity_keeps_its_creation(broker: Broker) -> None:
    broker.add(CAR)
    path = "/entities/urn:ngsi-ld:Vehicle:A1"
    created = broker.get(f"{path}?options=sysAttrs").json()["createdAt"]
    assert broker.put(path, {"type": "Vehicle", "doors": 4}).status == 204
    shown = broker.get(f"{path}?options=sysAttrs").json()
    assert (set(shown), shown["createdAt"]) == ({"id", "type", "doors", "createdAt", "modifiedAt"}, created)
    assert broker.put(path, {"id": "urn:a:other", "type": "Vehicle"}).problem == "BadRequestData"
    assert broker.put("/entities/urn:a:none", {"type": "Vehicle", "doors": 4}).problem == "ResourceNotFound"


def test_deleted_entity_is_gone(broker: Broker) -> None:
    broker.add(CAR)
    assert broker.delete("/entities/urn:ngsi-ld:Vehicle:A1").status == 204
    assert broker.get("/entities/urn:ngsi-ld:Vehicle:A1").problem == "ResourceNotFound"
    assert broker.delete("/entities/urn:ngsi-ld:Vehicle:A1").problem == "ResourceNotFound"
    assert broker.delete("/entities/nouri").problem == "BadRequestData"


def test_names_are_of_the_context(broker: Broker) -> None:
    broker.add({"@context": CONTEXT, **CAR})
    plain = broker.get("/entities/urn:ngsi-ld:Vehicle:A1").json()
    assert plain["type"] == "https://example.org/cars#Vehicle"
    assert "https://example.org/cars#speed" in plain
    made = broker.post("/jsonldContexts", {"@context": CONTEXT}, kind="application/ld+json")
    url = f"http://city.example{made.headers['location']}"
    shown = broker.get("/entities/urn:ngsi-ld:Vehicle:A1", link=LINK.format(url))
    assert (shown.json(), shown.headers["link"]) == (CAR, LINK.format(url))
    linked = broker.get("/entities/urn:ngsi-ld:Vehicle:A1", link=LINK.format(url), accept="application/ld+json").json()
    assert linked["@context"][0] == url
    iri = "https%3A%2F%2Fexample.org%2Fcars%23speed"
    assert broker.delete(f"/entities/urn:ngsi-ld:Vehicle:A1/attrs/{unquote(iri)}").status == 204
