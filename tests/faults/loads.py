"""Field units that send without pause, keep account of every answer, and send again what was not answered."""

import socket
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from onecity.demo.simulators.hj212_frames import Logger, real_time
from onecity.demo.simulators.hj212_host import HostReader

SECOND = timedelta(seconds=1)
AT_ONCE = 20


@dataclass
class FieldUnit(threading.Thread):
    """One unit. answered: times whose upload the platform acknowledged, as their QN says. sent: all that were tried."""

    key: str
    first: datetime
    port: int
    answered: set[str] = field(default_factory=set)
    sent: dict[str, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self._waiting: dict[str, bytes] = {}
        self._stopping = threading.Event()
        self._finishing = threading.Event()

    def __hash__(self) -> int:
        return id(self)

    def finish(self, *, within: float) -> None:
        """Send nothing new; wait until all is answered."""
        self._finishing.set()
        self.join(within)
        self._stopping.set()
        self.join(5)

    def run(self) -> None:
        """Send, hear, and begin again on a new connection whenever the line breaks."""
        while not self._stopping.is_set() and not (self._finishing.is_set() and not self._waiting):
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=2) as line:
                    self._talk(line)
            except OSError:
                self._stopping.wait(0.1)

    def _talk(self, line: socket.socket) -> None:
        reader = HostReader()
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
            for heard in reader.hear(data):
                self._waiting.pop(heard.qn, None)
                self.answered.add(heard.qn)

    def _next(self) -> bytes:
        at = self.first + len(self.sent) * SECOND
        frame = real_time(Logger(self.key), at=at, values={"a34004": 1.0, "a01002": 2.0})
        qn = frame[9:26].decode()
        self.sent[qn] = at
        self._waiting[qn] = frame
        return frame
