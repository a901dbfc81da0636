"""What meters answer: data, parts of data, addresses, consent, refusal with reasons."""

from dataclasses import dataclass
from typing import Final

from onecity.kernel.text import zh
from onecity.platform.iot.codecs.dlt645.frames import Frame
from onecity.platform.iot.codecs.dlt645.requests import Function

ERRORS: Final = (
    zh("其他错误"),
    zh("无请求数据"),
    zh("密码错或未授权"),
    zh("通信速率不能更改"),
    zh("年时区数超"),
    zh("日时段数超"),
    zh("费率数超"),
)
"""What the bits of the error word say, bit 0 first. Source: DL/T 645-2007, 5.2.5 (错误信息字)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A meter's answer. code: the data identifier, eight hexadecimal characters, "" where the answer has none.

    data: behind the identifier, low byte first, without the number of the part. part: of following data, else 0.
    errors: sentences of the error word (message ids).
    """

    address: str
    function: int
    code: str = ""
    data: bytes = b""
    part: int = 0
    has_more: bool = False
    refused: bool = False
    errors: tuple[str, ...] = ()


class NoAnswer(ValueError):
    """The frame is none of a meter, or too short for its function."""


_WITH_CODE: Final = (Function.READ, Function.READ_FOLLOWING)
_OLD_READ: Final = (0x01, 0x02)


def answer(frame: Frame) -> Answer:
    """Read a meter's frame.

    Raises: NoAnswer.
    Source: DL/T 645-2007, 5.2.3 and 5.3; functions 01H and 02H with identifiers of two bytes are of DL/T 645-1997.
    """
    if not frame.is_answer:
        raise NoAnswer("a master's frame")
    if frame.is_error:
        word = frame.data[0] if frame.data else 1
        said = tuple(text for bit, text in enumerate(ERRORS) if word >> bit & 1)
        return Answer(frame.address, frame.function, refused=True, errors=said or ERRORS[:1])
    if frame.function in _OLD_READ:
        return _with_code(frame, size=2)
    if frame.function in _WITH_CODE:
        return _with_code(frame, size=4)
    if frame.function == Function.READ_ADDRESS:
        return _address(frame)
    return Answer(frame.address, frame.function, data=frame.data)


def _with_code(frame: Frame, *, size: int) -> Answer:
    following = frame.function == Function.READ_FOLLOWING
    if len(frame.data) < size + following:
        raise NoAnswer(f"{len(frame.data)} bytes")
    code, data = frame.data[:size][::-1].hex().upper(), frame.data[size:]
    part = data[-1] if following else 0
    return Answer(
        frame.address, frame.function, code, data[:-1] if following else data, part=part, has_more=frame.has_more
    )


def _address(frame: Frame) -> Answer:
    if len(frame.data) != 6 or not frame.data.hex().isdecimal():
        raise NoAnswer("no address")
    return Answer(frame.data[::-1].hex(), frame.function, data=frame.data)
