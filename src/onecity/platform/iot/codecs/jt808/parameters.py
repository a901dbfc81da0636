"""Terminal parameters: set (0x8103), asked for (0x8104, 0x8106), told (0x0104)."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from onecity.kernel.text import zh
from onecity.platform.iot.codecs.jt808.packet import NotEncodable
from onecity.platform.iot.codecs.jt808.registration import gbk, text_of
from onecity.platform.iot.codecs.octets import Octets, Short
from onecity.platform.iot.codecs.refusals import BadBody

Kind = Literal["byte", "word", "dword", "text"]
_SIZES: Final[Mapping[str, int]] = MappingProxyType({"byte": 1, "word": 2, "dword": 4})


class Known(NamedTuple):
    """A parameter of the standard. code: the platform's name for it. unit: UCUM, "" for none."""

    code: str
    title: str
    kind: Kind = "dword"
    unit: str = ""


class Parameter(NamedTuple):
    """A parameter as sent."""

    id: int
    value: bytes


PARAMETERS: Final[Mapping[int, Known]] = MappingProxyType(
    {
        0x0001: Known("heartbeat_interval", zh("终端心跳发送间隔"), unit="s"),
        0x0002: Known("tcp_timeout", zh("TCP消息应答超时时间"), unit="s"),
        0x0003: Known("tcp_retries", zh("TCP消息重传次数")),
        0x0004: Known("udp_timeout", zh("UDP消息应答超时时间"), unit="s"),
        0x0005: Known("udp_retries", zh("UDP消息重传次数")),
        0x0013: Known("main_server", zh("主服务器地址"), "text"),
        0x0017: Known("backup_server", zh("备份服务器地址"), "text"),
        0x0018: Known("tcp_port", zh("服务器TCP端口")),
        0x0019: Known("udp_port", zh("服务器UDP端口")),
        0x0020: Known("report_strategy", zh("位置汇报策略")),
        0x0021: Known("report_scheme", zh("位置汇报方案")),
        0x0022: Known("logged_out_interval", zh("驾驶员未登录汇报时间间隔"), unit="s"),
        0x0027: Known("sleep_interval", zh("休眠时汇报时间间隔"), unit="s"),
        0x0028: Known("emergency_interval", zh("紧急报警时汇报时间间隔"), unit="s"),
        0x0029: Known("report_interval", zh("缺省时间汇报间隔"), unit="s"),
        0x002C: Known("report_distance", zh("缺省距离汇报间隔"), unit="m"),
        0x0030: Known("corner_angle", zh("拐点补传角度"), unit="deg"),
        0x0031: Known("fence_radius", zh("电子围栏半径"), "word", "m"),
        0x0050: Known("alarm_mask", zh("报警屏蔽字")),
        0x0055: Known("speed_limit", zh("最高速度"), unit="km/h"),
        0x0056: Known("speeding_time", zh("超速持续时间"), unit="s"),
        0x0057: Known("driving_time", zh("连续驾驶时间门限"), unit="s"),
        0x0059: Known("rest_time", zh("最小休息时间"), unit="s"),
        0x005A: Known("parking_time", zh("最长停车时间"), unit="s"),
        0x005B: Known("speed_margin", zh("超速预警差值"), "word"),
        0x005C: Known("fatigue_margin", zh("疲劳驾驶预警差值"), "word", "s"),
        0x005D: Known("collision", zh("碰撞报警参数"), "word"),
        0x005E: Known("rollover", zh("侧翻报警参数"), "word"),
        0x0080: Known("odometer", zh("车辆里程表读数")),
        0x0081: Known("province", zh("车辆所在的省域ID"), "word"),
        0x0082: Known("county", zh("车辆所在的市域ID"), "word"),
        0x0083: Known("plate", zh("机动车号牌"), "text"),
        0x0084: Known("plate_colour", zh("车牌颜色"), "byte"),
        0x0090: Known("gnss_mode", zh("GNSS定位模式"), "byte"),
    }
)
"""Source: JT/T 808-2013, 8 and JT/T 808-2019, 8 (终端参数设置各参数项定义)."""

IDS: Final[Mapping[str, int]] = MappingProxyType({known.code: number for number, known in PARAMETERS.items()})


def decode_parameters(body: bytes) -> list[Parameter]:
    """Read a count and the parameters; a body that ends before all of them is taken if it ends behind a whole one.

    Raises: BadBody if it ends within a parameter, or holds more than the count.
    Source: JT/T 808-2019, 8 (设置终端参数).
    """
    octets = Octets(body)
    found: list[Parameter] = []
    try:
        count = octets.number(1)
        while octets.left and len(found) < count:
            found.append(Parameter(octets.number(4), octets.take(octets.number(1))))
    except Short:
        raise BadBody("the parameters end within one") from None
    if octets.left:
        raise BadBody("there are more bytes than parameters")
    return found


def encode_parameters(parameters: Iterable[Parameter]) -> bytes:
    """Return a count and the parameters.

    Raises: NotEncodable for more than 255 of them, or a value above 255 bytes.
    """
    given = list(parameters)
    if len(given) > 255 or any(len(item.value) > 255 for item in given):
        raise NotEncodable
    return bytes([len(given)]) + b"".join(
        item.id.to_bytes(4, "big") + bytes([len(item.value)]) + item.value for item in given
    )


def decode_told(body: bytes) -> tuple[int, list[Parameter]]:
    """Read an answer to a question for parameters (0x0104): the question's serial, and the parameters.

    Raises: BadBody.
    """
    return int.from_bytes(body[:2], "big"), decode_parameters(body[2:])


def parameter(code: str, value: int | str) -> Parameter:
    """Return a parameter by the platform's name for it.

    Raises: NotEncodable for an unknown name, or a value that does not fit.
    """
    number = IDS.get(code)
    if number is None:
        raise NotEncodable
    kind = PARAMETERS[number].kind
    if kind == "text":
        return Parameter(number, gbk(str(value)))
    try:
        return Parameter(number, int(value).to_bytes(_SIZES[kind], "big"))
    except (OverflowError, ValueError):
        raise NotEncodable from None


def meaning(item: Parameter) -> int | str:
    """Return a parameter's value: a number or a text; unknown ones as hexadecimal digits."""
    known = PARAMETERS.get(item.id)
    if known is None:
        return item.value.hex()
    if known.kind == "text":
        return text_of(item.value.strip(b"\0"))
    return int.from_bytes(item.value, "big")
