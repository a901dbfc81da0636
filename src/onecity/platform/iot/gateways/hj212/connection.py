"""One field unit's connection."""

import asyncio
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from onecity.platform.iot.codecs.hj212 import BadFrame, Frame, Framer
from onecity.platform.iot.gateways.hj212.limits import Allowance, Limits

if TYPE_CHECKING:
    from onecity.platform.iot.gateways.hj212.server import Hj212Server


@runtime_checkable
class Wire(Protocol):
    """A transport by its shape: uvloop's is no subclass of asyncio's."""

    def write(self, data: bytes) -> None: ...
    def abort(self) -> None: ...
    def is_reading(self) -> bool: ...
    def pause_reading(self) -> None: ...
    def resume_reading(self) -> None: ...
    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None: ...


class Connection(asyncio.Protocol):
    """Cuts the stream into frames, keeps to the limits, and holds what the sender is owed.

    frame_at: when the last whole frame came. partial_since: when the frame that is not whole yet began.
    """

    __slots__ = (
        "address",
        "allowance",
        "bad_in_a_row",
        "byte_at",
        "closed",
        "frame_at",
        "framer",
        "held_until",
        "limits",
        "mns",
        "opened_at",
        "partial_since",
        "server",
        "transport",
        "welcome",
    )

    transport: Wire

    def __init__(self, server: "Hj212Server", limits: Limits) -> None:
        self.server = server
        self.limits = limits
        self.address = ""
        self.framer = Framer(longest=limits.longest)
        self.opened_at = self.byte_at = server.now
        self.frame_at = 0.0
        self.partial_since = 0.0
        self.held_until = 0.0
        self.bad_in_a_row = 0
        self.closed = False
        self.welcome = False
        self.mns: set[str] = set()
        self.allowance = Allowance(rate=limits.frames_per_s, burst=limits.burst, now=server.now)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let the connection in, or turn it away when there is no room."""
        assert isinstance(transport, Wire)
        self.transport = transport
        peer = transport.get_extra_info("peername")
        self.address = str(peer[0]) if peer else ""
        self.welcome = self.server.enter(self)
        if self.welcome:
            transport.set_write_buffer_limits(high=self.limits.write_buffer)
        else:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Keep what was not whole, and forget the connection."""
        self.closed = True
        if self.welcome:
            self._sort(self.framer.settle())
            self.server.leave(self)

    def data_received(self, data: bytes) -> None:
        """Take bytes as they come."""
        server = self.server
        self.byte_at = server.now
        found = self.framer.feed(data)
        if not found:
            if not self.partial_since:
                self.partial_since = server.now
            return
        self._sort(found)
        self.partial_since = server.now if self.framer.held else 0.0
        pause_s = self.allowance.take(len(found), now=server.clock())
        if pause_s > 0:
            self.hold_back(pause_s)
        elif server.is_full:
            server.hold_back_all(self)

    def pause_writing(self) -> None:
        """Close on a unit that does not read its answers."""
        self.server.counters.turned_away += 1
        self.transport.abort()

    def send(self, data: bytes) -> None:
        """Send bytes, unless the connection is gone."""
        if not self.closed:
            self.transport.write(data)

    def hold_back(self, seconds: float) -> None:
        """Leave what the unit sends in its socket for a while."""
        if not self.closed and self.transport.is_reading():
            self.server.counters.held_back += 1
            self.transport.pause_reading()
            self.held_until = self.server.now + seconds

    def go_on(self) -> None:
        """Read again."""
        self.held_until = 0.0
        if not self.closed and not self.transport.is_reading():
            self.transport.resume_reading()

    def look_after(self, now: float) -> None:
        """Do what time demands; called every half second."""
        limits = self.limits
        if self.held_until:
            if now >= self.held_until and not self.server.is_full:
                self.go_on()
            return
        if self.framer.held and now - self.byte_at >= limits.settle_s:
            self._sort(self.framer.settle())
            self.partial_since = 0.0
        elif self.partial_since and now - self.partial_since >= limits.frame_s:
            self.close()
        mute = self.frame_at == 0.0 and now - self.opened_at >= limits.first_frame_s
        if mute or now - max(self.byte_at, self.opened_at) >= limits.idle_s:
            self.close()

    def close(self) -> None:
        """End the connection at once."""
        if not self.closed:
            self.server.counters.turned_away += 1
            self.transport.abort()

    def _sort(self, found: list[Frame | BadFrame]) -> None:
        for item in found:
            if isinstance(item, Frame):
                self.bad_in_a_row = 0
                self.frame_at = self.server.now
                self.server.take(self, item)
            else:
                self.bad_in_a_row += 1
                self.server.refuse(self, item)
        if self.bad_in_a_row > self.limits.bad_in_a_row:
            self.close()
