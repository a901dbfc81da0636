"""One TCP connection of a field protocol."""

from collections.abc import Sequence
from typing import Final

from onecity.platform.iot.gateways.field.contract import FieldProtocol, Refused, Reply, Said
from onecity.platform.iot.gateways.field.speakers import Speaker
from onecity.platform.iot.gateways.field.taking import Taker
from onecity.platform.iot.gateways.houses import TcpHouse
from onecity.platform.iot.gateways.limits import Limits
from onecity.platform.iot.gateways.lines import Line
from onecity.platform.iot.services.store import GroupWriter

FULL_PAUSE_S: Final = 0.5


class FieldLine(Line):
    """Gives what comes to its session, and what that says to the taker."""

    __slots__ = ("bad_in_a_row", "house", "session", "speaker")

    def __init__(self, house: "FieldHouse", limits: Limits) -> None:
        super().__init__(house, limits, enter=lambda: house.enter(self), leave=lambda: house.leave(self))
        self.house = house
        self.session = house.protocol.session()
        self.speaker = Speaker(self, self.session, protocol=house.protocol.code)
        self.bad_in_a_row = 0

    @property
    def held(self) -> int:
        """Bytes of a frame that is not whole yet."""
        return self.session.held

    @property
    def holds(self) -> bool:
        """Say that the sender can be left waiting: what it sends stays in its socket."""
        return True

    def settle(self) -> None:
        """Give up what is held: it is a broken frame."""
        self._hear(self.session.settled(self.house.taker.shared.now()))

    def data_received(self, data: bytes) -> None:
        """Take bytes as they come."""
        house = self.house
        self.speaker.address = self.address
        self.byte_at = house.now = now = house.clock()
        said = self.session.received(data, house.taker.shared.now())
        frames = self._hear(said)
        if frames or not self.session.held:
            self.partial_since = now if self.session.held else 0.0
        elif not self.partial_since:
            self.partial_since = now
        pause_s = self.allowance.take(frames, now=now) if frames else 0.0
        if pause_s > 0:
            self.hold_back(pause_s)
        elif house.is_full:
            house.hold_back_all(self)

    def look_after(self, now: float) -> None:
        """Do what time demands."""
        super().look_after(now)
        if not self.closed:
            self._hear(self.session.tick(self.house.taker.shared.now()))

    def hang_up(self) -> None:
        """End the connection after what was written has gone out."""
        if not self.closed:
            self.transport.close()

    def _hear(self, said: Sequence[Said]) -> int:
        """Hand on what the session says; return how many messages of devices that were."""
        if not said:
            return 0
        frames = 0
        for one in said:
            if isinstance(one, Refused):
                self.bad_in_a_row += 1
            elif not isinstance(one, Reply):
                frames += 1
                self.bad_in_a_row = 0
                self.frame_at = self.byte_at
        self.house.taker.hear(self.speaker, said)
        if self.bad_in_a_row > self.limits.bad_in_a_row:
            last = next((one.raw for one in reversed(said) if isinstance(one, Refused)), b"")
            self.house.taker.flood(self.speaker, last)
            self.close()
        return frames


class FieldHouse(TcpHouse[FieldLine]):
    """Owns the TCP connections of one protocol."""

    def __init__(self, protocol: FieldProtocol, taker: Taker, *, writer: GroupWriter, limits: Limits) -> None:
        super().__init__(writer=writer, counters=taker.counters, limits=limits)
        self.protocol = protocol
        self.taker = taker
        self.addresses = taker.addresses

    @property
    def is_full(self) -> bool:
        """Say whether so much waits for the database that senders have to wait too."""
        return self.taker.is_full

    def new_line(self) -> FieldLine:
        """Return a line for a connection that begins."""
        return FieldLine(self, self.limits)

    def leave(self, line: FieldLine) -> None:
        """Forget a connection."""
        super().leave(line)
        self.taker.shared.lines.leave(line.speaker)

    def hand_over(self) -> None:
        """Judge and submit what was gathered."""
        self.taker.hand_over()
