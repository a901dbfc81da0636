"""What the centre may tell a transmitter, as data units."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final, NamedTuple

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.iot.codecs.gb26875 import Command as PacketCommand
from onecity.platform.iot.codecs.gb26875 import Flag, Unit, encode_unit
from onecity.platform.iot.codecs.gb26875.packet import time_bytes
from onecity.platform.iot.codecs.gb26875.units import Plain
from onecity.platform.iot.declare import Argument, Command, ValueKind
from onecity.platform.iot.gateways.field.contract import CommandUnknown

Arguments = Mapping[str, object]


class BadArgument(Invalid):
    """The order lacks an argument, or it is not a number between 0 and 255."""

    code = "iot.bad_argument"
    message = zh("命令参数缺失或类型不符")


class Wording(NamedTuple):
    """An order as a data unit. controls: it is confirmed; otherwise it is a question, and answered."""

    flag: Flag
    data: Callable[[Arguments, datetime], bytes]
    controls: bool = False


def data_of(code: str, arguments: Arguments, *, at: datetime) -> tuple[int, bytes]:
    """Return the packet's command and its data. at: the city's time.

    Raises: CommandUnknown; BadArgument.
    """
    wording = WORDINGS.get(code)
    if wording is None:
        raise CommandUnknown
    data = encode_unit(Unit(wording.flag, (Plain(wording.data(arguments, at)),)))
    return PacketCommand.CONTROL if wording.controls else PacketCommand.ASK, data


def octet(arguments: Arguments, name: str) -> int:
    """Return an argument that is a byte.

    Raises: BadArgument.
    """
    value = arguments.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 0xFF:
        raise BadArgument(fields={name: zh("需要0至255的整数")})
    return value


def _zero(_: Arguments, __: datetime) -> bytes:
    return b"\0"


def _system(arguments: Arguments, _: datetime) -> bytes:
    return bytes([octet(arguments, "system_kind"), octet(arguments, "system_number")])


def _part(arguments: Arguments, at: datetime) -> bytes:
    address = arguments.get("part_address")
    if isinstance(address, bool) or not isinstance(address, int) or not 0 <= address <= 0xFFFF_FFFF:
        raise BadArgument(fields={"part_address": zh("需要四字节地址")})
    return _system(arguments, at) + address.to_bytes(4, "little")


WORDINGS: Final[Mapping[str, Wording]] = MappingProxyType(
    {
        "query_state": Wording(Flag.ASK_TRANSMITTER_STATE, _zero),
        "query_version": Wording(Flag.ASK_TRANSMITTER_VERSION, _zero),
        "query_configuration": Wording(Flag.ASK_TRANSMITTER_CONFIGURATION, _zero),
        "query_time": Wording(Flag.ASK_TRANSMITTER_TIME, _zero),
        "query_system_state": Wording(Flag.ASK_SYSTEM_STATE, _system),
        "query_part_state": Wording(Flag.ASK_PART_STATE, _part),
        "query_analogue": Wording(Flag.ASK_ANALOGUE, _part),
        "query_system_version": Wording(Flag.ASK_VERSION, _system),
        "query_system_configuration": Wording(Flag.ASK_CONFIGURATION, _system),
        "query_part_configuration": Wording(Flag.ASK_PART_CONFIGURATION, _part),
        "query_system_time": Wording(Flag.ASK_TIME, _system),
        "set_time": Wording(Flag.SET_TIME, lambda _, at: time_bytes(at), controls=True),
        "initialise": Wording(Flag.INITIALISE, _zero, controls=True),
        "duty_check": Wording(
            Flag.DUTY_CHECK, lambda arguments, _: bytes([octet(arguments, "minutes")]), controls=True
        ),
    }
)
"""Source: GB/T 26875.3-2011, 8 (类型标志 61 至 91)."""

LONGEST_CHECK_S: Final = 3_660
_SYSTEM: Final = (
    Argument("system_kind", zh("系统类型"), ValueKind.INTEGER, lowest=0, highest=255),
    Argument("system_number", zh("系统地址"), ValueKind.INTEGER, lowest=0, highest=255),
)
_PART: Final = Argument("part_address", zh("部件地址"), ValueKind.INTEGER, lowest=0, highest=0xFFFF_FFFF)
COMMANDS: Final = (
    Command("query_state", zh("读取传输装置运行状态")),
    Command("query_version", zh("读取传输装置软件版本")),
    Command("query_configuration", zh("读取传输装置配置")),
    Command("query_time", zh("读取传输装置系统时间")),
    Command("set_time", zh("同步传输装置时钟")),
    Command(
        "duty_check", zh("查岗（应答时限，分钟）"), argument="minutes", lowest=1, highest=60, timeout_s=LONGEST_CHECK_S
    ),
    Command("initialise", zh("初始化传输装置")),
    Command("query_system_state", zh("读取系统运行状态"), arguments=_SYSTEM),
    Command("query_system_version", zh("读取系统软件版本"), arguments=_SYSTEM),
    Command("query_system_configuration", zh("读取系统配置"), arguments=_SYSTEM),
    Command("query_system_time", zh("读取系统时间"), arguments=_SYSTEM),
    Command("query_part_state", zh("读取部件运行状态"), arguments=(*_SYSTEM, _PART)),
    Command("query_analogue", zh("读取部件模拟量"), arguments=(*_SYSTEM, _PART)),
    Command("query_part_configuration", zh("读取部件配置"), arguments=(*_SYSTEM, _PART)),
)
