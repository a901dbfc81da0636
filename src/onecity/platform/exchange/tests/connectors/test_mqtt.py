"""MQTT: the broker keeps what has not landed."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.servers.mosquitto import Mosquitto

from onecity.platform.exchange.connectors.contract import NotUnderstood, Unreachable
from onecity.platform.exchange.connectors.mqtt.connector import MqttConnector
from onecity.platform.exchange.contracts.blocks import Block, Comparison, Reading, ReadRequest
from onecity.platform.exchange.contracts.places import Place
from onecity.platform.exchange.tests.connectors.people import people, rows_of, write_request

CONNECTOR = MqttConnector()


def _blocks(place: Place, topic: str, **request: object) -> Iterator[Block]:
    settings: dict[str, object] = {"columns": ("id",), "reading": Reading.BY_CURSOR, "block_rows": 50, **request}
    return CONNECTOR.read(place, ReadRequest(topic, **settings))  # type: ignore[arg-type]  # test shorthand


def _ids(place: Place, topic: str, *, landing: int = 1_000_000) -> list[int]:
    """Read, and let the first blocks land."""
    ids = []
    for number, block in enumerate(_blocks(place, topic)):
        ids += block.rows.column("id").to_pylist()
        if number < landing and block.landed is not None:
            block.landed()
    return ids


def test_check_signs_in(mqtt_place: Place) -> None:
    CONNECTOR.check(mqtt_place)


def test_a_wrong_password_is_unreachable_and_stays_out_of_the_message(mqtt_place: Place) -> None:
    with pytest.raises(Unreachable) as caught:
        CONNECTOR.check(replace(mqtt_place, secret="falsch-41"))
    assert "falsch" not in str(caught.value)


def test_nobody_at_home_is_unreachable(mqtt_place: Place) -> None:
    with pytest.raises(Unreachable):
        CONNECTOR.check(replace(mqtt_place, options={**mqtt_place.options, "port": 1}))


def test_what_comes_between_readings_is_kept(mosquitto: Mosquitto, mqtt_place: Place, topic: str) -> None:
    assert _ids(mqtt_place, topic) == []
    mosquitto.send(topic, [{"id": number} for number in range(60)])
    assert _ids(mqtt_place, topic) == list(range(60))
    assert _ids(mqtt_place, topic) == []


def test_what_has_not_landed_comes_again(mosquitto: Mosquitto, mqtt_place: Place, topic: str) -> None:
    assert _ids(mqtt_place, topic) == []
    mosquitto.send(topic, [{"id": number} for number in range(20)])
    first = next(iter(_blocks(mqtt_place, topic)))
    assert first.rows.column("id").to_pylist() == list(range(20))
    assert _ids(mqtt_place, topic) == list(range(20))


def test_a_blocks_messages_end_at_the_brokers_window(mosquitto: Mosquitto, mqtt_place: Place, topic: str) -> None:
    assert _ids(mqtt_place, topic) == []
    mosquitto.send(topic, [{"id": number} for number in range(50)])
    sizes = []
    for block in _blocks(mqtt_place, topic):
        sizes.append(block.rows.num_rows)
        assert block.landed is not None
        block.landed()
    assert sum(sizes) == 50
    assert max(sizes) <= 20


def test_people_arrive_unharmed(mosquitto: Mosquitto, mqtt_place: Place, topic: str) -> None:
    assert _ids(mqtt_place, topic) == []
    mosquitto.send(topic, people(1, 9).to_pylist())
    batches = []
    for block in _blocks(mqtt_place, topic, columns=tuple(people(1, 1).schema.names)):
        batches.append(block.rows)
        assert block.landed is not None
        block.landed()
    assert rows_of(batches) == rows_of([people(1, 9)])


def test_what_is_no_object_is_torn_and_conditions_hold(mosquitto: Mosquitto, mqtt_place: Place, topic: str) -> None:
    assert _ids(mqtt_place, topic) == []
    mosquitto.send(topic, [{"id": 1}, b"\xff{", [2], {"id": 3}])
    [block] = _blocks(mqtt_place, topic, conditions=(Comparison("id", ">", (1,)),))
    assert block.rows.to_pylist() == [{"id": 3}]
    assert [row.place for row in block.torn] == [topic, topic]


def test_numbers_of_blocks_go_on(mosquitto: Mosquitto, mqtt_place: Place, topic: str) -> None:
    assert _ids(mqtt_place, topic) == []
    mosquitto.send(topic, [{"id": 1}])
    [block] = _blocks(mqtt_place, topic, since={"n": 7})
    assert (block.number, block.after) == (8, {"n": 8})


def test_discovery_looks_at_what_the_broker_keeps_and_begins_to_collect(
    mosquitto: Mosquitto, mqtt_place: Place, topic: str
) -> None:
    mosquitto.send(topic, [{"id": 1, "name": "张三"}], retain=True)
    place = replace(mqtt_place, options={**mqtt_place.options, "topics": topic})
    [shape] = CONNECTOR.discover(place)
    assert [column.name for column in shape.columns] == ["id", "name", "_topic"]
    mosquitto.send(topic, [{"id": 2}])
    assert 2 in _ids(place, topic)


def test_a_session_outlives_the_broker(mosquitto: Mosquitto, mqtt_place: Place, topic: str) -> None:
    assert _ids(mqtt_place, topic) == []
    mosquitto.send(topic, [{"id": 1}])
    mosquitto.stop()
    mosquitto.start()
    assert _ids(mqtt_place, topic) == [1]


def test_a_broker_that_goes_away_is_unreachable(mosquitto: Mosquitto, mqtt_place: Place, topic: str) -> None:
    assert _ids(mqtt_place, topic) == []
    mosquitto.send(topic, [{"id": 1}])
    reading = _blocks(mqtt_place, topic)
    next(reading)
    mosquitto.stop()
    with pytest.raises(Unreachable):
        next(reading)
    mosquitto.start()


def test_an_impossible_topic_is_not_understood(mqtt_place: Place) -> None:
    with pytest.raises(NotUnderstood, match="a/#/b"):
        list(_blocks(mqtt_place, "a/#/b"))


def test_topics_are_only_read(mqtt_place: Place) -> None:
    with pytest.raises(NotUnderstood, match="只能读取"):
        CONNECTOR.target(mqtt_place, write_request())
