"""General answers, and the platform's own answers to registration, time and lost parts."""

from collections.abc import Sequence
from datetime import datetime
from enum import IntEnum
from typing import Final, NamedTuple

from onecity.platform.iot.codecs.jt808.bcd import time_bytes_utc
from onecity.platform.iot.codecs.jt808.packet import NotEncodable
from onecity.platform.iot.codecs.jt808.registration import gbk
from onecity.platform.iot.codecs.octets import Octets
from onecity.platform.iot.codecs.refusals import BadBody

_SIZE: Final = 5


class Result(IntEnum):
    """What a general answer says. Source: JT/T 808-2019, 8 (终端、平台通用应答)."""

    OK = 0
    FAILED = 1
    BAD_MESSAGE = 2
    UNSUPPORTED = 3
    ALARM_CONFIRMED = 4


class Registering(IntEnum):
    """What the answer to a registration says. Source: JT/T 808-2019, 8 (终端注册应答)."""

    OK = 0
    VEHICLE_REGISTERED = 1
    NO_VEHICLE = 2
    TERMINAL_REGISTERED = 3
    NO_TERMINAL = 4


class Answer(NamedTuple):
    """A general answer. serial, id: of the message that it answers."""

    serial: int
    id: int
    result: int


def decode_answer(body: bytes) -> Answer:
    """Read a general answer (0x0001, 0x8001); bytes behind its five are a vendor's.

    Raises: BadBody if it is too short.
    """
    if len(body) < _SIZE:
        raise BadBody("a general answer takes five bytes")
    octets = Octets(body)
    return Answer(octets.number(2), octets.number(2), octets.number(1))


def encode_answer(answer: Answer) -> bytes:
    """Return a general answer's body."""
    return answer.serial.to_bytes(2, "big") + answer.id.to_bytes(2, "big") + bytes([answer.result])


def encode_registering(serial: int, *, result: Registering, code: str = "") -> bytes:
    """Return the body of the answer to a registration (0x8100). code: for the terminal to keep, if it was registered.

    Source: JT/T 808-2019, 8 (终端注册应答).
    """
    return serial.to_bytes(2, "big") + bytes([result]) + (gbk(code) if result is Registering.OK else b"")


def encode_time(at: datetime) -> bytes:
    """Return the body of the answer to a question for the time (0x8004): UTC, other than everywhere else.

    Source: JT/T 808-2019, 8 (查询服务器时间应答).
    """
    return time_bytes_utc(at)


def encode_parts_wanted(serial: int, *, numbers: Sequence[int], of_2019: bool) -> bytes:
    """Return the body of a question for lost parts (0x8003). serial: of part 1. numbers: of the parts, from 1.

    Before 2019 the count is a byte, so only the first 255 are asked for.
    Raises: NotEncodable for no number at all.
    Source: JT/T 808-2013, 8 and JT/T 808-2019, 8 (补传分包请求).
    """
    if not numbers:
        raise NotEncodable
    wanted = numbers if of_2019 else numbers[:255]
    count = len(wanted).to_bytes(2 if of_2019 else 1, "big")
    return serial.to_bytes(2, "big") + count + b"".join(number.to_bytes(2, "big") for number in wanted)
