"""What the platform may tell a vehicle's terminal."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.iot.codecs.gb32960 import Command as PacketCommand
from onecity.platform.iot.codecs.gb32960 import Edition
from onecity.platform.iot.codecs.gb32960.logins import (
    CONTROLS,
    PARAMETERS,
    encode_control,
    encode_parameter,
    encode_questions,
)
from onecity.platform.iot.declare import Command
from onecity.platform.iot.gateways.field.contract import CommandUnknown

_SETTINGS: Final = {f"set_{code}": code for code in PARAMETERS}


class BadArgument(Invalid):
    """The order lacks its whole number."""

    code = "iot.bad_argument"
    message = zh("命令参数缺失或类型不符")


def data_of(code: str, arguments: Mapping[str, object], *, at: datetime, edition: Edition) -> tuple[int, bytes]:
    """Return the packet's command and its data.

    Raises: CommandUnknown; BadArgument; NotEncodable for a value that does not fit.
    """
    if code == "query_parameters":
        numbers = [number for number, _ in PARAMETERS.values()]
        return PacketCommand.ASK_PARAMETERS, encode_questions(numbers, at=at)
    if code in CONTROLS:
        return PacketCommand.CONTROL, encode_control(code, at=at)
    if code not in _SETTINGS:
        raise CommandUnknown
    value = arguments.get("value")
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise BadArgument(fields={"value": zh("需要整数")})
    return PacketCommand.SET_PARAMETERS, encode_parameter(_SETTINGS[code], value, at=at, edition=edition)


COMMANDS: Final = (
    Command("query_parameters", zh("查询车载终端参数")),
    Command("set_report_interval", zh("设置信息上报周期（秒）"), argument="value", lowest=1, highest=600),
    Command("set_heartbeat_interval", zh("设置心跳周期（秒）"), argument="value", lowest=1, highest=240),
    Command("reset", zh("车载终端复位")),
)
