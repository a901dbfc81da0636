"""The connector for Kafka."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from typing import Final

from confluent_kafka import Consumer

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.answers import Answers
from onecity.platform.exchange.connectors.columns import shape_of_rows
from onecity.platform.exchange.connectors.contract import NotUnderstood, Target, WriteRequest
from onecity.platform.exchange.connectors.json_blocks import block_of
from onecity.platform.exchange.connectors.kafka.reading import Span, messages, place_of, row_of, spans
from onecity.platform.exchange.connectors.kafka.session import (
    OPTIONS,
    WAIT_S,
    bounds,
    consumer,
    partitions,
    translated,
)
from onecity.platform.exchange.connectors.kafka.target import KafkaTarget
from onecity.platform.exchange.contracts.blocks import Block, Loading, Reading, ReadRequest, TornRow
from onecity.platform.exchange.contracts.places import OptionField, Place
from onecity.platform.exchange.contracts.tables import TableShape

_LOOKED_AT: Final = 200


class KafkaConnector:
    """Reads JSON objects up to where the topic ended when reading began.

    The position is the offset of each partition.
    """

    kind: str = "kafka"
    title: str = zh("Kafka 消息主题")
    options: Sequence[OptionField] = OPTIONS
    readings: frozenset[Reading] = frozenset({Reading.FULL, Reading.BY_CURSOR})
    loadings: frozenset[Loading] = frozenset({Loading.APPEND})

    def check(self, place: Place) -> None:
        """Ask for the topics. Raises: Unreachable, NotUnderstood."""
        with closing(consumer(Answers(place, self.options))) as client, translated():
            client.list_topics(timeout=WAIT_S)

    def discover(self, place: Place) -> Sequence[TableShape]:
        """Return the topics, as their last messages suggest. Raises: Unreachable."""
        answers = Answers(place, self.options)
        with closing(consumer(answers)) as client:
            names = [name.strip() for name in answers.text("topics").split(",") if name.strip()]
            if not names:
                with translated():
                    names = sorted(client.list_topics(timeout=WAIT_S).topics)
            return [self._shape(client, name) for name in names if not name.startswith(("__", "onecity."))]

    def read(self, place: Place, request: ReadRequest) -> Iterator[Block]:
        """Yield blocks, no partition's messages mixed with another's. Raises: Unreachable, NotUnderstood."""
        position = dict(request.since or {})
        number = int(position.pop("n", 0) or 0)
        with closing(consumer(Answers(place, self.options))) as client:
            for span in spans(client, request.table, partitions(client, request.table), position):
                position[f"p{span.partition}"] = span.first
                for lot in messages(client, request.table, span, at_most=request.block_rows):
                    number += 1
                    position[f"p{span.partition}"] = place_of(lot[-1]) + 1
                    yield block_of(
                        [row_of(message) for message in lot], request, number=number, after={**position, "n": number}
                    )

    def target(self, place: Place, request: WriteRequest) -> Target:
        """Return the writing of one run."""
        if request.loading not in self.loadings:
            raise NotUnderstood(zh("消息主题只能追加"))
        return KafkaTarget(request, Answers(place, self.options))

    def _shape(self, client: Consumer, name: str) -> TableShape:
        entries = []
        for partition in partitions(client, name):
            low, high = bounds(client, name, partition)
            span = Span(partition, max(low, high - _LOOKED_AT), high)
            lots = messages(client, name, span, at_most=_LOOKED_AT)
            entries += [row_of(message) for lot in islice(lots, 1) for message in lot]
        return shape_of_rows(name, [entry for entry in entries if not isinstance(entry, TornRow)])
