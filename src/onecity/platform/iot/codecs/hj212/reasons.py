"""Why bytes from a field unit were not accepted: a stable code for programs, a Chinese sentence for people."""

from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from onecity.kernel.text import zh


class Reason(StrEnum):
    """What was wrong. The values are stored in the quarantine and therefore stay for ever."""

    NO_HEADER = "no_header"
    NO_LENGTH = "no_length"
    TOO_LONG = "too_long"
    NO_TAIL = "no_tail"
    TRUNCATED = "truncated"
    CRC_NOT_HEX = "crc_not_hex"
    CRC_MISMATCH = "crc_mismatch"
    NOT_UTF8 = "not_utf8"
    NO_DATA_AREA = "no_data_area"
    NO_SYSTEM = "no_system"
    NO_COMMAND = "no_command"
    NO_DEVICE = "no_device"
    BAD_FLAG = "bad_flag"
    BAD_PART_NUMBER = "bad_part_number"
    NO_DATA_TIME = "no_data_time"

    @property
    def sentence(self) -> str:
        """Say it in a Chinese sentence (the message id)."""
        return SENTENCES[self]


SENTENCES = MappingProxyType(
    {
        Reason.NO_HEADER: zh("未找到包头“##”"),
        Reason.NO_LENGTH: zh("包头之后不是四位十进制的数据段长度"),
        Reason.TOO_LONG: zh("数据段长度超出允许的上限"),
        Reason.NO_TAIL: zh("按数据段长度未找到包尾（回车换行），长度与内容不符"),
        Reason.TRUNCATED: zh("通讯包不完整，后续数据未到达"),
        Reason.CRC_NOT_HEX: zh("校验码不是四位十六进制字符"),
        Reason.CRC_MISMATCH: zh("CRC校验不一致"),
        Reason.NOT_UTF8: zh("数据段不是有效的UTF-8文本"),
        Reason.NO_DATA_AREA: zh("缺少数据区，或数据区没有以“&&”开始和结束"),
        Reason.NO_SYSTEM: zh("缺少系统编码（ST）"),
        Reason.NO_COMMAND: zh("缺少命令编码（CN），或命令编码不是四位数字"),
        Reason.NO_DEVICE: zh("缺少设备唯一标识（MN）"),
        Reason.BAD_FLAG: zh("拆分包及应答标志（Flag）不是0至255的整数"),
        Reason.BAD_PART_NUMBER: zh("总包数（PNUM）或包号（PNO）无效"),
        Reason.NO_DATA_TIME: zh("监测数据缺少有效的数据时间（DataTime）"),
    }
)


class BadFrame(NamedTuple):
    """Bytes that could not be accepted, kept as they came, with the reason.

    raw: the bytes from the stream; never longer than the framer's bound, so a flood makes many, not one huge one.
    """

    raw: bytes
    reason: Reason

    @property
    def sentence(self) -> str:
        """Say the reason in a Chinese sentence (the message id)."""
        return self.reason.sentence
