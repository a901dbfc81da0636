"""What the platform may tell a terminal, in the protocol's words."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.iot.codecs.jt808 import downlink, ids
from onecity.platform.iot.codecs.jt808.parameters import PARAMETERS, encode_parameters, parameter
from onecity.platform.iot.declare import Argument, Choice, Command, ValueKind
from onecity.platform.iot.gateways.field.contract import CommandUnknown

Arguments = Mapping[str, object]


class BadArgument(Invalid):
    """The order lacks an argument, or it is of the wrong kind."""

    code = "iot.bad_argument"
    message = zh("命令参数缺失或类型不符")


class Wording(NamedTuple):
    """An order as a message. body: from arguments and the header's version.

    answer: id of the message that answers it; the general answer (0x0001) comes as well.
    """

    id: int
    body: Callable[[Arguments, int | None], bytes]
    answer: int = ids.TERMINAL_ANSWER


def body_of(code: str, arguments: Arguments, *, version: int | None) -> tuple[Wording, bytes]:
    """Return how an order is worded, and its body.

    Raises: CommandUnknown; BadArgument; NotEncodable for values that do not fit.
    """
    wording = WORDINGS.get(code)
    if wording is None:
        raise CommandUnknown
    return wording, wording.body(arguments, version)


def whole(arguments: Arguments, name: str) -> int:
    """Return a whole number among the arguments.

    Raises: BadArgument.
    """
    value = arguments.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadArgument(fields={name: zh("需要整数")})
    return value


def text(arguments: Arguments, name: str) -> str:
    """Return a text among the arguments.

    Raises: BadArgument if it is missing or empty.
    """
    value = arguments.get(name)
    if not isinstance(value, str) or not value:
        raise BadArgument(fields={name: zh("需要文本")})
    return value


def _nothing(_: Arguments, __: int | None) -> bytes:
    return b""


def _setting(code: str, argument: str) -> Wording:
    def body(arguments: Arguments, _: int | None) -> bytes:
        return encode_parameters([parameter(code, whole(arguments, argument))])

    return Wording(ids.SET_PARAMETERS, body)


def _any_setting(arguments: Arguments, _: int | None) -> bytes:
    value = arguments.get("value")
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise BadArgument(fields={"value": zh("需要整数或文本")})
    known = PARAMETERS.get(whole(arguments, "parameter"))
    if known is None:
        raise BadArgument(fields={"parameter": zh("没有这个参数")})
    return encode_parameters([parameter(known.code, value)])


def _text(arguments: Arguments, version: int | None) -> bytes:
    of_2019 = version is not None
    flag = downlink.DISPLAY | downlink.SPEAK | (downlink.SERVICE_TEXT if of_2019 else 0)
    return downlink.encode_text(text(arguments, "text"), flag=flag, of_2019=of_2019)


def _control(command: int) -> Wording:
    return Wording(ids.CONTROL, lambda _, __: downlink.encode_control(command))


def _tracking(arguments: Arguments, _: int | None) -> bytes:
    return downlink.encode_tracking(whole(arguments, "seconds"), for_s=downlink.TRACKED_FOR_S)


WORDINGS: Final[Mapping[str, Wording]] = MappingProxyType(
    {
        "query_position": Wording(ids.ASK_LOCATION, _nothing, ids.LOCATION_ANSWER),
        "query_parameters": Wording(ids.ASK_ALL_PARAMETERS, _nothing, ids.PARAMETERS),
        "query_attributes": Wording(ids.ASK_ATTRIBUTES, _nothing, ids.ATTRIBUTES),
        "set_heartbeat_interval": _setting("heartbeat_interval", "seconds"),
        "set_report_interval": _setting("report_interval", "seconds"),
        "set_speed_limit": _setting("speed_limit", "speed_kmh"),
        "set_parameter": Wording(ids.SET_PARAMETERS, _any_setting),
        "track": Wording(ids.TRACKING, _tracking),
        "send_text": Wording(ids.TEXT, _text),
        "reset": _control(downlink.RESET),
        "factory_reset": _control(downlink.FACTORY_RESET),
        "shut_down": _control(downlink.SHUT_DOWN),
    }
)
"""Source: JT/T 808-2019, 8 (平台下发消息)."""

_CHOICES: Final = tuple(Choice(number, known.title) for number, known in PARAMETERS.items())
COMMANDS: Final = (
    Command("query_position", zh("查询位置")),
    Command("query_parameters", zh("查询终端参数")),
    Command("query_attributes", zh("查询终端属性")),
    Command("set_heartbeat_interval", zh("设置心跳间隔（秒）"), argument="seconds", lowest=5, highest=3600),
    Command("set_report_interval", zh("设置位置汇报间隔（秒）"), argument="seconds", lowest=1, highest=86_400),
    Command("set_speed_limit", zh("设置最高速度（千米每小时）"), argument="speed_kmh", lowest=0, highest=200),
    Command("track", zh("临时位置跟踪（秒，0为停止）"), argument="seconds", lowest=0, highest=3600),
    Command("send_text", zh("下发文本"), arguments=(Argument("text", zh("文本"), ValueKind.TEXT, longest=500),)),
    Command(
        "set_parameter",
        zh("设置终端参数"),
        arguments=(
            Argument("parameter", zh("参数"), ValueKind.ENUMERATION, choices=_CHOICES),
            Argument("value", zh("取值"), ValueKind.TEXT),
        ),
    ),
    Command("reset", zh("终端复位")),
    Command("factory_reset", zh("恢复出厂设置")),
    Command("shut_down", zh("终端关机")),
)
"""Source: JT/T 808-2019, 8 (平台下发消息)."""
