"""Ten minutes at eight tenths of the rate, from ten thousand connections: memory and lag must not grow.

The rate is that of `tcp_frames`, measured first in the same run. Every unit has a line of its own, from forty loopback
addresses; each wakes in its turn and sends what it gathered. Lag is what the units see: from the last byte of a frame
to its answer, after the commit.
"""

import resource
import selectors
import socket
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Final

from benchmarks.gateway_process import GatewayProcess, make_devices
from benchmarks.ingest_tcp import FACTORS, TcpBench
from benchmarks.report import Result, progress
from onecity.platform.iot.codecs.hj212.checksum import crc16_batch
from onecity.platform.iot.declare import Protocol

UNITS, QUICK_UNITS = 10_000, 2_000
SECONDS, QUICK_SECONDS = 600.0, 20.0
SHARE: Final = 0.8
AT_ONCE: Final = 5
ADDRESSES: Final = 40
TURNS: Final = 3
_BEIJING: Final = timedelta(hours=8)
_LIMITS: Final = {"ONECITY_HJ212_FRAMES_PER_SECOND": "1000000", "ONECITY_HJ212_PER_ADDRESS": "20000"}


@dataclass(slots=True)
class Unit:
    """One line. owed: when each frame that is not answered yet was sent."""

    socket: socket.socket
    head: bytes
    owed: deque[float] = field(default_factory=deque)
    left: bytes = b""


@dataclass(slots=True)
class Seen:
    """What was seen in one stretch of the run."""

    lags_ms: list[float] = field(default_factory=list)
    memory_mb: float = 0.0

    @property
    def p95_ms(self) -> float:
        """Lag that one frame in twenty exceeds."""
        return quantiles(self.lags_ms, n=20)[-1]


def run(quick: bool) -> list[Result]:  # noqa: FBT001  # the contract of `benchmarks.__main__`
    """Measure the rate, then keep it up."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    progress("the rate")
    with TcpBench(minutes=10) as tcp:
        frames = median(tcp.through_the_gateway() for _ in range(TURNS)) / len(FACTORS)
    return Steady(UNITS if not quick else QUICK_UNITS).measured(frames * SHARE, QUICK_SECONDS if quick else SECONDS)


class Steady:
    """One gateway and its units."""

    def __init__(self, units: int) -> None:
        keys = make_devices(units, prefix="STEADY", protocol=Protocol.HJ212)
        self._gateway = GatewayProcess("hj212", "--host", "127.0.0.1", "--port", "0", settings=_LIMITS)
        self._selector = selectors.DefaultSelector()
        self._units = [self._unit(key, number) for number, key in enumerate(keys)]
        self._at = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
        self._next: deque[bytes] = deque()
        self._turn = 0

    def measured(self, rate: float, seconds: float) -> list[Result]:
        """Send `rate` frames a second for so long; return the figures of the second half beside those of the first."""
        progress(f"{len(self._units)} lines, {rate:,.0f} frames/s, {seconds:.0f} s")
        self._drive(rate, min(10.0, seconds / 4))  # every unit and every datastream is known by then
        early, late, answered = Seen(), Seen(), 0
        began = perf_counter()
        for seen in (early, late):
            answered += self._drive(rate, seconds / 2, seen)
            seen.memory_mb = self._memory_mb()
        held = answered / (perf_counter() - began)
        for unit in self._units:
            unit.socket.close()
        self._gateway.stop()
        return [
            Result("steady_rate", held, "frames/s", rate, "0.8 of the frames/s of this run", "higher"),
            Result("steady_memory", late.memory_mb, "MB", early.memory_mb, "after half the time", "lower"),
            Result("steady_lag_p95", late.p95_ms, "ms", early.p95_ms, "in the first half", "lower"),
        ]

    def _unit(self, key: str, number: int) -> Unit:
        address = (f"127.0.1.{1 + number % ADDRESSES}", 0)
        line = socket.create_connection(("127.0.0.1", self._gateway.port), 30, address)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.settimeout(0)
        unit = Unit(line, f"ST=22;CN=2011;PW=123456;MN={key};Flag=5;CP=&&DataTime=".encode())
        self._selector.register(line, selectors.EVENT_READ, unit)
        return unit

    def _drive(self, rate: float, seconds: float, seen: Seen | None = None) -> int:
        """Send at a rate for so long; return how many frames were answered."""
        began = perf_counter()
        sent = answered = 0
        while (passed := perf_counter() - began) < seconds:
            while sent < rate * passed:
                unit = self._units[self._turn % len(self._units)]
                if not unit.owed:
                    self._send(unit)
                self._turn += 1
                sent += AT_ONCE
            answered += self._hear(seen, 0.002)
        return answered

    def _send(self, unit: Unit) -> None:
        if not self._next:
            self._prepare()
        unit.left = self._next.popleft()
        unit.owed.extend([perf_counter()] * AT_ONCE)
        unit.left = unit.left[unit.socket.send(unit.left) :]

    def _prepare(self) -> None:
        """Make the frames of the next units' wakes; each minute of the past is used once by a unit."""
        first = self._turn % len(self._units)
        if first == 0 or not self._turn:
            self._at += timedelta(seconds=AT_ONCE)
        units = self._units[first : first + 500]
        times = [f"{self._at + _BEIJING + timedelta(seconds=n):%Y%m%d%H%M%S}" for n in range(AT_ONCE)]
        tails = [f"{time};{_VALUES}&&".encode() for time in times]
        heads = [f"QN={time}000;".encode() for time in times]
        segments = [head + unit.head + tail for unit in units for head, tail in zip(heads, tails, strict=True)]
        codes = crc16_batch(segments).tolist()
        frames = [b"##%04d%b%04X\r\n" % (len(one), one, code) for one, code in zip(segments, codes, strict=True)]
        self._next.extend(b"".join(frames[place : place + AT_ONCE]) for place in range(0, len(frames), AT_ONCE))

    def _hear(self, seen: Seen | None, patience_s: float) -> int:
        heard = 0
        for key, _ in self._selector.select(patience_s):
            unit: Unit = key.data
            data = unit.socket.recv(65_536)
            if not data:
                raise ConnectionResetError("the gateway hung up")
            now = perf_counter()
            for _ in range(min(data.count(b"\r\n"), len(unit.owed))):
                lag = now - unit.owed.popleft()
                heard += 1
                if seen is not None:
                    seen.lags_ms.append(lag * 1000)
        return heard

    def _memory_mb(self) -> float:
        return _resident_kb(self._gateway.pid) / 1024


def _resident_kb(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1])
    raise ProcessLookupError(pid)


def _written(factors: Sequence[str]) -> str:
    return ";".join(f"{code}-Rtd={number * 13 % 900 / 10:.1f},{code}-Flag=N" for number, code in enumerate(factors))


_VALUES: Final = _written(FACTORS)
