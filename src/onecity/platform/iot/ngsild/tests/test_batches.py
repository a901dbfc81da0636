"""Several entities at once: clauses 5.6.7 to 5.6.10, 5.6.20, 5.2.16."""

from typing import Any

import pytest

from onecity.platform.iot.ngsild.tests.asking import ERRORS, Broker

A: dict[str, Any] = {"id": "urn:e:a", "type": "T", "speed": {"type": "Property", "value": 1}}
B: dict[str, Any] = {"id": "urn:e:b", "type": "T", "speed": {"type": "Property", "value": 2}}
OPERATIONS = "/entityOperations"


def test_batch_is_created(broker: Broker) -> None:
    made = broker.post(f"{OPERATIONS}/create", [A, B])
    assert (made.status, made.json()) == (201, ["urn:e:a", "urn:e:b"])
    assert broker.get("/entities?type=T").json() == [A, B]


def test_batch_that_partly_fails_says_so(broker: Broker) -> None:
    broker.add(A)
    partly = broker.post(f"{OPERATIONS}/create", [A, B, {"id": "urn:e:c", "type": "T", "speed": None}, 5])
    assert (partly.status, partly.json()["success"]) == (207, ["urn:e:b"])
    errors = {item["entityId"]: item["error"]["type"].removeprefix(ERRORS) for item in partly.json()["errors"]}
    assert errors == {"urn:e:a": "AlreadyExists", "urn:e:c": "BadRequestData", "": "BadRequestData"}


def test_upsert_creates_and_replaces(broker: Broker) -> None:
    broker.add({**A, "doors": 4})
    made = broker.post(f"{OPERATIONS}/upsert", [{**A, "speed": {"type": "Property", "value": 9}}, B])
    assert (made.status, made.json()) == (201, ["urn:e:b"])
    assert broker.get("/entities/urn:e:a").json() == {**A, "speed": {"type": "Property", "value": 9}}
    assert broker.post(f"{OPERATIONS}/upsert", [A, B]).status == 204


def test_upsert_may_update(broker: Broker) -> None:
    broker.add({**A, "doors": 4})
    assert (
        broker.post(f"{OPERATIONS}/upsert?options=update", [{**A, "speed": {"type": "Property", "value": 9}}]).status
        == 204
    )
    assert broker.get("/entities/urn:e:a?options=keyValues").json() == {
        "id": "urn:e:a",
        "type": "T",
        "speed": 9,
        "doors": 4,
    }


def test_later_entry_of_a_batch_wins(broker: Broker) -> None:
    twice = [A, {**A, "speed": {"type": "Property", "value": 7}}]
    assert broker.post(f"{OPERATIONS}/upsert", twice).status == 201
    assert broker.get("/entities/urn:e:a?options=keyValues").json()["speed"] == 7


def test_update_changes_what_is_there(broker: Broker) -> None:
    broker.add(A)
    partly = broker.post(f"{OPERATIONS}/update", [{"id": "urn:e:a", "speed": 5, "doors": 2}, B])
    assert (partly.status, partly.json()["success"]) == (207, ["urn:e:a"])
    assert partly.json()["errors"][0]["error"]["type"] == f"{ERRORS}ResourceNotFound"
    assert (
        broker.post(f"{OPERATIONS}/update?options=noOverwrite", [{"id": "urn:e:a", "speed": 6, "seats": 5}]).status
        == 204
    )
    assert broker.get("/entities/urn:e:a?options=keyValues").json() == {
        "id": "urn:e:a", "type": "T", "speed": 5, "doors": 2, "seats": 5
    }  # fmt: skip


def test_batch_is_merged(broker: Broker) -> None:
    broker.add({**A, "address": {"type": "Property", "value": {"city": "x", "no": 1}}})
    change = [
        {"id": "urn:e:a", "type": "T", "address": {"value": {"no": "urn:ngsi-ld:null"}}, "speed": "urn:ngsi-ld:null"}
    ]
    assert broker.post(f"{OPERATIONS}/merge", change).status == 204
    assert broker.get("/entities/urn:e:a?options=keyValues").json() == {
        "id": "urn:e:a", "type": "T", "address": {"city": "x"}
    }  # fmt: skip


def test_batch_is_deleted(broker: Broker) -> None:
    broker.add(A, B)
    partly = broker.post(f"{OPERATIONS}/delete", ["urn:e:a", "urn:e:none"])
    assert (partly.status, partly.json()["success"]) == (207, ["urn:e:a"])
    assert broker.post(f"{OPERATIONS}/delete", ["urn:e:b"]).status == 204
    assert broker.get("/entities?type=T").json() == []


@pytest.mark.parametrize("name", ["create", "upsert", "update", "merge", "delete"])
def test_batch_that_is_no_list_is_refused(broker: Broker, name: str) -> None:
    assert broker.post(f"{OPERATIONS}/{name}", {}).status == 400
    assert broker.post(f"{OPERATIONS}/{name}", []).problem == "BadRequestData"


def test_each_member_has_a_context_of_its_own(broker: Broker) -> None:
    context = {"speed": "https://example.org/speed"}
    made = broker.post(f"{OPERATIONS}/create", [{**A, "@context": context}, B], kind="application/ld+json")
    assert made.status == 207
    assert made.json()["success"] == ["urn:e:a"]
    assert "https://example.org/speed" in broker.get("/entities/urn:e:a").json()
