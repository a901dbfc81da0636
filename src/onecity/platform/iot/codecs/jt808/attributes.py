"""What a terminal says of its hardware (0x0107)."""

from dataclasses import dataclass

from onecity.platform.iot.codecs.jt808.reasons import BadBody
from onecity.platform.iot.codecs.jt808.registration import text_of
from onecity.platform.iot.codecs.octets import Octets, Short


@dataclass(frozen=True, slots=True)
class Attributes:
    """A terminal's attributes. kind: bits of what it is for. iccid: of its SIM card. gnss, radio: bits of its modules."""

    kind: int
    manufacturer: str
    model: str
    terminal_id: str
    iccid: str
    hardware: str
    firmware: str
    gnss: int
    radio: int


def decode_attributes(body: bytes, *, of_2019: bool) -> Attributes:
    """Read a terminal's attributes.

    Raises: BadBody.
    Source: JT/T 808-2013, 8.14 and JT/T 808-2019, 8.16 (查询终端属性应答): model 20 and id 7 bytes before 2019, 30 each since.
    """
    octets = Octets(body)
    model_size, id_size = (30, 30) if of_2019 else (20, 7)
    try:
        return Attributes(
            octets.number(2),
            _text(octets.take(5)),
            _text(octets.take(model_size)),
            _text(octets.take(id_size)),
            octets.take(10).hex(),
            _text(octets.take(octets.number(1))),
            _text(octets.take(octets.number(1))),
            octets.number(1),
            octets.number(1),
        )
    except Short:
        raise BadBody("the attributes end too early") from None


def _text(data: bytes) -> str:
    return text_of(data.strip(b"\0"))
