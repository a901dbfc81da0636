"""Log-in and log-out of vehicles and platforms, and the terminal's parameters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from onecity.platform.iot.codecs.gb32960.packet import TIME_SIZE, Edition, NotEncodable, time_bytes
from onecity.platform.iot.codecs.octets import Octets, Short
from onecity.platform.iot.codecs.refusals import BadBody

ICCID_SIZE: Final = 20
USER_SIZE: Final = 12
PASSWORD_SIZE: Final = 20
CODE_2025: Final = 24


@dataclass(frozen=True, slots=True)
class Login:
    """A vehicle's log-in. serial: of the day. codes: of its rechargeable packs. sizes: packs of each BMS (2025)."""

    time: bytes
    serial: int
    iccid: str
    codes: tuple[str, ...] = ()
    code_size: int = 0
    systems: int = 0
    sizes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Logout:
    """A log-out of a vehicle or a platform. serial: of the log-in that it ends."""

    time: bytes
    serial: int


@dataclass(frozen=True, slots=True)
class PlatformLogin:
    """A subordinate platform's log-in."""

    time: bytes
    serial: int
    user: str
    password: str
    encryption: int = 1


def decode_login(data: bytes, *, edition: Edition) -> Login:
    """Read a vehicle's log-in.

    Raises: BadBody.
    Source: GB/T 32960.3-2016, 7 and GB/T 32960.3-2025, 7 (车辆登入).
    """
    octets = Octets(data)
    try:
        time, serial = octets.take(TIME_SIZE), octets.number(2)
        iccid = _text(octets.take(ICCID_SIZE))
        systems = octets.number(1)
        if edition is Edition.E2016:
            size = octets.number(1)
            codes = tuple(_text(octets.take(size)) for _ in range(systems)) if size else ()
            sizes: tuple[int, ...] = ()
        else:
            sizes, size = tuple(octets.take(systems)), CODE_2025
            codes = tuple(_text(octets.take(size)) for _ in range(sum(sizes)))
    except Short:
        raise BadBody("a log-in ends before its last code") from None
    if octets.left:
        raise BadBody("a log-in holds more than its codes")
    return Login(time, serial, iccid, codes, size, systems, sizes)


def encode_login(login: Login, *, edition: Edition) -> bytes:
    """Return a log-in's data.

    Raises: NotEncodable for texts that do not fit.
    """
    head = login.time + login.serial.to_bytes(2, "big") + _padded(login.iccid, ICCID_SIZE) + bytes([login.systems])
    codes = b"".join(_padded(code, login.code_size) for code in login.codes)
    return head + (bytes([login.code_size]) if edition is Edition.E2016 else bytes(login.sizes)) + codes


def decode_logout(data: bytes) -> Logout:
    """Read a log-out.

    Raises: BadBody.
    Source: GB/T 32960.3-2016, 7 (车辆登出、平台登出).
    """
    octets = Octets(data)
    try:
        logout = Logout(octets.take(TIME_SIZE), octets.number(2))
    except Short:
        raise BadBody("a log-out ends before its serial") from None
    if octets.left:
        raise BadBody("a log-out holds more than its serial")
    return logout


def encode_logout(logout: Logout) -> bytes:
    """Return a log-out's data."""
    return logout.time + logout.serial.to_bytes(2, "big")


def decode_platform_login(data: bytes) -> PlatformLogin:
    """Read a platform's log-in; user and password in GBK, as platforms send them.

    Raises: BadBody.
    Source: GB/T 32960.3-2016, 7 (平台登入).
    """
    if len(data) != TIME_SIZE + 2 + USER_SIZE + PASSWORD_SIZE + 1:
        raise BadBody("a platform's log-in takes 41 bytes")
    octets = Octets(data)
    return PlatformLogin(
        octets.take(TIME_SIZE),
        octets.number(2),
        _text(octets.take(USER_SIZE)),
        _text(octets.take(PASSWORD_SIZE)),
        octets.number(1),
    )


def encode_platform_login(login: PlatformLogin) -> bytes:
    """Return a platform's log-in's data.

    Raises: NotEncodable for texts that do not fit.
    """
    names = _padded(login.user, USER_SIZE) + _padded(login.password, PASSWORD_SIZE)
    return login.time + login.serial.to_bytes(2, "big") + names + bytes([login.encryption])


PARAMETERS: Final[Mapping[str, tuple[int, Mapping[Edition, int]]]] = MappingProxyType(
    {
        "storage_period": (0x01, MappingProxyType({Edition.E2016: 2, Edition.E2025: 2})),
        "report_interval": (0x02, MappingProxyType({Edition.E2016: 2, Edition.E2025: 1})),
        "alarm_period": (0x03, MappingProxyType({Edition.E2016: 2, Edition.E2025: 1})),
        "heartbeat_interval": (0x09, MappingProxyType({Edition.E2016: 1, Edition.E2025: 1})),
    }
)
"""Id and size of the parameters that are set. Source: GB/T 32960.3-2016, B (参数设置)."""

CONTROLS: Final[Mapping[str, int]] = MappingProxyType({"shut_down": 2, "reset": 3, "factory_reset": 4, "cut_link": 5})
"""Source: GB/T 32960.3-2016, B (车载终端控制命令)."""


def encode_questions(numbers: Sequence[int], *, at: datetime) -> bytes:
    """Return the data of a question for parameters (0x80)."""
    return time_bytes(at) + bytes([len(numbers), *numbers])


def encode_parameter(code: str, value: int, *, at: datetime, edition: Edition) -> bytes:
    """Return the data of an order to set one parameter (0x81).

    Raises: NotEncodable for a value that does not fit.
    """
    number, sizes = PARAMETERS[code]
    try:
        return time_bytes(at) + bytes([1, number]) + value.to_bytes(sizes[edition], "big")
    except OverflowError:
        raise NotEncodable from None


def encode_control(code: str, *, at: datetime) -> bytes:
    """Return the data of a terminal control (0x82)."""
    return time_bytes(at) + bytes([CONTROLS[code]])


def _text(data: bytes) -> str:
    return data.rstrip(b"\0").decode("gb18030", "replace")


def _padded(text: str, size: int) -> bytes:
    data = text.encode("gb18030", "replace")
    if len(data) > size:
        raise NotEncodable
    return data.ljust(size, b"\0")
