"""Why bytes of a field protocol cannot be taken: one vocabulary for every codec but HJ 212's, which is older."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from onecity.kernel.text import zh


class Fault(StrEnum):
    """What was wrong. The values are stored in the quarantine and therefore stay for ever."""

    NO_START = "no_start"
    NO_END = "no_end"
    TOO_LONG = "frame_too_long"
    BAD_LENGTH = "bad_length"
    TRUNCATED = "truncated"
    BAD_ESCAPE = "bad_escape"
    BAD_CHECKSUM = "bad_checksum"
    BAD_ADDRESS = "bad_address"
    BAD_DIGITS = "bad_digits"
    BAD_VALUE = "bad_value"
    BAD_TIME = "bad_time"
    BAD_VERSION = "bad_version"
    BAD_SEQUENCE = "bad_sequence"
    UNKNOWN_FUNCTION = "unknown_function"
    ENCRYPTED = "encrypted"
    PARTS_MISSING = "parts_missing"
    TOO_MANY_PARTS = "too_many_parts"
    UNASKED = "unasked"

    @property
    def sentence(self) -> str:
        """Say it in a Chinese sentence (the message id)."""
        return SENTENCES[self]


SENTENCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        Fault.NO_START: zh("未找到帧起始符"),
        Fault.NO_END: zh("未在应有的位置找到帧结束符"),
        Fault.TOO_LONG: zh("帧长度超出允许的上限"),
        Fault.BAD_LENGTH: zh("长度域与实际内容不符"),
        Fault.TRUNCATED: zh("通讯包不完整，后续数据未到达"),
        Fault.BAD_ESCAPE: zh("转义序列无效"),
        Fault.BAD_CHECKSUM: zh("校验不一致"),
        Fault.BAD_ADDRESS: zh("地址域无效"),
        Fault.BAD_DIGITS: zh("BCD码含有非十进制数字"),
        Fault.BAD_VALUE: zh("数据内容无效或超出取值范围"),
        Fault.BAD_TIME: zh("时间戳无法识别"),
        Fault.BAD_VERSION: zh("协议版本不受支持"),
        Fault.BAD_SEQUENCE: zh("流水号不符合约定"),
        Fault.UNKNOWN_FUNCTION: zh("功能码或命令未知"),
        Fault.ENCRYPTED: zh("内容已加密，平台没有密钥"),
        Fault.PARTS_MISSING: zh("分包未在时限内收齐"),
        Fault.TOO_MANY_PARTS: zh("未收齐的分包过多"),
        Fault.UNASKED: zh("没有与之对应的请求"),
    }
)
