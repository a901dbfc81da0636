"""Why a message lies in the quarantine: stable codes, Chinese sentences."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from onecity.kernel.text import zh
from onecity.platform.iot.codecs.faults import SENTENCES as FAULT_SENTENCES
from onecity.platform.iot.codecs.hj212.reasons import SENTENCES as HJ212_SENTENCES

UNKNOWN_DEVICE: Final = "unknown_device"
RETIRED_DEVICE: Final = "retired_device"
WRONG_PASSWORD: Final = "wrong_password"
WRONG_PROTOCOL: Final = "wrong_protocol"
CONFLICTING_REPEAT: Final = "conflicting_repeat"
CLOCK: Final = "clock_not_believed"
TOO_MANY_DATASTREAMS: Final = "too_many_datastreams"
NOT_JSON: Final = "not_json"
NO_VALUES: Final = "no_values"
BAD_TIME: Final = "bad_time"
BAD_NAME: Final = "bad_name"
BAD_TOPIC: Final = "bad_topic"
FLOOD: Final = "flood"
EMPTY: Final = "empty"
NOT_RECORDED: Final = "not_recorded"
NOT_CBOR: Final = "not_cbor"
NOT_LWM2M: Final = "not_lwm2m"
NOT_BORN: Final = "sparkplug_not_born"
NOT_SPARKPLUG: Final = "sparkplug_not_readable"
RATE: Final = "rate_limited"
NOT_ITS_LINE: Final = "not_its_line"
ALREADY_REGISTERED: Final = "already_registered"

_OWN: Final = {
    UNKNOWN_DEVICE: zh("设备未登记"),
    RETIRED_DEVICE: zh("设备已停用"),
    WRONG_PASSWORD: zh("访问密码错误"),
    WRONG_PROTOCOL: zh("设备登记的接入协议与实际不符"),
    CONFLICTING_REPEAT: zh("同一监测时间已有不同的数值"),
    CLOCK: zh("监测时间不可信（设备时钟偏差过大）"),
    TOO_MANY_DATASTREAMS: zh("设备的监测项数量超出上限"),
    NOT_JSON: zh("内容不是有效的JSON，或数值类型不符"),
    NO_VALUES: zh("没有任何监测值"),
    BAD_TIME: zh("时间戳无法识别"),
    BAD_NAME: zh("监测项名称为空或过长"),
    BAD_TOPIC: zh("主题不符合约定"),
    NOT_RECORDED: zh("无法写入数据库"),
    NOT_CBOR: zh("内容不是有效的CBOR"),
    NOT_LWM2M: zh("内容不是有效的LwM2M数据"),
    NOT_BORN: zh("尚无与之对应的Sparkplug出生报文"),
    NOT_SPARKPLUG: zh("内容不是有效的Sparkplug B报文"),
    EMPTY: zh("没有可读的内容"),
    ALREADY_REGISTERED: zh("终端已注册，重新注册须先清除原鉴权码"),
    NOT_ITS_LINE: zh("设备挂在网关之下，应经其网关的连接上报"),
    RATE: zh("设备发送过于频繁，超出部分未予接收"),
    FLOOD: zh("短时间内错误报文过多，连接已关闭"),
}

SENTENCES: Final[Mapping[str, str]] = MappingProxyType(
    {**{reason.value: text for reason, text in HJ212_SENTENCES.items()}, **FAULT_SENTENCES, **_OWN}
)
"""Every reason with its sentence. The codes are stored and therefore stay for ever."""


def sentence(reason: str) -> str:
    """Return what a reason says, in Chinese (the message id)."""
    return SENTENCES.get(reason, reason)
