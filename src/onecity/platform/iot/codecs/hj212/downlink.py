"""Requests from the platform to a field unit (上位机下发), as packets to encode.

Every request wants an answer: 9011 at once, then perhaps data, then 9012 (notices: one 9013). Whoever sends them sees
to permission, audit and time-outs.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.iot.codecs.hj212.editions import ANSWER_WANTED, Edition
from onecity.platform.iot.codecs.hj212.packet import Item, Packet, SubValue
from onecity.platform.iot.codecs.hj212.tables import COMMANDS, Sender
from onecity.platform.iot.codecs.hj212.times import milliseconds_text, seconds_text

REAL_TIME_INTERVALS_S: Final = range(30, 3601)
"""Source: HJ 212-2017, 6 (RtdInterval)."""
MINUTE_INTERVALS: Final = frozenset({1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30})
"""Source: HJ 212-2017, 6 (MinInterval)."""
_PASSWORD_LENGTH: Final = 6
_CYCLES_H: Final = range(1, 25)
_CLOCK = re.compile(r"(?:[01][0-9]|2[0-3])(?:[0-5][0-9]){2}")
_HISTORIES: Final = frozenset({"2031", "2041", "2051", "2061"})


class NotRequestable(Invalid):
    """The standard does not let the platform ask for this, or not with this value."""

    code = "iot.hj212.not_requestable"
    message = zh("下发的命令或参数不符合协议规定")


@dataclass(frozen=True, slots=True)
class FieldUnit:
    """The field unit that a request is for."""

    st: str
    mn: str
    pw: str
    edition: Edition = Edition.HJ_2017


def request(unit: FieldUnit, *, cn: str, at: datetime, fields: Mapping[str, str] | None = None) -> Packet:
    """Return any request of the command table.

    at: when it is sent; it becomes the QN, by which the answers are known, so two requests need two milliseconds.
    fields: the data area, in this order; `factor-kind` names become sub-values. `PolId`, the factor code of one
    instrument, comes first wherever a request is for an instrument and not for the logger.
    Raises: NotRequestable for a command that the platform may not send.
    Source: HJ 212-2017, 6 (命令编码) and appendix C.
    """
    command = COMMANDS.get(cn)
    if command is None or command.sender is Sender.FIELD or cn.startswith("90"):
        raise NotRequestable(fields={"cn": zh("平台不能下发此命令")})
    return Packet(
        st=unit.st,
        cn=cn,
        mn=unit.mn,
        pw=unit.pw,
        qn=milliseconds_text(at),
        flag=unit.edition.flag_bits | ANSWER_WANTED,
        items=tuple(_item(name, text) for name, text in (fields or {}).items()),
    )


def _item(name: str, text: str) -> Item:
    factor, _, kind = name.partition("-")
    return Item(factor, (SubValue(kind, text),))


def _refused(field: str, sentence: str) -> NotRequestable:
    return NotRequestable(fields={field: sentence})


def set_timeout(unit: FieldUnit, *, at: datetime, over_time_s: int, retries: int) -> Packet:
    """Set how long the unit waits for an answer and how often it repeats (CN 1000).

    Source: HJ 212-2017, 6 (OverTime, ReCount).
    """
    if not 0 < over_time_s <= 99999:
        raise _refused("over_time_s", zh("超时时间应为1至99999秒"))
    if not 0 < retries <= 99:
        raise _refused("retries", zh("重发次数应为1至99次"))
    return request(unit, cn="1000", at=at, fields={"OverTime": str(over_time_s), "ReCount": str(retries)})


def set_time(unit: FieldUnit, *, at: datetime, time: datetime, instrument: str | None = None) -> Packet:
    """Set the clock of the unit, or of one instrument (CN 1012).

    instrument: its factor code. Source: HJ 212-2017, 6 (命令编码) and appendix C (SystemTime).
    """
    return request(unit, cn="1012", at=at, fields=_of(instrument) | {"SystemTime": seconds_text(time)})


def _of(instrument: str | None) -> dict[str, str]:
    return {} if instrument is None else {"PolId": instrument}


def set_real_time_interval(unit: FieldUnit, *, at: datetime, interval_s: int) -> Packet:
    """Set how often real-time data are sent, 30 to 3600 s (CN 1062). Source: HJ 212-2017, 6 (RtdInterval)."""
    if interval_s not in REAL_TIME_INTERVALS_S:
        raise _refused("interval_s", zh("实时数据间隔应为30至3600秒"))
    return request(unit, cn="1062", at=at, fields={"RtdInterval": str(interval_s)})


def set_minute_interval(unit: FieldUnit, *, at: datetime, minutes: int) -> Packet:
    """Set the period of minute data, a divisor of the hour (CN 1064). Source: HJ 212-2017, 6 (MinInterval)."""
    if minutes not in MINUTE_INTERVALS:
        raise _refused("minutes", zh("分钟数据间隔应为1、2、3、4、5、6、10、12、15、20或30分钟"))
    return request(unit, cn="1064", at=at, fields={"MinInterval": str(minutes)})


def set_password(unit: FieldUnit, *, at: datetime, password: str) -> Packet:
    """Set the access password, six letters or digits (CN 1072). Source: HJ 212-2017, 6 (NewPW)."""
    fits = len(password) == _PASSWORD_LENGTH and password.isascii() and password.isalnum()
    if not fits:
        raise _refused("password", zh("访问密码应为六位字母或数字"))
    return request(unit, cn="1072", at=at, fields={"NewPW": password})


def history(unit: FieldUnit, *, at: datetime, cn: str, begin: datetime, end: datetime) -> Packet:
    """Ask for stored data of a period, both ends included (CN 2031, 2041, 2051, 2061).

    Source: HJ 212-2017, 6 (命令编码) and appendix C (BeginTime, EndTime).
    """
    if cn not in _HISTORIES:
        raise _refused("cn", zh("历史数据命令应为2031、2041、2051或2061"))
    if begin > end:
        raise _refused("end", zh("截止时间不应早于起始时间"))
    return request(unit, cn=cn, at=at, fields={"BeginTime": seconds_text(begin), "EndTime": seconds_text(end)})


def set_sampling_cycle(unit: FieldUnit, *, at: datetime, instrument: str, first: str, every_h: int) -> Packet:
    """Set when an instrument takes its first sample of the day and how often after (CN 3016).

    first: `hhmmss`. every_h: hours. Written `CTime` as in the standard's example; the field table has `Ctime`.
    Source: HJ 212-2017, 6 (字段对照表) and appendix C.
    """
    if not _CLOCK.fullmatch(first):
        raise _refused("first", zh("采样起始时刻应为六位数字（时分秒）"))
    if every_h not in _CYCLES_H:
        raise _refused("every_h", zh("采样周期应为1至24小时"))
    return request(unit, cn="3016", at=at, fields={"PolId": instrument, "CstartTime": first, "CTime": str(every_h)})


def set_parameter(unit: FieldUnit, *, at: datetime, instrument: str, info: str, value: str) -> Packet:
    """Set a parameter of an instrument (CN 3021). info: its `i…` code, such as i13004.

    Source: HJ 212-2017, 6 (命令编码) and appendix C (InfoId).
    """
    fields = {"PolId": instrument, "InfoId": info, f"{info}-Info": value}
    return request(unit, cn="3021", at=at, fields=fields)
