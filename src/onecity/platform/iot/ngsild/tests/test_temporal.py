"""Entities over time: clauses 4.5.7, 4.5.8, 4.5.19, 4.11, 5.6.11 to 5.6.16, 5.7.3, 5.7.4."""

from typing import Any

import pytest

from onecity.platform.iot.ngsild.tests.asking import Broker

HISTORY: dict[str, Any] = {
    "id": "urn:e:car",
    "type": "Vehicle",
    "speed": [
        {"type": "Property", "value": 120, "observedAt": "2020-09-01T12:03:00Z"},
        {"type": "Property", "value": 80, "observedAt": "2020-09-01T12:05:00Z"},
        {"type": "Property", "value": 100, "observedAt": "2020-09-01T13:07:00Z"},
    ],
    "fuelLevel": [
        {"type": "Property", "value": 67, "observedAt": "2020-09-01T12:03:00Z"},
        {"type": "Property", "value": 40, "observedAt": "2020-09-01T14:07:00Z", "datasetId": "urn:d:tank"},
    ],
}
PATH = "/temporal/entities/urn:e:car"


def made(broker: Broker) -> None:
    answer = broker.post("/temporal/entities", HISTORY)
    assert (answer.status, answer.headers["location"]) == (201, "/ngsi-ld/v1/temporal/entities/urn:e:car")


def values(shown: dict[str, Any], name: str = "speed") -> list[Any]:
    return [item["value"] for item in shown.get(name, [])]


def test_history_is_shown_as_it_was_sent(broker: Broker) -> None:
    made(broker)
    shown = broker.get(PATH).json()
    for name in ("speed", "fuelLevel"):
        assert [{key: item[key] for key in item if key != "instanceId"} for item in shown[name]] == HISTORY[name]
        assert all(item["instanceId"].startswith("urn:ngsi-ld:") for item in shown[name])
    assert "createdAt" in broker.get(f"{PATH}?options=sysAttrs").json()["speed"][0]


def test_history_does_not_make_an_entity(broker: Broker) -> None:
    made(broker)
    assert broker.get("/entities/urn:e:car").problem == "ResourceNotFound"


def test_second_history_adds_to_the_first(broker: Broker) -> None:
    made(broker)
    more = {"id": "urn:e:car", "type": "Vehicle", "speed": [{"value": 5, "observedAt": "2020-09-02T00:00:00Z"}]}
    assert broker.post("/temporal/entities", more).status == 204
    assert values(broker.get(PATH).json()) == [120, 80, 100, 5]


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("timerel=after&timeAt=2020-09-01T12:05:00Z", [80, 100]),
        ("timerel=before&timeAt=2020-09-01T12:05:00Z", [120]),
        ("timerel=between&timeAt=2020-09-01T12:04:00Z&endTimeAt=2020-09-01T13:00:00Z", [80]),
        ("timerel=after&timeAt=2030-09-01T12:05:00Z", []),
        ("lastN=2", [100, 80]),
        ("lastN=1&timerel=before&timeAt=2020-09-01T13:00:00Z", [80]),
        ("timerel=after&timeAt=2020-09-01T12:05:00Z&timeproperty=createdAt", [120, 80, 100]),
    ],
)
def test_stretch_of_time_is_shown(broker: Broker, how: str, expected: list[int]) -> None:
    made(broker)
    assert values(broker.get(f"{PATH}?{how}").json()) == expected


@pytest.mark.parametrize(
    "how",
    ["timerel=after", "timerel=during&timeAt=2020-09-01T12:05:00Z", "timeAt=2020-09-01T12:05:00Z",
     "timerel=between&timeAt=2020-09-01T12:05:00Z", "lastN=0", "lastN=x", "timeproperty=someday",
     "timerel=after&timeAt=yesterday", "options=aggregatedValues", "options=aggregatedValues&aggrMethods=median",
     "options=aggregatedValues&aggrMethods=avg&aggrPeriodDuration=hour"],
)  # fmt: skip
def test_stretch_that_is_none_is_refused(broker: Broker, how: str) -> None:
    made(broker)
    assert broker.get(f"{PATH}?{how}").problem == "BadRequestData"


def test_values_are_shown_as_pairs(broker: Broker) -> None:
    made(broker)
    shown = broker.get(f"{PATH}?options=temporalValues").json()
    assert shown["speed"] == {
        "type": "Property",
        "values": [[120, "2020-09-01T12:03:00Z"], [80, "2020-09-01T12:05:00Z"], [100, "2020-09-01T13:07:00Z"]],
    }
    assert shown["fuelLevel"][1] == {
        "type": "Property", "values": [[40, "2020-09-01T14:07:00Z"]], "datasetId": "urn:d:tank"
    }  # fmt: skip


def test_figures_are_shown_for_stretches(broker: Broker) -> None:
    made(broker)
    how = "timerel=between&timeAt=2020-09-01T12:00:00Z&endTimeAt=2020-09-01T14:00:00Z&options=aggregatedValues"
    hourly = broker.get(f"{PATH}?{how}&aggrMethods=max,avg,min,sum,totalCount&aggrPeriodDuration=PT1H").json()["speed"]
    first, second = ("2020-09-01T12:00:00Z", "2020-09-01T13:00:00Z"), ("2020-09-01T13:00:00Z", "2020-09-01T14:00:00Z")
    assert hourly == {
        "type": "Property",
        "max": [[120, *first], [100, *second]],
        "avg": [[100, *first], [100, *second]],
        "min": [[80, *first], [100, *second]],
        "sum": [[200, *first], [100, *second]],
        "totalCount": [[2, *first], [1, *second]],
    }
    whole = broker.get(f"{PATH}?{how}&aggrMethods=distinctCount,stddev,sumsq").json()["speed"]
    assert whole["distinctCount"] == [[3, "2020-09-01T12:00:00Z", "2020-09-01T14:00:00Z"]]
    assert whole["sumsq"][0][0] == 120**2 + 80**2 + 100**2
    assert whole["stddev"][0][0] == pytest.approx(16.32993)


def test_histories_are_found(broker: Broker) -> None:
    made(broker)
    broker.post(
        "/temporal/entities",
        {**HISTORY, "id": "urn:e:other", "speed": [{"value": 3, "observedAt": "2021-01-01T00:00:00Z"}]},
    )
    ask = "/temporal/entities?type=Vehicle&timerel=after&timeAt=2020-09-01T12:04:00Z"
    assert broker.get(ask).ids() == ["urn:e:car", "urn:e:other"]
    assert values(broker.get(ask).json()[0]) == [80, 100]
    assert broker.get(f"{ask}&q=speed<50").ids() == ["urn:e:other"]
    assert broker.get(f"{ask}&q=speed>90").ids() == ["urn:e:car"]
    assert broker.get(f"{ask}&id=urn:e:other").ids() == ["urn:e:other"]
    assert broker.get(f"{ask}&idPattern=car").ids() == ["urn:e:car"]
    assert broker.get(f"{ask}&attrs=fuelLevel").ids() == ["urn:e:car", "urn:e:other"]
    assert broker.get(f"{ask}&attrs=none").ids() == []
    page = broker.get(f"{ask}&limit=1&count=true")
    assert (len(page.json()), page.headers["NGSILD-Results-Count"]) == (1, "2")
    assert broker.get("/temporal/entities?type=Vehicle").problem == "BadRequestData"
    assert broker.get("/temporal/entities?timerel=after&timeAt=2020-09-01T12:04:00Z").problem == "BadRequestData"
    body = {
        "type": "Query",
        "entities": [{"type": "Vehicle"}],
        "temporalQ": {"timerel": "before", "timeAt": "2020-10-01T00:00:00Z"},
    }
    assert broker.post("/temporal/entityOperations/query", body).ids() == ["urn:e:car", "urn:e:other"]
    assert broker.post("/temporal/entityOperations/query", {"type": "Query"}).problem == "BadRequestData"


def test_attributes_and_instances_are_mended(broker: Broker) -> None:
    made(broker)
    more = {"speed": [{"value": 5, "observedAt": "2020-09-02T00:00:00Z"}]}
    assert broker.post(f"{PATH}/attrs", more).status == 204
    instance = broker.get(PATH).json()["speed"][-1]["instanceId"]
    assert broker.patch(f"{PATH}/attrs/speed/{instance}", {"speed": [{"value": 6}]}).status == 204
    assert broker.patch(f"{PATH}/attrs/speed/{instance}", {"observedAt": "2020-09-03T00:00:00Z"}).status == 204
    last = broker.get(PATH).json()["speed"][-1]
    assert (last["value"], last["observedAt"]) == (6, "2020-09-03T00:00:00Z")
    assert broker.delete(f"{PATH}/attrs/speed/{instance}").status == 204
    assert values(broker.get(PATH).json()) == [120, 80, 100]
    assert broker.delete(f"{PATH}/attrs/speed/{instance}").problem == "ResourceNotFound"
    assert broker.patch(f"{PATH}/attrs/speed/nouri", {"value": 1}).problem == "BadRequestData"
    assert broker.delete(f"{PATH}/attrs/fuelLevel?datasetId=urn:d:tank").status == 204
    assert values(broker.get(PATH).json(), "fuelLevel") == [67]
    assert broker.delete(f"{PATH}/attrs/speed?deleteAll=true").status == 204
    assert "speed" not in broker.get(PATH).json()
    assert broker.delete(f"{PATH}/attrs/speed").problem == "ResourceNotFound"
    assert broker.post("/temporal/entities/urn:e:none/attrs", more).problem == "ResourceNotFound"
    assert broker.delete(PATH).status == 204
    assert broker.get(PATH).problem == "ResourceNotFound"
    assert broker.delete(PATH).problem == "ResourceNotFound"


def test_changes_of_an_entity_become_its_history(broker: Broker) -> None:
    broker.add(
        {
            "id": "urn:e:car",
            "type": "Vehicle",
            "speed": {"value": 1, "observedAt": "2020-01-01T00:00:00Z"},
            "brand": "x",
        }
    )
    broker.patch("/entities/urn:e:car/attrs/speed", {"value": 2, "observedAt": "2020-01-02T00:00:00Z"})
    broker.patch("/entities/urn:e:car", {"speed": {"value": 3, "observedAt": "2020-01-03T00:00:00Z"}})
    assert values(broker.get(PATH).json()) == [1, 2, 3]
    assert values(broker.get(f"{PATH}?timeproperty=modifiedAt").json(), "brand") == ["x"]
    broker.delete("/entities/urn:e:car/attrs/brand")
    gone = broker.get(f"{PATH}?timeproperty=deletedAt").json()["brand"]
    assert gone[0]["value"] == "urn:ngsi-ld:null"
    assert "deletedAt" in gone[0]
    broker.delete("/entities/urn:e:car")
    assert values(broker.get(PATH).json()) == [1, 2, 3]
    assert "deletedAt" in broker.get(f"{PATH}?options=sysAttrs").json()


def test_history_that_breaks_a_rule_is_refused(broker: Broker) -> None:
    wrongs: list[dict[str, Any]] = [{"speed": []}, {"speed": [5, None]}, {"id": "x"}, {"type": []}]
    for wrong in wrongs:
        assert broker.post("/temporal/entities", {**HISTORY, **wrong}).problem == "BadRequestData"
    assert broker.get(PATH).problem == "ResourceNotFound"
