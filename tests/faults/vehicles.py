"""Vehicle terminals that report without pause, keep account of every answer, and send again what was not answered."""

import socket
import struct
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from onecity.demo.simulators.jt808_frames import Ear, Spot, Unit, authentication, location

SECOND = timedelta(seconds=1)
AT_ONCE = 20
LOCATION, ANSWER = 0x0200, 0x8001


@dataclass
class Vehicle(threading.Thread):
    """One terminal. sent: the time of each report that was tried, by serial. answered: serials that were confirmed."""

    phone: str
    first: datetime
    port: int
    sent: dict[int, datetime] = field(default_factory=dict)
    answered: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self._unit = Unit(self.phone)
        self._waiting: dict[int, bytes] = {}
        self._stopping = threading.Event()
        self._finishing = threading.Event()

    def __hash__(self) -> int:
        return id(self)

    def finish(self, *, within: float) -> None:
        """Report nothing new; wait until all is answered."""
        self._finishing.set()
        self.join(within)
        self._stopping.set()
        self.join(5)

    def run(self) -> None:
        """Report, hear, and begin again on a new connection whenever the line breaks."""
        while not self._stopping.is_set() and not (self._finishing.is_set() and not self._waiting):
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=2) as line:
                    self._talk(line)
            except OSError:
                self._stopping.wait(0.1)

    def _talk(self, line: socket.socket) -> None:
        ear = Ear(self._unit)
        line.sendall(authentication(self._unit, code="whatever"))
        line.sendall(b"".join(self._waiting.values()))
        while not self._stopping.is_set():
            if not self._finishing.is_set() and len(self._waiting) < AT_ONCE:
                line.sendall(self._next())
                continue
            if not self._waiting:
                return
            data = line.recv(65_536)
            if not data:
                return
            for heard in ear.hear(data):
                serial, number, result = struct.unpack(">HHB", heard.body)
                if heard.id == ANSWER and number == LOCATION and result == 0:
                    self._waiting.pop(serial, None)
                    self.answered.add(serial)

    def _next(self) -> bytes:
        at = self.first + len(self.sent) * SECOND
        frame = location(self._unit, Spot(at, 126.5, 43.8, 36.0, 90, 1000.0))
        self.sent[self._unit.serial] = at
        self._waiting[self._unit.serial] = frame
        return frame
