"""Registration (0x0100) in its three layouts, and authentication (0x0102) in its two."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from onecity.platform.iot.codecs.jt808.packet import NotEncodable
from onecity.platform.iot.codecs.octets import Octets, Short
from onecity.platform.iot.codecs.refusals import BadBody

IMEI_SIZE: Final = 15
SOFTWARE_SIZE: Final = 20


class Edition(Enum):
    """Editions with a layout of their own; the value has the sizes of manufacturer, model and terminal id."""

    E2011 = (5, 8, 7)
    E2013 = (5, 20, 7)
    E2019 = (11, 30, 30)


@dataclass(frozen=True, slots=True)
class Registration:
    """What a terminal says of itself. province, county: the first two and the next four digits of GB/T 2260.

    colour: of the plate; 0 for none, and `plate` is then the vehicle's identification number (VIN).
    """

    edition: Edition
    province: int
    county: int
    manufacturer: str
    model: str
    terminal_id: str
    colour: int
    plate: str


@dataclass(frozen=True, slots=True)
class Authentication:
    """A terminal's code; since 2019 with IMEI and software version ("" before)."""

    code: str
    imei: str = ""
    software: str = ""


def edition_of(body: bytes, *, of_2019: bool) -> Edition:
    """Tell which layout a registration has. of_2019: by the header's version flag.

    The header cannot tell 2011 from 2013. Below 37 bytes it is 2011; else it is 2013 where byte 36 can be a plate
    colour and bytes 9 to 35 are text.
    Source: JT/T 808-2011, 8, JT/T 808-2013, 8 and JT/T 808-2019, 8; the choice is a house rule.
    """
    if of_2019:
        return Edition.E2019
    text = body[9:36]
    plausible = len(body) >= 37 and body[36] <= 9 and all(byte == 0 or 0x20 <= byte < 0x7F for byte in text)
    return Edition.E2013 if plausible else Edition.E2011


def decode_registration(body: bytes, *, of_2019: bool) -> Registration:
    """Read a registration.

    Raises: BadBody if it is shorter than its fixed part.
    Source: JT/T 808-2019, 8 (终端注册).
    """
    edition = edition_of(body, of_2019=of_2019)
    octets = Octets(body)
    try:
        province, county = octets.number(2), octets.number(2)
        manufacturer, model, terminal_id = (_text(octets.take(size)) for size in edition.value)
        colour = octets.number(1)
    except Short:
        raise BadBody("a registration ends before the plate") from None
    return Registration(edition, province, county, manufacturer, model, terminal_id, colour, _text(octets.rest()))


def encode_registration(registration: Registration) -> bytes:
    """Return the registration's body; texts are padded with zero bytes behind.

    Raises: NotEncodable for texts that do not fit.
    """
    sizes = registration.edition.value
    texts = (registration.manufacturer, registration.model, registration.terminal_id)
    fields = b"".join(_padded(text, size) for text, size in zip(texts, sizes, strict=True))
    numbers = registration.province.to_bytes(2, "big") + registration.county.to_bytes(2, "big")
    return numbers + fields + bytes([registration.colour]) + gbk(registration.plate)


def decode_authentication(body: bytes, *, of_2019: bool) -> Authentication:
    """Read an authentication.

    Raises: BadBody if the length of the code does not fit (2019).
    Source: JT/T 808-2013, 8 and JT/T 808-2019, 8 (终端鉴权).
    """
    if not of_2019:
        return Authentication(_text(body))
    octets = Octets(body)
    try:
        code = _text(octets.take(octets.number(1)))
        imei, software = _text(octets.take(IMEI_SIZE)), _text(octets.take(SOFTWARE_SIZE))
    except Short:
        raise BadBody("an authentication of 2019 ends before its software version") from None
    return Authentication(code, imei, software)


def encode_authentication(authentication: Authentication, *, of_2019: bool) -> bytes:
    """Return the authentication's body.

    Raises: NotEncodable for texts that do not fit.
    """
    code = gbk(authentication.code)
    if not of_2019:
        return code
    if len(code) > 255:
        raise NotEncodable
    return (
        bytes([len(code)])
        + code
        + _padded(authentication.imei, IMEI_SIZE)
        + _padded(authentication.software, SOFTWARE_SIZE)
    )


def gbk(text: str) -> bytes:
    """Return a text in GBK.

    Raises: NotEncodable for characters that GBK lacks.
    """
    try:
        return text.encode("gbk")
    except UnicodeEncodeError:
        raise NotEncodable from None


def text_of(data: bytes) -> str:
    """Read a text in GBK; what is none becomes U+FFFD."""
    return data.decode("gb18030", "replace")


def _text(data: bytes) -> str:
    return text_of(data.strip(b"\0"))


def _padded(text: str, size: int) -> bytes:
    data = gbk(text)
    if len(data) > size:
        raise NotEncodable
    return data.ljust(size, b"\0")
