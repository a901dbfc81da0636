"""Makes one submission of what was said within a few milliseconds, and turns its commit into answers."""

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import Future
from functools import partial
from typing import Final

from onecity.platform.iot.contracts import Message, Receipt, Refusal
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.counters import Counters
from onecity.platform.iot.gateways.field.contract import Hangup, Refused, Reply, Said, Upload
from onecity.platform.iot.gateways.field.doors import FieldDoor
from onecity.platform.iot.gateways.field.judging import Judge
from onecity.platform.iot.gateways.field.learning import Families, Learner
from onecity.platform.iot.gateways.field.shared import Shared, Work
from onecity.platform.iot.gateways.field.speakers import Item, Speaker
from onecity.platform.iot.gateways.limits import Addresses, Limits
from onecity.platform.iot.rules import reasons
from onecity.platform.iot.rules.instants import micros
from onecity.platform.iot.services.directory import TooManyDatastreams
from onecity.platform.iot.services.intake.collecting import Collected
from onecity.platform.iot.services.intake.reported import take_readings
from onecity.platform.iot.services.store import Submission

GATHER_S: Final = 0.005
GATHER_ITEMS: Final = 500
logger = logging.getLogger(__name__)


class Taker:
    """Hears what the speakers of one protocol say. addresses: bounds rubbish by network address."""

    def __init__(
        self,
        protocol: Protocol,
        shared: Shared,
        *,
        counters: Counters,
        limits: Limits,
        issues: bool = False,
        children: bool = False,
    ) -> None:
        self.shared = shared
        self.counters = counters
        self.limits = limits
        self.addresses = Addresses(limits)
        self._protocol = protocol
        self._items: list[Item] = []
        self._refusals: list[Refusal] = []
        self._gathering = False
        self._loop = asyncio.get_running_loop()
        door = FieldDoor(shared.directory, shared.tokens, protocol)
        self._judge = Judge(protocol, shared, door=door, counters=counters, issues=issues, hear=self.hear)
        self.learner = Learner(
            shared.directory, shared.tokens, door=door, database=shared.database, children=children, go_on=self._submit
        )

    @property
    def is_full(self) -> bool:
        """Say whether so much waits for the database that senders have to wait too."""
        return self.shared.writer.full or self.learner.waiting >= self.limits.connections

    def hear(self, speaker: Speaker, said: Sequence[Said]) -> None:
        """Take what a session says; replies go out at once, the rest is judged within a few milliseconds."""
        for one in said:
            match one:
                case Reply(data, device_key):
                    self._send(speaker, data, device_key)
                case Refused():
                    self.refuse(speaker, one)
                case Hangup():
                    speaker.leave()
                case _:
                    self.take(Item(speaker, one))

    def take(self, item: Item) -> None:
        """Take something that has to be judged."""
        item.speaker.pending += 1
        self._items.append(item)
        if len(self._items) >= GATHER_ITEMS:
            self.hand_over()
        else:
            self._gather()

    def refuse(self, speaker: Speaker, item: Refused, *, peer: str = "") -> None:
        """Keep rubbish in the quarantine, within bounds; beyond them it is only counted. peer: if not the speaker's."""
        address = peer or speaker.address
        self.counters.messages += 1
        if item.answer:
            self._send(speaker, item.answer, item.device_key)
        tracer = self.shared.tracer
        if tracer.watched:
            tracer.note(self._protocol, item.device_key, item.raw, outward=False, peer=address, result=item.reason)
        if not self.addresses.may_keep_bad(address, now=self.shared.now().seconds):
            self.counters.unheard += 1
            return
        message = Message(item.raw, self._protocol, address, item.device_key)
        known = self.shared.directory.known(item.device_key)
        self._refusals.append(Refusal(message, item.reason, item.fields, device_id=known.id if known else None))
        self._gather()

    def flood(self, speaker: Speaker, raw: bytes) -> None:
        """Keep one word of a line that is closed because it brought nothing but rubbish."""
        self._refusals.append(Refusal(Message(raw, self._protocol, speaker.address), reasons.FLOOD))
        self._gather()

    def hand_over(self) -> None:
        """Judge and submit what was gathered."""
        self._gathering = False
        items, self._items = self._items, []
        refusals, self._refusals = self._refusals, []
        self.counters.messages += len(items)
        ready = self.learner.sort(items)
        if ready or refusals:
            self._submit(ready, {}, refusals)

    def welcome_again(self, speaker: Speaker, families: Families) -> None:
        """Tell a line's session anew what is attached to its devices."""
        for key, said in list(speaker.hellos.items()):
            entry = self.shared.directory.known(key)
            if entry is not None:
                self._judge.welcome(speaker, said, entry, families)

    def _gather(self) -> None:
        if not self._gathering:
            self._gathering = True
            self._loop.call_later(GATHER_S, self.hand_over)

    def _send(self, speaker: Speaker, data: bytes, device_key: str) -> None:
        speaker.outlet.send(data)
        self._trace_out(speaker, data, device_key or (next(iter(speaker.keys)) if len(speaker.keys) == 1 else ""))

    def _submit(self, items: Sequence[Item], families: Families, refusals: Sequence[Refusal] = ()) -> None:
        submission = Submission(refusals=list(refusals), messages=len(items) + len(refusals))
        work = Work(submission, self.shared.now())
        for item in items:
            self._judge.sort(item, work, families=families)
        if work.uploads:
            submission.batches.append(work.collected.batch(lambda origin: self._judge.message(work.uploads[origin])))
        if work.slow:
            submission.prepare = partial(self._prepare, work)
        if work.is_empty:
            self._end(work)
            return
        done = self.shared.writer.submit(submission)
        done.add_done_callback(lambda done: self.shared.later(partial(self._settle, done, work)))

    def _prepare(self, work: Work, submission: Submission) -> None:
        """Make the datastreams that come for the first time; in the writer's thread."""
        collected, arrived = Collected(), micros(work.moment.city)
        for origin, entry in work.slow:
            item = work.uploads[origin]
            assert isinstance(item.said, Upload)
            take = partial(take_readings, item.said.readings, entry=entry, arrived=arrived)
            try:
                take(directory=self.shared.directory, collected=collected, origin=origin)
            except TooManyDatastreams:
                message = self._judge.message(item)
                submission.refusals.append(Refusal(message, reasons.TOO_MANY_DATASTREAMS, device_id=entry.id))
        submission.batches.append(collected.batch(lambda origin: self._judge.message(work.uploads[origin])))

    def _settle(self, done: "Future[list[Receipt]]", work: Work) -> None:
        """Answer what is durable now. What cannot be recorded is tried one by one, then quarantined."""
        error = done.exception()
        if error is None:
            self.counters.count(done.result(), refusals=len(work.submission.refusals))
            self.counters.lag_ms = round((self.shared.now().seconds - work.moment.seconds) * 1000, 1)
            for key in work.issued:
                self.shared.directory.forget(key)
            self._end(work)
        elif self.shared.writer.stopping:
            logger.warning("%d messages were not recorded; their senders will come again", len(work.ends))
            _give_up([item for item, _ in work.ends])
        else:
            logger.error("%d messages were not recorded", len(work.ends), exc_info=error)
            self._try_singly(work)

    def _try_singly(self, work: Work) -> None:
        items = [item for item, _ in work.ends]
        again = [item for item in items if isinstance(item.said, Upload)]
        _give_up([item for item in items if not isinstance(item.said, Upload)])
        if len(again) > 1:
            for item in again:
                self._submit([item], {})
        elif work.submission.batches:
            refusal = Refusal(self._judge.message(again[0]), reasons.NOT_RECORDED)
            last = Work(Submission(refusals=[refusal]), work.moment, ends=[(again[0], "")])
            done = self.shared.writer.submit(last.submission)
            done.add_done_callback(lambda done: self.shared.later(partial(self._settle, done, last)))
        else:
            _give_up(again)

    def _end(self, work: Work) -> None:
        owed: dict[Speaker, list[bytes]] = {}
        for item, reason in work.ends:
            if item.told is not None:
                item.told(reason)
                continue
            answer = _answer(item, reason)
            if answer:
                owed.setdefault(item.speaker, []).append(answer)
                self._trace_out(item.speaker, answer, item.key)
        for speaker, answers in owed.items():
            for piece in [b"".join(answers)] if speaker.outlet.holds else answers:  # a datagram holds one answer
                speaker.outlet.send(piece)
            self.counters.answered += len(answers)
        for item, _ in work.ends:
            item.speaker.settle(1)

    def _trace_out(self, speaker: Speaker, data: bytes, key: str) -> None:
        if self.shared.tracer.watched:
            self.shared.tracer.note(self._protocol, key, data, outward=True, peer=speaker.address)


def _answer(item: Item, reason: str) -> bytes:
    if not isinstance(item.said, Upload):
        return b""
    return item.said.denial(reason) if reason else item.said.answer


def _give_up(items: Sequence[Item]) -> None:
    for item in items:
        if item.told is not None:
            item.told(reasons.NOT_RECORDED)
        item.speaker.settle(1)
