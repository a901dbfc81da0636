"""What one connection, one address and all together may take, so that a hostile or broken sender harms nobody else."""

from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """House rules; those that depend on the place are settings (`ONECITY_HJ212_…`, `ONECITY_FIELD_…`).

    longest: bytes of an HJ 212 data segment; other sessions bound their frames themselves. connections: of the process.
    per_address: of one network address; a carrier's NAT hides many loggers behind one. first_frame_s: a connection that
    has not shown one whole frame by then is closed. idle_s: and one that then says nothing for so long; the longest
    interval of real-time data is an hour. settle_s: bytes held back so long after the last one are a broken frame.
    frame_s: a frame must be complete so long after its first byte. frames_per_s, burst: what one connection may send;
    more is left in its socket until it is due. frames_per_device_s: what one device may send of a field protocol, on
    however many lines; more is not taken, and not answered. bad_in_a_row: rubbish without a whole frame in between
    closes the connection. bad_per_minute: of one address into the quarantine; more is only counted. write_buffer:
    bytes; who does not read his answers is closed. share_port: several gateways listen on one port; otherwise one
    refuses to start where somebody listens already.
    """

    longest: int = 1_024
    connections: int = 20_000
    per_address: int = 4_000
    first_frame_s: float = 60.0
    idle_s: float = 7_200.0
    settle_s: float = 5.0
    frame_s: float = 30.0
    frames_per_s: float = 500.0
    burst: float = 2_000.0
    frames_per_device_s: float = 50.0
    device_burst: float = 1_000.0
    bad_in_a_row: int = 20
    bad_per_minute: int = 120
    write_buffer: int = 256 * 1024
    share_port: bool = False


class Addresses:
    """Counts connections by address, and rubbish by address and minute."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._open: Counter[str] = Counter()
        self._total = 0
        self._bad: Counter[str] = Counter()
        self._minute = 0

    @property
    def connections(self) -> int:
        """How many are open."""
        return self._total

    def enter(self, address: str) -> bool:
        """Count a connection in; False if there is no room for it."""
        if self._open[address] >= self._limits.per_address or self._total >= self._limits.connections:
            return False
        self._open[address] += 1
        self._total += 1
        return True

    def leave(self, address: str) -> None:
        """Count a connection out."""
        self._open[address] -= 1
        self._total -= 1
        if self._open[address] <= 0:
            del self._open[address]

    def may_keep_bad(self, address: str, *, now: float) -> bool:
        """Say whether another bad frame of this address goes into the quarantine. now: seconds, monotonic."""
        minute = int(now // 60)
        if minute != self._minute:
            self._minute = minute
            self._bad.clear()
        self._bad[address] += 1
        return self._bad[address] <= self._limits.bad_per_minute


class Allowance:
    """How many frames a connection may still send; fills at a steady rate up to a bound."""

    __slots__ = ("_at", "_burst", "_left", "_rate")

    def __init__(self, *, rate: float, burst: float, now: float) -> None:
        self._rate = rate
        self._burst = burst
        self._left = burst
        self._at = now

    def take(self, frames: int, *, now: float) -> float:
        """Take frames that have come; return for how many seconds the sender should be left waiting, 0 for none."""
        self._left = min(self._burst, self._left + (now - self._at) * self._rate) - frames
        self._at = now
        return -self._left / self._rate if self._left < 0 else 0.0
