"""Bodies that the platform sends: texts, terminal control, tracking, questions."""

from collections.abc import Sequence
from typing import Final

from onecity.platform.iot.codecs.jt808.packet import NotEncodable
from onecity.platform.iot.codecs.jt808.registration import gbk

URGENT: Final = 0x01
DISPLAY: Final = 0x04
SPEAK: Final = 0x08
SERVICE_TEXT: Final = 0x01
NOTICE_TEXT: Final = 0x03
_LONGEST_TEXT: Final = 1024

UPGRADE: Final = 1
CONNECT: Final = 2
SHUT_DOWN: Final = 3
RESET: Final = 4
FACTORY_RESET: Final = 5
CLOSE_DATA: Final = 6
CLOSE_RADIO: Final = 7

TRACKED_FOR_S: Final = 600
"""How long temporary tracking lasts. Source: House rule."""


def encode_text(text: str, *, flag: int, of_2019: bool, kind: int = 1) -> bytes:
    """Return the body of a text for the driver (0x8300). flag: how it is shown. kind: 1 notice, 2 service (2019).

    Raises: NotEncodable above 1024 bytes of GBK, or for characters that GBK lacks.
    Source: JT/T 808-2013, 8 and JT/T 808-2019, 8 (文本信息下发).
    """
    data = gbk(text)
    if len(data) > _LONGEST_TEXT:
        raise NotEncodable
    return bytes([flag, kind] if of_2019 else [flag]) + data


def encode_control(command: int, *, parameters: Sequence[str] = ()) -> bytes:
    """Return the body of a terminal control (0x8105). parameters: joined with semicolons.

    Source: JT/T 808-2019, 8 (终端控制).
    """
    return bytes([command]) + gbk(";".join(parameters))


def encode_tracking(interval_s: int, *, for_s: int) -> bytes:
    """Return the body of temporary tracking (0x8202). interval_s: 0 ends it, and nothing follows then.

    Raises: NotEncodable for numbers out of range.
    Source: JT/T 808-2019, 8 (临时位置跟踪控制).
    """
    try:
        interval = interval_s.to_bytes(2, "big")
        return interval + (for_s.to_bytes(4, "big") if interval_s else b"")
    except OverflowError:
        raise NotEncodable from None


def encode_ids(numbers: Sequence[int]) -> bytes:
    """Return the body of a question for some parameters (0x8106).

    Raises: NotEncodable for more than 255.
    Source: JT/T 808-2019, 8 (查询指定终端参数).
    """
    if len(numbers) > 255:
        raise NotEncodable
    return bytes([len(numbers)]) + b"".join(number.to_bytes(4, "big") for number in numbers)
