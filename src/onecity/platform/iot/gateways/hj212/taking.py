"""Turns the frames of a few milliseconds into one submission, and its commit into answers."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import compress
from typing import Final

import numpy as np

from onecity.platform.iot.codecs.hj212 import BatchDecoder, Frame, Head, ReadingBatch, data_answers
from onecity.platform.iot.contracts import Batch, Message, Outcome, Receipt, Refusal
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.counters import Counters
from onecity.platform.iot.gateways.hj212.connection import Connection
from onecity.platform.iot.gateways.hj212.known import FastWay, qualities
from onecity.platform.iot.gateways.hj212.orders import Orders
from onecity.platform.iot.gateways.hj212.singly import Single, Singly
from onecity.platform.iot.rules import quality
from onecity.platform.iot.services.directory import Directory
from onecity.platform.iot.services.intake.packets import Door
from onecity.platform.iot.services.presence import Presence
from onecity.platform.iot.services.store import Submission

logger = logging.getLogger(__name__)
_FAULTY: Final = np.zeros(256, np.bool_)
_FAULTY[[quality.code(letter) for letter in quality.FAULTY]] = True
Later = Callable[[Callable[[], None]], object]


@dataclass(slots=True)
class Owed:
    """The 9014 answers that a submission owes once it is durable, and when its messages came."""

    uploads: list[tuple[Head, bytes]] = field(default_factory=list)
    owners: list[Connection] = field(default_factory=list)
    singles: list[Single] = field(default_factory=list)
    came_at: float = 0.0
    messages: int = 0


class Taker:
    """Decodes in the event loop; what needs the database is left to the writer's thread.

    later: runs a function in the event loop, from any thread.
    """

    def __init__(
        self, *, directory: Directory, presence: Presence, counters: Counters, orders: Orders, later: Later,
        clock: Callable[[], float],
    ) -> None:  # fmt: skip
        self.orders = orders
        self._presence = presence
        self._counters = counters
        self._later = later
        self._clock = clock
        door = Door(directory)
        self._decoder = BatchDecoder()
        self._fast = FastWay(self._decoder, directory=directory, door=door)
        self._singly = Singly(directory=directory, door=door, presence=presence, orders=orders)

    def take(self, frames: Sequence[Frame], owners: Sequence[Connection], submission: Submission) -> None:
        """Add what the frames hold to a submission, and see that their senders are answered after its commit."""
        if self._decoder.full:
            self._decoder.forget()
            self._fast.forget()
        batch = self._decoder.decode_batch(frames)
        owed = Owed(came_at=self._clock(), messages=len(frames))
        known = self._take_known(frames, owners, batch, submission, owed)
        slow = [*batch.slow, *compress(batch.accepted, ~known)]
        owed.singles = [Single(frames[place], owners[place]) for place in sorted(slow)]
        for place, bad in batch.bad:
            message = Message(bad.raw, Protocol.HJ212, owners[place].address)
            submission.refusals.append(Refusal(message, bad.reason.value))
        if owed.singles:
            submission.prepare = lambda mine: self._singly.prepare(owed.singles, mine)
        submission.messages += len(frames)
        self._counters.messages += len(frames)
        submission.done.add_done_callback(lambda done: self._later(lambda: self._settle(done, submission, owed)))

    def _take_known(
        self,
        frames: Sequence[Frame],
        owners: Sequence[Connection],
        batch: ReadingBatch,
        submission: Submission,
        owed: Owed,
    ) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
        """Take the frames of known devices; say for each accepted frame whether it was taken."""
        self._fast.refresh()
        trusts = [self._fast.trust(head) for head, _ in batch.uploads]
        known = np.array([trust is not None for trust in trusts], np.bool_)
        frame_of = np.repeat(np.arange(len(trusts), dtype=np.int32), batch.counts)
        datastream = self._fast.datastreams(batch)
        known[frame_of[datastream < 0]] = False
        taken = known[frame_of]
        of_2005 = np.array([trust is not None and trust.of_2005 for trust in trusts], np.bool_)[frame_of]
        letters = qualities(batch.flag, of_2005)
        for place, (trust, upload, index) in enumerate(zip(trusts, batch.uploads, batch.accepted, strict=True)):
            if trust is not None and known[place]:
                entry = trust.entry
                self._presence.note(entry.id, entry.type.silent_after_s if entry.type else 7200)
                owner = owners[index]
                if upload[0].mn not in owner.mns:
                    self.orders.enter(owner, head=upload[0], entry=entry)
                if upload[0].answer_wanted:
                    owed.uploads.append(upload)
                    owed.owners.append(owner)
        self._note_faulty(trusts, frame_of[_FAULTY[letters] & taken])

        def message(origin: int) -> Message:
            index = batch.accepted[origin]
            head = batch.uploads[origin][0]
            return Message(frames[index].raw, Protocol.HJ212, owners[index].address, head.mn)

        whole = bool(taken.all())
        values = self._fast.scaled(batch)
        submission.batch = Batch(
            datastream=datastream if whole else datastream[taken],
            at=batch.at if whole else batch.at[taken],
            result=values if whole else values[taken],
            quality=letters if whole else letters[taken],
            origin=frame_of if whole else frame_of[taken],
            message=message,
        )
        return known
