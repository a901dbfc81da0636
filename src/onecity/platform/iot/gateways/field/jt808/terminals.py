"""What a line knows of each terminal that speaks on it, and how the platform's messages to it are made."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from onecity.platform.iot.codecs.jt808 import Packet, encode, ids
from onecity.platform.iot.codecs.jt808.answers import Answer, Result, encode_answer
from onecity.platform.iot.codecs.jt808.location import Location
from onecity.platform.iot.codecs.jt808.splitting import SERIALS

ALL: Final = 0xFFFF_FFFF
TELL_ALL_EVERY_S: Final = 600.0


class Told(NamedTuple):
    """Bits of alarms and states that are told even when they do not stand."""

    alarms: int
    states: int

    def more(self, location: Location) -> "Told":
        """Return these and those that stand in a report."""
        return Told(self.alarms | location.alarms, self.states | location.status)


NOTHING_TOLD: Final = Told(0, 0)


@dataclass(slots=True)
class Terminal:
    """A terminal on a line. code: what it showed at its last log-in on this line. alarms: of its last report.

    told: alarms and states that stood at some time on this line; they are told on, also as 0, so that a lost report
    loses nothing. told_all_at: when all were told last, seconds. asked: references of open questions, by answer's id.
    """

    phone: str
    version: int | None
    code: str | None = None
    alarms: int = 0
    told: Told = NOTHING_TOLD
    told_all_at: float | None = None
    asked: dict[int, str] = field(default_factory=dict)
    _serial: int = -1

    @property
    def of_2019(self) -> bool:
        """Whether it speaks the edition of 2019."""
        return self.version is not None

    def message(self, number: int, body: bytes = b"") -> tuple[int, bytes]:
        """Return a message to the terminal, with its serial."""
        self._serial = (self._serial + 1) % SERIALS
        return self._serial, encode(Packet(number, self.phone, self._serial, body, self.version))

    def answer(self, packet: Packet, *, result: Result = Result.OK, serials: Iterable[int] = ()) -> bytes:
        """Return the general answer to a message; one for each serial, if it came in parts."""
        numbers = tuple(serials) or (packet.serial,)
        return b"".join(
            self.message(ids.PLATFORM_ANSWER, encode_answer(Answer(number, packet.id, result)))[1] for number in numbers
        )

    def to_tell(self, location: Location, *, seconds: float) -> Told:
        """Note what stands in a live report; return what is to be told even if it does not."""
        due = self.told_all_at is None or seconds - self.told_all_at >= TELL_ALL_EVERY_S
        if due:
            self.told_all_at = seconds
        self.alarms = location.alarms
        self.told = self.told.more(location)
        return Told(ALL, ALL) if due else self.told
