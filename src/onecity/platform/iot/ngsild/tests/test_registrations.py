"""Registrations of context sources: clauses 5.9, 5.10, 5.12."""

from typing import Any

import pytest

from onecity.platform.iot.ngsild.tests.asking import Broker

SOURCE: dict[str, Any] = {
    "id": "urn:ngsi-ld:ContextSourceRegistration:1",
    "type": "ContextSourceRegistration",
    "information": [
        {
            "entities": [{"type": "Vehicle", "id": "urn:e:a"}],
            "propertyNames": ["speed"],
            "relationshipNames": ["isParked"],
        },
        {"entities": [{"type": "OffStreetParking"}]},
    ],
    "endpoint": "http://source.example/ngsi-ld",
    "location": {"type": "Point", "coordinates": [125.3, 43.9]},
    "mode": "inclusive",
}
PATH = "/csourceRegistrations/urn:ngsi-ld:ContextSourceRegistration:1"


def test_registration_is_made_shown_changed_and_ended(broker: Broker) -> None:
    assert broker.post("/csourceRegistrations", SOURCE).status == 201
    assert broker.get(PATH).json() == SOURCE
    assert broker.post("/csourceRegistrations", SOURCE).problem == "AlreadyExists"
    assert (
        broker.patch(PATH, {"endpoint": "http://other.example/", "mode": "urn:ngsi-ld:null"}).problem
        == "BadRequestData"
    )
    assert broker.patch(PATH, {"endpoint": "http://other.example/"}).status == 204
    assert broker.get(PATH).json()["endpoint"] == "http://other.example/"
    assert broker.patch(PATH, {}).problem == "BadRequestData"
    assert broker.delete(PATH).status == 204
    assert broker.get(PATH).problem == "ResourceNotFound"
    assert broker.delete(PATH).problem == "ResourceNotFound"


def test_registration_gets_an_identifier(broker: Broker) -> None:
    made = broker.post("/csourceRegistrations", {key: value for key, value in SOURCE.items() if key != "id"})
    assert made.headers["location"].startswith(
        "/ngsi-ld/v1/csourceRegistrations/urn:ngsi-ld:ContextSourceRegistration:"
    )


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("type=Vehicle", ["Vehicle"]), ("type=OffStreetParking", ["OffStreetParking"]), ("type=Bus", []),
        ("type=Vehicle&id=urn:e:a", ["Vehicle"]), ("type=Vehicle&id=urn:e:b", []),
        ("type=Vehicle&attrs=speed", ["Vehicle"]),
        ("type=Vehicle&attrs=colour", []), ("attrs=speed", ["Vehicle", "OffStreetParking"]),
    ],
)  # fmt: skip
def test_sources_are_found_by_what_they_know(broker: Broker, how: str, expected: list[str]) -> None:
    broker.post("/csourceRegistrations", SOURCE)
    found = broker.get(f"/csourceRegistrations?{how}").json()
    assert [item["entities"][0]["type"] for source in found for item in source["information"]] == expected


def test_search_for_sources_goes_by_something(broker: Broker) -> None:
    assert broker.get("/csourceRegistrations").problem == "BadRequestData"
    assert broker.get("/csourceRegistrations?type=Vehicle&limit=0").problem == "BadRequestData"


@pytest.mark.parametrize(
    "change",
    [{"type": "x"}, {"id": "x"}, {"information": []}, {"information": [{}]}, {"endpoint": "x"}, {"mode": "x"},
     {"expiresAt": "2000-01-01T00:00:00Z"}, {"location": "x"}, {"observationInterval": {"startAt": "x"}},
     {"information": [{"entities": [{"type": 5}]}]}, {"information": [{"propertyNames": "speed"}]}],
)  # fmt: skip
def test_registration_that_breaks_a_rule_is_refused(broker: Broker, change: dict[str, Any]) -> None:
    assert broker.post("/csourceRegistrations", {**SOURCE, **change}).problem == "BadRequestData"
