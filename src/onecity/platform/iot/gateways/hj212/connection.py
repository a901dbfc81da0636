"""One field unit's connection."""

from typing import TYPE_CHECKING

from onecity.platform.iot.codecs.hj212 import BadFrame, Frame, Framer
from onecity.platform.iot.gateways.limits import Limits
from onecity.platform.iot.gateways.lines import Line

if TYPE_CHECKING:
    from onecity.platform.iot.gateways.hj212.server import Hj212Server


class Connection(Line):
    """Cuts the stream into frames and holds what the sender is owed. mns: devices that spoke on it."""

    __slots__ = ("bad_in_a_row", "framer", "mns", "server")

    def __init__(self, server: "Hj212Server", limits: Limits) -> None:
        super().__init__(server, limits, enter=lambda: server.enter(self), leave=lambda: server.leave(self))
        self.server = server
        self.framer = Framer(longest=limits.longest)
        self.bad_in_a_row = 0
        self.mns: set[str] = set()

    @property
    def held(self) -> int:
        """Bytes of a frame that is not whole yet."""
        return self.framer.held

    def settle(self) -> None:
        """Give up what is held: it is a broken frame."""
        self._sort(self.framer.settle())

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
