"""The HJ 212 server: frames gathered, answers out; everything here runs in the event loop."""

from typing import Final

from onecity.platform.iot.codecs.hj212 import BadFrame, Frame
from onecity.platform.iot.contracts import Message, Refusal
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.counters import Counters
from onecity.platform.iot.gateways.hj212.connection import Connection
from onecity.platform.iot.gateways.hj212.taking import Taker
from onecity.platform.iot.gateways.houses import TcpHouse
from onecity.platform.iot.gateways.limits import Limits
from onecity.platform.iot.rules import reasons
from onecity.platform.iot.services.store import GroupWriter, Submission

GATHER_FRAMES: Final = 1_000


class Hj212Server(TcpHouse[Connection]):
    """Owns the connections of one process."""

    def __init__(self, *, taker: Taker, writer: GroupWriter, counters: Counters, limits: Limits) -> None:
        super().__init__(writer=writer, counters=counters, limits=limits)
        self._taker = taker
        self._frames: list[Frame] = []
        self._owners: list[Connection] = []
        self._refusals: list[Refusal] = []

    def new_line(self) -> Connection:
        """Return a connection that begins."""
        return Connection(self, self.limits)

    def leave(self, line: Connection) -> None:
        """Forget a connection."""
        super().leave(line)
        self._taker.orders.leave(line)

    def take(self, connection: Connection, frame: Frame) -> None:
        """Take a whole frame; it is decoded with what others send within a few milliseconds."""
        self._frames.append(frame)
        self._owners.append(connection)
        if len(self._frames) >= GATHER_FRAMES:
            self.hand_over()
        elif not self._gathering:
            self.gather()

    def refuse(self, connection: Connection, bad: BadFrame) -> None:
        """Keep rubbish in the quarantine, within bounds; beyond them it is counted and told of once."""
        self.counters.messages += 1
        message = Message(bad.raw, Protocol.HJ212, connection.address)
        excess = connection.bad_in_a_row - self.limits.bad_in_a_row
        if excess == 1:
            self._refusals.append(Refusal(message, reasons.FLOOD, {"last": bad.reason.value}))
        elif excess < 1 and self.addresses.may_keep_bad(connection.address, now=self.now):
            self._refusals.append(Refusal(message, bad.reason.value))
        else:
            self.counters.unheard += 1
            return
        self.gather()

    def hand_over(self) -> None:
        """Decode and submit what was gathered."""
        self.now = self.clock()
        frames, self._frames = self._frames, []
        owners, self._owners = self._owners, []
        refusals, self._refusals = self._refusals, []
        if not frames and not refusals:
            return
        submission = Submission(refusals=refusals, messages=len(refusals))
        self._taker.take(frames, owners, submission)
        self.writer.submit(submission)
