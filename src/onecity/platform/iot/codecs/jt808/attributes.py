"""What a terminal says of its hardware (0x0107)."""

from dataclasses import dataclass
from typing import Final

from onecity.platform.iot.codecs.jt808.registration import text_of
from onecity.platform.iot.codecs.octets import Octets, Short
from onecity.platform.iot.codecs.refusals import BadBody


@dataclass(frozen=True, slots=True)
class Attributes:
    """A terminal's attributes. kind: bits of what it is for. iccid: of its SIM card. gnss, radio: bits of modules."""

    kind: int
    manufacturer: str
    model: str
    terminal_id: str
    iccid: str
    hardware: str
    firmware: str
    gnss: int
    radio: int


_LAYOUTS: Final = {False: ((5, 20, 7),), True: ((5, 30, 30), (11, 30, 30))}
"""Sizes of manufacturer, model and terminal id, before 2019 and since; real terminals of 2019 have both."""


def decode_attributes(body: bytes, *, of_2019: bool) -> Attributes:
    """Read a terminal's attributes in the layout that fits exactly.

    Raises: BadBody if none does.
    Source: JT/T 808-2013, 8 and JT/T 808-2019, 8 (查询终端属性应答).
    """
    for sizes in _LAYOUTS[of_2019]:
        octets = Octets(body)
        try:
            found = _read(octets, sizes)
        except Short:
            continue
        if not octets.left:
            return found
    raise BadBody("the attributes fit no layout")


def _read(octets: Octets, sizes: tuple[int, int, int]) -> Attributes:
    kind = octets.number(2)
    manufacturer, model, terminal_id = (_text(octets.take(size)) for size in sizes)
    iccid = octets.take(10).hex()
    hardware, firmware = (_text(octets.take(octets.number(1))) for _ in range(2))
    return Attributes(
        kind, manufacturer, model, terminal_id, iccid, hardware, firmware, octets.number(1), octets.number(1)
    )


def _text(data: bytes) -> str:
    return text_of(data.strip(b"\0"))
