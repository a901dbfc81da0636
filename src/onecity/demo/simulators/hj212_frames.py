"""What a data logger of HJ 212 sends, written from the standard's text and without the platform's codec.

##   0188   QN=…;ST=22;CN=2061;PW=123456;MN=…;Flag=5;CP=&&DataTime=…;a34004-Avg=35.000,a34004-Flag=N&&   B3C1   CR LF
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cache

_BEIJING = timezone(timedelta(hours=8))
_FLAG_2017 = 4
_FLAG_PARTS = 2
_FLAG_ANSWER = 1

Measured = Mapping[str, Mapping[str, float]]
"""For each factor code its values by kind: `{"a34004": {"Min": 30.0, "Avg": 35.0, "Max": 41.0}}`."""


@dataclass(frozen=True, slots=True)
class Logger:
    """One field unit. st: 22 for an air station. decimals: how many it sends."""

    mn: str
    st: str = "22"
    pw: str = "123456"
    decimals: int = 3


@cache
def _eight_shifts(value: int) -> int:
    for _ in range(8):
        odd = value % 2 == 1
        value //= 2
        if odd:
            value ^= 0xA001
    return value


def check_code(segment: bytes) -> str:
    """Return the CRC of a data segment as it is written, four upper-case hexadecimal characters.

    Source: HJ 212-2017, appendix A: the register starts full; its high byte is added to the character, the result takes
    the register's place and is shifted out eight times, with A001 added after each one that falls out.
    """
    register = 0xFFFF
    for character in segment:
        register = _eight_shifts((register // 256) ^ character)
    return f"{register:04X}"


def enclose(segment: str) -> bytes:
    """Put header, length, CRC and tail around a data segment. Source: HJ 212-2017, 6."""
    body = segment.encode("utf-8")
    return b"##" + str(len(body)).zfill(4).encode() + body + check_code(body).encode() + b"\r\n"


def real_time(
    logger: Logger, *, at: datetime, values: Mapping[str, float], flag: str = "N", answer: bool = True
) -> bytes:
    """Return an upload of real-time data (CN 2011), sent at the moment of sampling.

    at: aware. values: by factor code. flag: the data flag of all of them. answer: whether a 9014 is wanted.
    Source: HJ 212-2017, 6 (命令编码) and appendix C.
    """
    area = _area(logger, at, {factor: {"Rtd": value} for factor, value in values.items()}, flag)
    return _upload(logger, command="2011", sent_at=at, area=area, answer=answer)


def hourly(
    logger: Logger, *, hour: datetime, sent_at: datetime, measured: Measured, flag: str = "N", answer: bool = True
) -> bytes:
    """Return an upload of hour data (CN 2061).

    hour: aware, the START of the hour. sent_at: aware; its milliseconds become the QN that the answer repeats.
    Source: HJ 212-2017, 6 (命令编码) and appendix C.
    """
    return _upload(logger, command="2061", sent_at=sent_at, area=_area(logger, hour, measured, flag), answer=answer)


def hourly_in_parts(
    logger: Logger, *, hour: datetime, sent_at: datetime, measured: Measured, factors_each: int, flag: str = "N"
) -> list[bytes]:
    """Return hour data split into packets of `factors_each` factors, each to be answered on its own.

    The QN grows by a millisecond from part to part; the DataTime stays.
    Source: HJ 212-2017, appendix C (拆分包示例).
    """
    codes = list(measured)
    groups = [codes[begin : begin + factors_each] for begin in range(0, len(codes), factors_each)]
    frames = []
    for number, group in enumerate(groups, start=1):
        area = _area(logger, hour, {code: measured[code] for code in group}, flag)
        moment = sent_at + timedelta(milliseconds=number - 1)
        frames.append(_upload(logger, command="2061", sent_at=moment, area=area, part=(number, len(groups))))
    return frames


def of_2005(logger: Logger, *, at: datetime, values: Mapping[str, float], flag: str = "N") -> bytes:
    """Return real-time data as a logger of 2005 sends them: no QN, no Flag, three-digit factor codes as given.

    Source: HJ/T 212-2005, by frames published with public implementations.
    """
    area = _area(logger, at, {factor: {"Rtd": value} for factor, value in values.items()}, flag)
    return enclose(f"ST={logger.st};CN=2011;PW={logger.pw};MN={logger.mn};CP=&&{area}&&")


def _area(logger: Logger, time: datetime, measured: Measured, flag: str) -> str:
    factors = []
    for code, values in measured.items():
        parts = [f"{code}-{kind}={value:.{logger.decimals}f}" for kind, value in values.items()]
        factors.append(",".join([*parts, f"{code}-Flag={flag}"]))
    return ";".join([f"DataTime={time.astimezone(_BEIJING):%Y%m%d%H%M%S}", *factors])


def _upload(
    logger: Logger,
    *,
    command: str,
    sent_at: datetime,
    area: str,
    answer: bool = True,
    part: tuple[int, int] | None = None,
) -> bytes:
    local = sent_at.astimezone(_BEIJING)
    flag = _FLAG_2017 + (_FLAG_PARTS if part else 0) + (_FLAG_ANSWER if answer else 0)
    numbers: Sequence[str] = [f"PNUM={part[1]}", f"PNO={part[0]}"] if part else []
    fields = [
        f"QN={local:%Y%m%d%H%M%S}{local.microsecond // 1000:03d}",
        f"ST={logger.st}",
        f"CN={command}",
        f"PW={logger.pw}",
        f"MN={logger.mn}",
        f"Flag={flag}",
        *numbers,
        f"CP=&&{area}&&",
    ]
    return enclose(";".join(fields))
