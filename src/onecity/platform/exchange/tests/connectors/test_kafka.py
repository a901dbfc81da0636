"""Kafka: offsets as positions, and blocks that land once."""

import json
from dataclasses import replace

import pytest
from confluent_kafka import Consumer, TopicPartition
from tests.servers.kafka import Kafka

from onecity.platform.exchange.connectors.contract import NotUnderstood, Target
from onecity.platform.exchange.connectors.kafka.connector import KafkaConnector
from onecity.platform.exchange.contracts.blocks import Loading, Reading
from onecity.platform.exchange.contracts.places import Place
from onecity.platform.exchange.rules.sums import Sums
from onecity.platform.exchange.tests.connectors.people import NAMES, blocks, people, read, read_rows, rows_of, write_request

CONNECTOR = KafkaConnector()


def test_partitions_are_read_one_behind_the_other(kafka: Kafka, kafka_place: Place, topic: str) -> None:
    kafka.send(topic, [{"id": number} for number in range(5)], partition=2)
    kafka.send(topic, [{"id": number} for number in range(5, 9)], partition=0)
    found = read(CONNECTOR, kafka_place, topic, columns=("id", "_partition", "_offset"))
    assert [block.rows.column("id").to_pylist() for block in found] == [[5, 6, 7, 8], [0, 1, 2, 3, 4]]
    assert found[0].rows.column("_partition").to_pylist() == [0] * 4
    assert found[1].rows.column("_offset").to_pylist() == list(range(5))


def test_the_next_run_takes_only_what_came_since(kafka: Kafka, kafka_place: Place, topic: str) -> None:
    kafka.send(topic, [{"id": 1}], partition=0)
    [block] = read(CONNECTOR, kafka_place, topic, columns=("id",), reading=Reading.BY_CURSOR, cursor="_offset")
    assert read(CONNECTOR, kafka_place, topic, columns=("id",), since=block.after) == []
    kafka.send(topic, [{"id": 2}], partition=3)
    [block] = read(CONNECTOR, kafka_place, topic, columns=("id",), since=block.after)
    assert block.rows.to_pylist() == [{"id": 2}]


def test_what_is_no_object_is_torn(kafka: Kafka, kafka_place: Place, topic: str) -> None:
    kafka.send(topic, [{"id": 1}, b"{torn", b"\xff\xfe", [1], {"id": 2}], partition=0)
    [block] = read(CONNECTOR, kafka_place, topic, columns=("id",))
    assert block.rows.to_pylist() == [{"id": 1}, {"id": 2}]
    assert [row.place for row in block.torn] == [f"{topic}[0]@{number}" for number in (1, 2, 3)]
    assert block.torn[0].text == "{torn"


def test_an_offset_that_the_topic_never_had_is_not_understood(kafka: Kafka, kafka_place: Place, topic: str) -> None:
    kafka.send(topic, [{"id": 1}], partition=0)
    with pytest.raises(NotUnderstood, match="读取位置"):
        read(CONNECTOR, kafka_place, topic, columns=("id",), since={"n": 1, "p0": 99})


def test_discovery_without_names_lists_every_topic(kafka: Kafka, kafka_place: Place, topic: str) -> None:
    kafka.send(topic, [{"id": 1, "name": "张三"}], partition=0)
    shape = next(shape for shape in CONNECTOR.discover(kafka_place) if shape.name == topic)
    assert [column.name for column in shape.columns][:2] == ["id", "name"]


def test_a_block_lands_once_and_the_run_is_remembered(kafka: Kafka, kafka_place: Place, topic: str) -> None:
    kafka.send(topic, [{"id": 0}], partition=0)
    with _target(kafka_place, topic) as target:
        assert target.prepare().block == 0
        for block in (*blocks(count=2), *blocks(count=2)):
            target.land(block)
    with _target(kafka_place, topic) as target:
        landed = target.prepare()
        assert (landed.block, landed.counts.landed, landed.applied) == (2, 20, False)
        assert dict(landed.after or {}) == {"at": '{"n": 2}', "tally": "{}"}
        for block in blocks(count=3):
            target.land(block)
        counts = target.apply()
        assert target.apply() == counts
        target.discard()
    with _target(kafka_place, topic) as target:
        assert target.prepare().applied
        assert target.apply() == counts
    assert counts.landed == counts.inserted == 30
    rows = [row for row in _written(kafka, topic) if row["id"] != 0]
    assert sorted(row["id"] for row in rows) == list(range(1, 31))


def test_sums_are_over_the_runs_own_messages(kafka: Kafka, kafka_place: Place, topic: str) -> None:
    kafka.send(topic, people(100, 3).to_pylist(), partition=0)
    sent = Sums()
    with _target(kafka_place, topic) as target:
        target.prepare()
        for block in blocks():
            sent.add(block.rows)
            target.land(block)
        kafka.send(topic, people(200, 3).to_pylist(), partition=0)
        target.apply()
        assert target.sums(NAMES) == sent.result()


def test_what_was_written_reads_the_same(kafka: Kafka, kafka_place: Place, topic: str) -> None:
    kafka.send(topic, people(1, 1).to_pylist(), partition=0)
    with _target(kafka_place, topic) as target:
        target.prepare()
        target.land(replace(next(iter(blocks())), rows=people(2, 9)))
        target.apply()
    assert read_rows(CONNECTOR, kafka_place, topic) == rows_of([people(1, 10)])


def test_a_missing_column_is_not_understood(kafka: Kafka, kafka_place: Place, topic: str) -> None:
    kafka.send(topic, [{"id": 0}], partition=0)
    with _target(kafka_place, topic) as target:
        target.prepare()
        with pytest.raises(NotUnderstood, match="income"):
            target.land(replace(next(iter(blocks())), rows=people(1, 1).drop_columns(["income"])))


def test_an_unknown_topic_cannot_be_written(kafka_place: Place) -> None:
    with _target(kafka_place, "nowhere") as target, pytest.raises(NotUnderstood, match="nowhere"):
        target.prepare()


def test_topics_are_only_appended_to(kafka_place: Place) -> None:
    with pytest.raises(NotUnderstood, match="只能追加"):
        CONNECTOR.target(kafka_place, write_request(loading=Loading.MERGE))


def _target(place: Place, topic: str) -> Target:
    return CONNECTOR.target(place, write_request(run=f"run-{topic}", table=topic, loading=Loading.APPEND))


def _written(kafka: Kafka, topic: str) -> list[dict[str, int]]:
    client = Consumer({"bootstrap.servers": kafka.address, "group.id": "test", "enable.partition.eof": True, "log_level": 0})
    client.assign([TopicPartition(topic, number, 0) for number in range(4)])
    rows, ended = [], 0
    while ended < 4:
        message = client.poll(10)
        if message.error():
            ended += 1
        else:
            rows.append(json.loads(message.value()))
    client.close()
    return rows
