"""Why bytes from a vehicle terminal were not accepted: a stable code for programs, a Chinese sentence for people."""

from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from onecity.kernel.text import zh


class Reason(StrEnum):
    """What was wrong. The values are stored in the quarantine and therefore stay for ever."""

    BAD_ESCAPE = "jt808_bad_escape"
    TOO_SHORT = "jt808_too_short"
    TOO_LONG = "jt808_too_long"
    CHECKSUM = "jt808_checksum"
    LENGTH = "jt808_length"
    BAD_PHONE = "jt808_bad_phone"
    BAD_PART = "jt808_bad_part"
    PARTS_LOST = "jt808_parts_lost"
    TOO_MANY_PARTS = "jt808_too_many_parts"
    ENCRYPTED = "jt808_encrypted"
    BAD_BODY = "jt808_bad_body"
    UNSUPPORTED = "jt808_unsupported"
    NOT_LOGGED_IN = "jt808_not_logged_in"

    @property
    def sentence(self) -> str:
        """Say it in a Chinese sentence (the message id)."""
        return SENTENCES[self]


SENTENCES = MappingProxyType(
    {
        Reason.BAD_ESCAPE: zh("转义错误：0x7D之后不是0x01或0x02"),
        Reason.TOO_SHORT: zh("报文不完整，短于消息头"),
        Reason.TOO_LONG: zh("报文超出协议允许的最大长度"),
        Reason.CHECKSUM: zh("校验码不一致"),
        Reason.LENGTH: zh("消息体长度与消息头所述不符"),
        Reason.BAD_PHONE: zh("终端手机号不是BCD数字"),
        Reason.BAD_PART: zh("分包的总包数或包序号无效"),
        Reason.PARTS_LOST: zh("分包未在规定时间内到齐"),
        Reason.TOO_MANY_PARTS: zh("分包数量或总长度超出允许的上限"),
        Reason.ENCRYPTED: zh("消息体已加密，平台没有密钥"),
        Reason.BAD_BODY: zh("消息体内容与消息ID规定的格式不符"),
        Reason.UNSUPPORTED: zh("平台不支持的消息ID"),
        Reason.NOT_LOGGED_IN: zh("终端鉴权之前发送了业务消息"),
    }
)


class BadFrame(NamedTuple):
    """Bytes that could not be accepted, kept as they came (flags and escapes included), with the reason."""

    raw: bytes
    reason: Reason


class BadBody(ValueError):
    """The body does not have the form that its message id demands."""
