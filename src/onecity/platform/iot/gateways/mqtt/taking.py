"""Turns the messages of a few milliseconds into one submission, and its commit into acknowledgements."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final

from onecity.kernel import clock
from onecity.platform.iot.codecs.mqtt import Publish
from onecity.platform.iot.contracts import Message, Receipt, Refusal
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.counters import Counters
from onecity.platform.iot.gateways.mqtt.known import FastWay, take
from onecity.platform.iot.gateways.mqtt.link import BrokerLink
from onecity.platform.iot.gateways.mqtt.topics import TELEMETRY, parted
from onecity.platform.iot.gateways.mqtt.words import NotReadable, act_of
from onecity.platform.iot.gateways.tracing import Tracer
from onecity.platform.iot.rules import quality, reasons
from onecity.platform.iot.rules.instants import micros
from onecity.platform.iot.services.directory import Directory
from onecity.platform.iot.services.intake.collecting import Collected
from onecity.platform.iot.services.intake.telemetry import admitted, take_payload
from onecity.platform.iot.services.presence import Presence
from onecity.platform.iot.services.store import GroupWriter, Submission

logger = logging.getLogger(__name__)
_FAULTY: Final = frozenset(quality.code(letter) for letter in quality.FAULTY)


@dataclass(slots=True)
class Taking:
    """The messages of one submission. owed: packet ids that the broker is told once it is durable."""

    link: BrokerLink
    messages: Sequence[Publish]
    came_at: float

    @property
    def owed(self) -> list[int]:
        return [packet_id for _, _, packet_id in self.messages if packet_id]


class Taker:
    """Decodes in the event loop; what needs the database is left to the writer's thread.

    later: runs a function in the event loop, from any thread. clock: seconds, monotonic.
    """

    def __init__(
        self,
        *,
        directory: Directory,
        presence: Presence,
        tracer: Tracer,
        counters: Counters,
        writer: GroupWriter,
        later: Callable[[Callable[[], None]], object],
        clock: Callable[[], float],
    ) -> None:
        self._directory = directory
        self._presence = presence
        self._tracer = tracer
        self._counters = counters
        self._writer = writer
        self._later = later
        self._clock = clock
        self._fast = FastWay(directory)

    def take(self, link: BrokerLink, messages: Sequence[Publish]) -> None:
        """Submit messages; the broker is told after their commit.

        Messages without a time of their own get that of their arrival, each a microsecond later than the one before:
        two of one device would else contradict one another.
        """
        arrived = micros(clock.city_now())
        collected, slow = self._take_known(messages, arrived)
        submission = Submission([collected.batch(lambda origin: _message(messages[origin]))], messages=len(messages))
        if slow:
            after = arrived + len(messages)
            submission.prepare = lambda mine: self._prepare([messages[place] for place in slow], mine, after)
        if self._tracer.watched:
            self._trace(messages)
        self._counters.messages += len(messages)
        self._submit(submission, Taking(link, messages, self._clock()))

    def _trace(self, messages: Sequence[Publish]) -> None:
        for topic, payload, _ in messages:
            key, leaf = parted(topic)
            self._tracer.note(Protocol.MQTT, key, payload, outward=False, result=leaf)

    def _take_known(self, messages: Sequence[Publish], arrived: int) -> tuple[Collected, list[int]]:
        self._fast.refresh()
        route_of, note = self._fast.route, self._presence.note
        collected = Collected()
        slow = []
        for origin, (topic, payload, _) in enumerate(messages):
            route = route_of(topic)
            before = len(collected.quality)
            if route is None or not take(payload, route, arrived=arrived + origin, origin=origin, collected=collected):
                slow.append(origin)
                continue
            note(route.entry.id, route.silent_after_s)
            if not _FAULTY.isdisjoint(collected.quality[before:]):
                self._presence.note_faulty([route.entry.id])
        return collected, slow

    def _prepare(self, messages: Sequence[Publish], submission: Submission, arrived: int) -> None:
        """Add what goes the slow way; in the writer's thread, with the database at hand."""
        collected = Collected()
        also: list[Callable[[], None]] = []
        self._directory.learn({parted(topic)[0] for topic, _, _ in messages} - {""})
        for origin, published in enumerate(messages):
            message = _message(published)
            if not message.device_key:
                topic = published[0][:200].decode(errors="replace")
                collected.refusals.append(Refusal(message, reasons.BAD_TOPIC, {"topic": topic}))
            elif (leaf := parted(published[0])[1]) != TELEMETRY:
                self._take_words(message, leaf, collected, also)
            else:
                self._take_telemetry(message, collected, arrived=arrived + origin, origin=origin)
        submission.batches.append(collected.batch(lambda origin: _message(messages[origin])))
        submission.refusals += collected.refusals
        submission.also += also

    def _take_telemetry(self, message: Message, collected: Collected, *, arrived: int, origin: int) -> None:
        refused, before = len(collected.refusals), len(collected.quality)
        take_payload(message, arrived=arrived, directory=self._directory, collected=collected, origin=origin)
        entry = self._directory.known(message.device_key)
        if entry is None or entry.retired or len(collected.refusals) > refused:
            return
        self._presence.note(entry.id, entry.silent_after_s)
        if not _FAULTY.isdisjoint(collected.quality[before:]):
            self._presence.note_faulty([entry.id])

    def _take_words(self, message: Message, leaf: str, collected: Collected, also: list[Callable[[], None]]) -> None:
        found = self._directory.find(message.device_key)
        entry = admitted(found, Protocol.MQTT)
        if isinstance(entry, str):
            collected.refusals.append(Refusal(message, entry, device_id=found.id if found else None))
            return
        try:
            also.append(act_of(message, leaf=leaf, device_id=entry.id))
        except NotReadable as error:
            collected.refusals.append(Refusal(message, error.reason, {"at": error.at_fault}, device_id=entry.id))
        self._presence.note(entry.id, entry.silent_after_s)

    def _submit(self, submission: Submission, taking: Taking) -> None:
        done = self._writer.submit(submission)
        done.add_done_callback(lambda done: self._later(lambda: self._settle(done, submission, taking)))

    def _settle(self, done: "Future[list[Receipt]]", submission: Submission, taking: Taking) -> None:
        """Acknowledge what is durable now. What cannot be recorded is tried message by message, then quarantined."""
        error = done.exception()
        if error is None:
            owed = taking.owed
            taking.link.acknowledge(owed)
            self._counters.answered += len(owed)
            self._counters.count(done.result(), refusals=len(submission.refusals))
            self._counters.lag_ms = round((self._clock() - taking.came_at) * 1000, 1)
        elif self._writer.stopping:
            logger.warning("%d messages wait in the broker", len(taking.messages))
        elif len(taking.messages) > 1:
            for message in taking.messages:
                self.take(taking.link, [message])
        elif submission.batches:
            refusal = Refusal(_message(taking.messages[0]), reasons.NOT_RECORDED)
            self._submit(Submission(refusals=[refusal]), taking)
        else:
            logger.error("a message can neither be recorded nor quarantined", exc_info=error)


def _message(published: Publish) -> Message:
    return Message(published[1], Protocol.MQTT, "", parted(published[0])[0])
