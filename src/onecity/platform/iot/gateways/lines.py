"""One connection of a device, whatever it speaks: limits, back-pressure, and what becomes of slow or mute senders."""

import asyncio
from collections.abc import Callable
from typing import Protocol, runtime_checkable

from onecity.platform.iot.gateways.counters import Counters
from onecity.platform.iot.gateways.limits import Allowance, Limits


@runtime_checkable
class Wire(Protocol):
    """A transport by its shape: uvloop's is no subclass of asyncio's."""

    def write(self, data: bytes) -> None: ...
    def abort(self) -> None: ...
    def close(self) -> None: ...
    def is_reading(self) -> bool: ...
    def pause_reading(self) -> None: ...
    def resume_reading(self) -> None: ...
    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None: ...


class House(Protocol):
    """The server as its lines see it. now: seconds, monotonic, renewed at each hand-over and every half second."""

    counters: Counters
    now: float
    clock: Callable[[], float]

    @property
    def is_full(self) -> bool: ...


class Line(asyncio.Protocol):
    """Keeps one connection to the limits.

    frame_at: when the last whole frame came, 0 for none yet. partial_since: when the frame that is not whole yet began.
    """

    __slots__ = (
        "_enter",
        "_house",
        "_leave",
        "address",
        "allowance",
        "byte_at",
        "closed",
        "frame_at",
        "held_until",
        "limits",
        "opened_at",
        "partial_since",
        "transport",
        "welcome",
    )

    transport: Wire

    def __init__(self, house: House, limits: Limits, *, enter: Callable[[], bool], leave: Callable[[], None]) -> None:
        self._house = house
        self._enter = enter
        self._leave = leave
        self.limits = limits
        self.address = ""
        self.opened_at = self.byte_at = house.now
        self.frame_at = 0.0
        self.partial_since = 0.0
        self.held_until = 0.0
        self.closed = False
        self.welcome = False
        self.allowance = Allowance(rate=limits.frames_per_s, burst=limits.burst, now=house.now)

    @property
    def held(self) -> int:
        """Bytes of a frame that is not whole yet."""
        return 0

    def settle(self) -> None:
        """Give up what is held: it is a broken frame."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let the connection in, or turn it away when there is no room."""
        assert isinstance(transport, Wire)
        self.transport = transport
        peer = transport.get_extra_info("peername")
        self.address = str(peer[0]) if peer else ""
        self.welcome = self._enter()
        if self.welcome:
            transport.set_write_buffer_limits(high=self.limits.write_buffer)
        else:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Keep what was not whole, and forget the connection."""
        self.closed = True
        if self.welcome:
            self.settle()
            self._leave()

    def pause_writing(self) -> None:
        """Close on a device that does not read its answers."""
        self._house.counters.turned_away += 1
        self.transport.abort()

    def send(self, data: bytes) -> None:
        """Send bytes, unless the connection is gone."""
        if not self.closed:
            self.transport.write(data)

    def hold_back(self, seconds: float) -> None:
        """Leave what the device sends in its socket for a while."""
        if not self.closed and self.transport.is_reading():
            self._house.counters.held_back += 1
            self.transport.pause_reading()
            self.held_until = self._house.now + seconds

    def go_on(self) -> None:
        """Read again."""
        self.held_until = 0.0
        if not self.closed and not self.transport.is_reading():
            self.transport.resume_reading()

    def look_after(self, now: float) -> None:
        """Do what time demands; called every half second."""
        limits = self.limits
        if self.held_until:
            if now >= self.held_until and not self._house.is_full:
                self.go_on()
            return
        if self.held and now - self.byte_at >= limits.settle_s:
            self.settle()
            self.partial_since = 0.0
        elif self.partial_since and now - self.partial_since >= limits.frame_s:
            self.close()
        mute = self.frame_at == 0.0 and now - self.opened_at >= limits.first_frame_s
        if mute or now - max(self.byte_at, self.opened_at) >= limits.idle_s:
            self.close()

    def close(self) -> None:
        """End the connection at once."""
        if not self.closed:
            self._house.counters.turned_away += 1
            self.transport.abort()
