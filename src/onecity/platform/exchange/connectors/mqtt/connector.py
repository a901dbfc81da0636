"""The connector for MQTT."""

import json
import queue
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Final

import paho.mqtt.client as paho

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.answers import Answers
from onecity.platform.exchange.connectors.columns import Cell, shape_of_rows
from onecity.platform.exchange.connectors.contract import NotUnderstood, Target, Unreachable, WriteRequest
from onecity.platform.exchange.connectors.json_blocks import block_of
from onecity.platform.exchange.connectors.mqtt.session import OPTIONS, Session
from onecity.platform.exchange.contracts.blocks import Block, Loading, Reading, ReadRequest, TornRow
from onecity.platform.exchange.contracts.places import OptionField, Place
from onecity.platform.exchange.contracts.tables import TableShape

_SHOWN: Final = 200
_LULL_S: Final = 0.05


class MqttConnector:
    """Reads JSON objects until the topic falls quiet.

    The broker keeps messages until a block has landed (`Block.landed`); a crash in between brings them again. Merging
    by key makes that exactly once, appending at least once.
    """

    kind: str = "mqtt"
    title: str = zh("MQTT 消息主题")
    options: Sequence[OptionField] = OPTIONS
    readings: frozenset[Reading] = frozenset({Reading.BY_CURSOR})
    loadings: frozenset[Loading] = frozenset()

    def check(self, place: Place) -> None:
        """Sign in under a name of its own. Raises: Unreachable, NotUnderstood."""
        with Session(Answers(place, self.options), lasting=False):
            pass

    def discover(self, place: Place) -> Sequence[TableShape]:
        """Return the topics that the options name, as what the broker keeps of them suggests; and begin to keep what
        comes from now on. Raises: Unreachable."""
        answers = Answers(place, self.options)
        topics = [topic.strip() for topic in answers.text("topics").split(",") if topic.strip()]
        shapes = []
        for topic in topics:
            with Session(answers, lasting=False) as session:
                session.subscribe(topic)
                entries = [row_of(message) for lot in _lots(session, answers, 1000) for message in lot]
            shapes.append(shape_of_rows(topic, [entry for entry in entries if isinstance(entry, dict)]))
        if topics:
            with Session(answers, lasting=True) as session:
                for topic in topics:
                    session.subscribe(topic)
        return shapes

    def read(self, place: Place, request: ReadRequest) -> Iterator[Block]:
        """Yield blocks as messages come. Raises: Unreachable, NotUnderstood."""
        answers = Answers(place, self.options)
        number = int((request.since or {}).get("n") or 0)
        with Session(answers, lasting=True) as session:
            session.subscribe(request.table)
            for lot in _lots(session, answers, request.block_rows):
                number += 1
                block = block_of([row_of(message) for message in lot], request, number=number, after={"n": number})
                yield Block(number, block.rows, block.after, block.torn, partial(session.acknowledge, lot))

    def target(self, place: Place, request: WriteRequest) -> Target:
        """Refuse. Raises: NotUnderstood."""
        raise NotUnderstood(zh("MQTT 主题只能读取"))


def row_of(message: paho.MQTTMessage) -> Mapping[str, Cell] | TornRow:
    """Return a message's JSON object with its topic."""
    text = message.payload.decode(errors="replace")
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        return TornRow(message.topic, text[:_SHOWN], "torn_row", zh("这一条不是 JSON 对象"))
    return {**value, "_topic": message.topic}


def _lots(session: Session, answers: Answers, at_most: int) -> Iterator[list[paho.MQTTMessage]]:
    """Yield messages until none has come for a while. A lot ends where the broker waits for acknowledgements."""
    size = max(min(at_most, answers.integer("window")), 1)
    lot: list[paho.MQTTMessage] = []
    while True:
        try:
            lot.append(session.messages.get(timeout=_LULL_S if lot else max(answers.integer("quiet_s"), 1)))
        except queue.Empty:
            if session.lost.is_set():
                raise Unreachable(zh("连接不上对方：连接中断")) from None
            if not lot:
                return
        else:
            if len(lot) < size:
                continue
        yield lot
        lot = []
