"""A listening TCP server that owns its lines; everything here runs in the event loop."""

import asyncio
import resource
import socket
from abc import ABC, abstractmethod
from typing import Final, Generic, TypeVar

from onecity.platform.iot.gateways.counters import Counters
from onecity.platform.iot.gateways.limits import Addresses, Limits
from onecity.platform.iot.gateways.lines import Line
from onecity.platform.iot.services.store import GroupWriter

GATHER_S: Final = 0.005
LOOK_AFTER_S: Final = 0.5
BACKLOG: Final = 8_192
AnyLine = TypeVar("AnyLine", bound=Line)


def raise_file_limit() -> None:
    """Take as many open files as the system allows: each connection needs one."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class TcpHouse(ABC, Generic[AnyLine]):
    """Takes connections in, gathers what they bring for a few milliseconds, and hands it over."""

    def __init__(self, *, writer: GroupWriter, counters: Counters, limits: Limits) -> None:
        self.counters = counters
        self.limits = limits
        self.addresses = Addresses(limits)
        self.lines: set[AnyLine] = set()
        self.writer = writer
        self._gathering = False
        self._loop = asyncio.get_running_loop()
        self.clock = self._loop.time
        self.now = self.clock()

    @abstractmethod
    def new_line(self) -> AnyLine:
        """Return a line for a connection that begins."""

    @abstractmethod
    def hand_over(self) -> None:
        """Submit what was gathered."""

    def look_after(self) -> None:
        """Do what time demands; called every half second."""
        self.now = self.clock()
        for line in list(self.lines):
            line.look_after(self.now)
        self.counters.waiting = self.writer.waiting
        self.counters.commits = self.writer.commits

    @property
    def is_full(self) -> bool:
        """Say whether so much waits for the database that senders have to wait too."""
        return self.writer.full

    async def serve(self, host: str, port: int, *, started: "asyncio.Future[int]") -> None:
        """Listen until cancelled. started: gets the port, once it is open.

        Raises: OSError if somebody else listens there.
        """
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        sharing = self.limits.share_port
        listening = socket.create_server((host, port), family=family, backlog=BACKLOG, reuse_port=sharing)
        server = await self._loop.create_server(self.new_line, sock=listening, backlog=BACKLOG)
        started.set_result(int(listening.getsockname()[1]))
        try:
            while True:
                await asyncio.sleep(LOOK_AFTER_S)
                self.look_after()
        finally:
            server.close()
            for line in list(self.lines):
                line.transport.abort()
            self.hand_over()

    def enter(self, line: AnyLine) -> bool:
        """Take a connection in; False if there is no room for it."""
        if not self.addresses.enter(line.address):
            self.counters.turned_away += 1
            return False
        self.lines.add(line)
        self.counters.connected += 1
        self.counters.connections = self.addresses.connections
        return True

    def leave(self, line: AnyLine) -> None:
        """Forget a connection."""
        self.lines.discard(line)
        self.addresses.leave(line.address)
        self.counters.connections = self.addresses.connections

    def hold_back_all(self, line: AnyLine) -> None:
        """Leave a sender waiting until the writer has caught up."""
        line.hold_back(LOOK_AFTER_S)

    def gather(self) -> None:
        """See that what has come is handed over within a few milliseconds."""
        if not self._gathering:
            self._gathering = True
            self._loop.call_later(GATHER_S, self._over)

    def _over(self) -> None:
        self._gathering = False
        self.now = self.clock()
        self.hand_over()
