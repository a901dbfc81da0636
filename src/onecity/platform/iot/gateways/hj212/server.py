"""The TCP server: connections in, frames gathered, answers out; everything here runs in the event loop."""

import asyncio
import socket
from typing import Final

from onecity.platform.iot.codecs.hj212 import BadFrame, Frame
from onecity.platform.iot.contracts import Message, Refusal
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.counters import Counters
from onecity.platform.iot.gateways.hj212.connection import Connection
from onecity.platform.iot.gateways.hj212.limits import Addresses, Limits
from onecity.platform.iot.gateways.hj212.taking import Taker
from onecity.platform.iot.rules import reasons
from onecity.platform.iot.services.store import GroupWriter, Submission

GATHER_S: Final = 0.005
GATHER_FRAMES: Final = 1_000
LOOK_AFTER_S: Final = 0.5
BACKLOG: Final = 8_192


class Hj212Server:
    """Owns the connections of one process."""

    def __init__(self, *, taker: Taker, writer: GroupWriter, counters: Counters, limits: Limits) -> None:
        self.counters = counters
        self.limits = limits
        self._taker = taker
        self._writer = writer
        self._addresses = Addresses(limits)
        self._connections: set[Connection] = set()
        self._frames: list[Frame] = []
        self._owners: list[Connection] = []
        self._refusals: list[Refusal] = []
        self._gathering = False
        self._held = False
        self._loop = asyncio.get_running_loop()
        self.clock = self._loop.time
        self.now = self.clock()

    @property
    def is_full(self) -> bool:
        """Say whether so much waits for the database that senders have to wait too."""
        return self._writer.full

    async def serve(self, host: str, port: int, *, started: "asyncio.Future[int]") -> None:
        """Listen until cancelled. started: gets the port, once it is open.

        Raises: OSError if somebody else listens there.
        """
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        sharing = self.limits.share_port
        listening = socket.create_server((host, port), family=family, backlog=BACKLOG, reuse_port=sharing)
        server = await self._loop.create_server(lambda: Connection(self, self.limits), sock=listening, backlog=BACKLOG)
        started.set_result(int(listening.getsockname()[1]))
        try:
            while True:
                await asyncio.sleep(LOOK_AFTER_S)
                self._look_after()
        finally:
            server.close()
            for connection in list(self._connections):
                connection.transport.abort()
            self._hand_over()

    def enter(self, connection: Connection) -> bool:
        """Take a connection in; False if there is no room for it."""
        if not self._addresses.enter(connection.address):
            self.counters.turned_away += 1
            return False
        self._connections.add(connection)
        self.counters.connected += 1
        self.counters.connections = self._addresses.connections
        return True

    def leave(self, connection: Connection) -> None:
        """Forget a connection."""
        self._connections.discard(connection)
        self._addresses.leave(connection.address)
        self.counters.connections = self._addresses.connections
        self._taker.orders.leave(connection)

    def take(self, connection: Connection, frame: Frame) -> None:
        """Take a whole frame; it is decoded with what others send within a few milliseconds."""
        self._frames.append(frame)
        self._owners.append(connection)
        if len(self._frames) >= GATHER_FRAMES:
            self._hand_over()
        elif not self._gathering:
            self._gather()

    def refuse(self, connection: Connection, bad: BadFrame) -> None:
        """Keep rubbish in the quarantine, within bounds; beyond them it is counted and told of once."""
        self.counters.messages += 1
        message = Message(bad.raw, Protocol.HJ212, connection.address)
        excess = connection.bad_in_a_row - self.limits.bad_in_a_row
        if excess == 1:
            self._refusals.append(Refusal(message, reasons.FLOOD, {"last": bad.reason.value}))
        elif excess < 1 and self._addresses.may_keep_bad(connection.address, now=self.now):
            self._refusals.append(Refusal(message, bad.reason.value))
        else:
            self.counters.unheard += 1
            return
        if not self._gathering:
            self._gather()

    def hold_back_all(self, connection: Connection) -> None:
        """Leave a sender waiting until the writer has caught up."""
        self._held = True
        connection.hold_back(LOOK_AFTER_S)

    def _gather(self) -> None:
        self._gathering = True
        self._loop.call_later(GATHER_S, self._hand_over)

    def _hand_over(self) -> None:
        self._gathering = False
        self.now = self.clock()
        frames, self._frames = self._frames, []
        owners, self._owners = self._owners, []
        refusals, self._refusals = self._refusals, []
        if not frames and not refusals:
            return
        submission = Submission(refusals=refusals, messages=len(refusals))
        self._taker.take(frames, owners, submission)
        self._writer.submit(submission)

    def _look_after(self) -> None:
        self.now = self.clock()
        for connection in list(self._connections):
            connection.look_after(self.now)
        self.counters.waiting = self._writer.waiting
        self.counters.commits = self._writer.commits
