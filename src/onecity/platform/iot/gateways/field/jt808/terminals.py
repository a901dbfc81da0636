"""What a line knows of each terminal that speaks on it, and how the platform's messages to it are made."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from onecity.platform.iot.codecs.jt808 import Packet, encode, ids
from onecity.platform.iot.codecs.jt808.answers import Answer, Result, encode_answer
from onecity.platform.iot.codecs.jt808.splitting import SERIALS
from onecity.platform.iot.gateways.field.bits import BitsTold


@dataclass(slots=True)
class Terminal:
    """A terminal on a line. code: what it showed at its last log-in on this line. alarms, states: bits told so far.

    asked: references of open questions, by answer's id.
    """

    phone: str
    version: int | None
    code: str | None = None
    alarms: BitsTold = field(default_factory=BitsTold)
    states: BitsTold = field(default_factory=BitsTold)
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
