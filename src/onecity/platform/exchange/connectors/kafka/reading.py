"""Messages out of a topic, one partition behind the other, up to where each ended when reading began."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from confluent_kafka import Consumer, KafkaError, Message, TopicPartition

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.columns import Cell
from onecity.platform.exchange.connectors.contract import NotUnderstood, Unreachable
from onecity.platform.exchange.connectors.kafka.session import bounds, reason, translated
from onecity.platform.exchange.contracts.blocks import TornRow

SILENCE_S: Final = 30
_SHOWN: Final = 200
Row = Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Span:
    """The offsets of one partition that are to be read: from first up to, without, end."""

    partition: int
    first: int
    end: int


def spans(client: Consumer, topic: str, partitions: Sequence[int], since: Mapping[str, object]) -> list[Span]:
    """Return what is to be read. Raises: NotUnderstood where a position is no longer, or never was, in the topic."""
    found = []
    for partition in partitions:
        low, high = bounds(client, topic, partition)
        told = since.get(f"p{partition}")
        first = low if told is None else int(str(told))
        if told is not None and not low <= first <= high:
            raise NotUnderstood(zh("主题“{topic}”的读取位置已不存在，请重新全量读取"), params={"topic": topic})
        found.append(Span(partition, first, high))
    return found


def messages(client: Consumer, topic: str, span: Span, *, at_most: int) -> Iterator[list[Message]]:
    """Yield the messages of a span in lots. Raises: Unreachable when the cluster falls silent."""
    if span.first >= span.end:
        return
    with translated():
        client.assign([TopicPartition(topic, span.partition, span.first)])
    lot: list[Message] = []
    while True:
        with translated():
            first = client.poll(SILENCE_S)
            if first is None:
                raise Unreachable(zh("连接不上对方：对方没有继续发送"))
            wanted = at_most - len(lot) - 1
            found = [first, *(client.consume(wanted, timeout=0) if wanted else [])]
        ended = any(_ends(message, span) for message in found)
        lot += [message for message in found if message.error() is None and place_of(message) < span.end]
        if len(lot) >= at_most or (ended and lot):
            yield lot
            lot = []
        if ended:
            return


def _ends(message: Message, span: Span) -> bool:
    error = message.error()
    if error is None:
        return place_of(message) >= span.end - 1
    if error.code() == KafkaError._PARTITION_EOF:
        return True
    if error.fatal() or not error.retriable():
        raise reason(error)
    return False


def place_of(message: Message) -> int:
    """Return a message's offset; one that was read has one."""
    offset = message.offset()
    return -1 if offset is None else offset


def row_of(message: Message) -> Row | TornRow:
    """Return a message's JSON object with where it stood; a message without value says that a key is gone: its row has
    the key alone."""
    place = f"{message.topic()}[{message.partition()}]@{message.offset()}"
    text = (message.value() or b"{}").decode(errors="replace")
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        return TornRow(place, text[:_SHOWN], "torn_row", zh("这一条不是 JSON 对象"))
    key = message.key()
    kind, moment = message.timestamp()
    return {
        **value,
        "_key": None if key is None else key.decode(errors="replace"),
        "_partition": message.partition(),
        "_offset": message.offset(),
        "_time": moment if kind else None,
    }
