"""Single entities: clauses 5.6.1 to 5.6.6, 5.6.17 to 5.6.19, 5.7.1."""

from typing import Any

from onecity.platform.iot.ngsild.tests.asking import LINK, Broker

CAR = {
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
