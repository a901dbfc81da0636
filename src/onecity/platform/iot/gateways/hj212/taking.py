"""Turns the frames of a few milliseconds into one submission, and its commit into answers."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import compress
from typing import Final

import numpy as np
from numpy.typing import NDArray

from onecity.platform.iot.codecs.hj212 import BatchDecoder, Frame, Head, ReadingBatch, data_answers
from onecity.platform.iot.contracts import Batch, Message, Receipt, Refusal
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.counters import Counters
from onecity.platform.iot.gateways.hj212.known import FastWay, Trust, qualities
from onecity.platform.iot.gateways.hj212.orders import Line, Orders
from onecity.platform.iot.gateways.hj212.singly import Single, Singly
from onecity.platform.iot.gateways.hj212.tracing import trace_in, trace_out
from onecity.platform.iot.gateways.tracing import Tracer
from onecity.platform.iot.rules import quality
from onecity.platform.iot.services.directory import Directory
from onecity.platform.iot.services.intake.doors import Door
from onecity.platform.iot.services.presence import Presence
from onecity.platform.iot.services.store import Submission

logger = logging.getLogger(__name__)
_FAULTY: Final = np.zeros(256, np.bool_)
_FAULTY[[quality.code(letter) for letter in quality.FAULTY]] = True


@dataclass(slots=True)
class Taking:
    """The frames of one submission with what became of them. came_at: when the first of them came.

    uploads, lines: the answers that are owed once it is durable, and to whom. singles: frames that went the slow way.
    """

    frames: Sequence[Frame]
    owners: Sequence[Line]
    came_at: float
    uploads: list[tuple[Head, bytes]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    singles: list[Single] = field(default_factory=list)


class Taker:
    """Decodes in the event loop; what needs the database is left to the writer's thread.

    later: runs a function in the event loop, from any thread. clock: seconds, monotonic.
    """

    def __init__(
        self,
        *,
        directory: Directory,
        presence: Presence,
        counters: Counters,
        orders: Orders,
        tracer: Tracer,
        later: Callable[[Callable[[], None]], object],
        clock: Callable[[], float],
    ) -> None:
        self.orders = orders
        self._presence = presence
        self._counters = counters
        self._tracer = tracer
        self._later = later
        self._clock = clock
        door = Door(directory, Protocol.HJ212)
        self._decoder = BatchDecoder()
        self._fast = FastWay(self._decoder, directory=directory, door=door)
        self._singly = Singly(directory=directory, door=door, presence=presence, orders=orders)

    def take(self, frames: Sequence[Frame], owners: Sequence[Line], submission: Submission) -> None:
        """Add what the frames hold to a submission, and see that their senders are answered after its commit."""
        if self._decoder.full:
            self._decoder.forget()
            self._fast.forget()
        batch = self._decoder.decode_batch(frames)
        taking = Taking(frames, owners, self._clock())
        untaken = self._take_known(batch, taking, submission)
        taking.singles = [Single(frames[place], owners[place]) for place in sorted([*batch.slow, *untaken])]
        for place, bad in batch.bad:
            message = Message(bad.raw, Protocol.HJ212, owners[place].address)
            submission.refusals.append(Refusal(message, bad.reason.value))
        if taking.singles:
            submission.prepare = lambda mine: self._singly.prepare(taking.singles, mine)
        if self._tracer.watched:
            trace_in(self._tracer, frames, owners)
        submission.messages += len(frames)
        self._counters.messages += len(frames)
        submission.done.add_done_callback(lambda done: self._later(lambda: self._settle(done, submission, taking)))

    def _take_known(self, batch: ReadingBatch, taking: Taking, submission: Submission) -> list[int]:
        """Take the frames of known devices and datastreams; return the places of the others that could be decoded."""
        self._fast.refresh()
        trusts = [self._fast.trust(head) for head, _ in batch.uploads]
        frame_of = np.repeat(np.arange(len(trusts), dtype=np.int32), batch.counts)
        datastream = self._fast.datastreams(batch)
        known = np.array([trust is not None for trust in trusts], np.bool_)
        known[frame_of[datastream < 0]] = False
        of_2005 = np.array([trust is not None and trust.of_2005 for trust in trusts], np.bool_)
        letters = qualities(batch.flag, of_2005[frame_of])
        taken = known[frame_of]
        self._note(trusts, known, batch, taking)
        for place in np.unique(frame_of[taken & _FAULTY[letters]]).tolist():
            trust = trusts[place]
            if trust is not None:
                self._presence.note_faulty([trust.entry.id])
        values = self._fast.scaled(batch)
        columns = (datastream, batch.at, values, letters, frame_of)
        if not taken.all():
            columns = tuple(column[taken] for column in columns)  # type: ignore[assignment]  # five as before
        submission.batches.append(Batch(*columns, message=_messages(batch, taking)))
        return list(compress(batch.accepted, ~known))

    def _note(self, trusts: list[Trust | None], known: NDArray[np.bool_], batch: ReadingBatch, taking: Taking) -> None:
        """Note who was heard of, on which line, and who is owed an answer."""
        note, owners = self._presence.note, taking.owners
        for trust, is_known, upload, place in zip(trusts, known.tolist(), batch.uploads, batch.accepted, strict=True):
            if trust is None or not is_known:
                continue
            entry, owner = trust.entry, owners[place]
            note(entry.id, entry.silent_after_s)
            if entry.key not in owner.mns:
                self.orders.enter(owner, st=trust.head.st, mn=entry.key, pw=trust.head.pw, flag=trust.head.flag)
            if trust.head.answer_wanted:
                taking.uploads.append(upload)
                taking.lines.append(owner)

    def _settle(self, done: "Future[list[Receipt]]", submission: Submission, taking: Taking) -> None:
        """Answer what is durable now; nothing is said where recording failed, so the senders will come again."""
        error = done.exception()
        if error is not None:
            logger.error("%d frames were not recorded", len(taking.frames), exc_info=error)
            return
        self._counters.count(done.result(), refusals=len(submission.refusals))
        self._counters.lag_ms = round((self._clock() - taking.came_at) * 1000, 1)
        owed: dict[Line, list[bytes]] = {}
        for line, answer in zip(taking.lines, data_answers(taking.uploads), strict=True):
            owed.setdefault(line, []).append(answer)
        for single in taking.singles:
            if single.identity is not None and single.identity.mn not in single.line.mns:
                self.orders.enter(single.line, **single.identity._asdict())
            if single.answer:
                owed.setdefault(single.line, []).append(single.answer)
        for line, answers in owed.items():
            line.send(b"".join(answers))
            if self._tracer.watched:
                trace_out(self._tracer, line, b"".join(answers))
            self._counters.answered += len(answers)


def _messages(batch: ReadingBatch, taking: Taking) -> Callable[[int], Message]:
    def message(origin: int) -> Message:
        place = batch.accepted[origin]
        return Message(
            taking.frames[place].raw, Protocol.HJ212, taking.owners[place].address, batch.uploads[origin][0].mn
        )

    return message
