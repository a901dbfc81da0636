"""Single values of Arrow columns made into the engine's types: the slow, forgiving way for what is oddly written."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import pyarrow as pa

from onecity.platform.exchange.contracts.tables import LogicalType

LONGEST_NUMBER: Final = 60
CITY: Final = ZoneInfo("Asia/Shanghai")
_TRUE: Final = frozenset({"1", "t", "true", "y", "yes", "是", "有"})
_FALSE: Final = frozenset({"0", "f", "false", "n", "no", "否", "无"})
_DAY: Final = re.compile(r"(\d{4})(?:(\d\d)(\d\d)|[-/.年](\d{1,2})[-/.月](\d{1,2})日?)")
_CLOCK: Final = re.compile(r"(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})(?:\.(\d{1,6})\d*)?秒?|分)?")
_ODD: Final = (ValueError, TypeError, ArithmeticError)
Scalar = str | int | float | bool | Decimal | date | time | bytes


def converted(value: Scalar, *, to: LogicalType, wanted: pa.DataType) -> Scalar | None:
    """Return a value as the engine's type `to`, fit for the Arrow type `wanted`; None where it cannot be."""
    try:
        result = _CONVERTERS[to](value)
        pa.scalar(result, type=wanted)
    except _ODD:
        return None
    return result


def _text(value: Scalar) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _integer(value: Scalar) -> int:
    number = _decimal(value)
    if abs(number) >= 2**63 or number != number.to_integral_value():
        raise ValueError("not a whole number of 64 bits")
    return int(number)


def _decimal(value: Scalar) -> Decimal:
    text = _text(value)
    if len(text) > LONGEST_NUMBER:
        raise ValueError("too long for a number")
    return Decimal(text)


def _float(value: Scalar) -> float:
    return float(_text(value))


def _boolean(value: Scalar) -> bool:
    text = _text(value).lower()
    if text not in _TRUE | _FALSE:
        raise ValueError(text)
    return text in _TRUE


def _date(value: Scalar) -> date:
    text = _text(value)
    match = _DAY.match(text)
    if match is None or text[match.end() :].strip(" T0:.") != "":
        raise ValueError(text)
    return date(int(match[1]), int(match[2] or match[4]), int(match[3] or match[5]))


def _time(value: Scalar) -> time:
    match = _CLOCK.fullmatch(_text(value))
    if match is None:
        raise ValueError(value)
    return time(int(match[1]), int(match[2]), int(match[3] or 0), int((match[4] or "0").ljust(6, "0")))


def _timestamp(value: Scalar) -> datetime:
    text = _text(value)
    match = _DAY.match(text)
    rest = text[match.end() :].strip(" T") if match else ""
    if match and (not rest or _CLOCK.fullmatch(rest)):
        return datetime.combine(_date(match[0]), _time(rest) if rest else time.min)
    instant = datetime.fromisoformat(text)
    return instant.astimezone(CITY).replace(tzinfo=None) if instant.tzinfo else instant


def _binary(value: Scalar) -> bytes:
    return value if isinstance(value, bytes) else _text(value).encode()


def _uuid(value: Scalar) -> str:
    return str(UUID(_text(value)))


def _json(value: Scalar) -> str:
    text = _text(value)
    json.loads(text)
    return text


_CONVERTERS: Final[dict[LogicalType, Callable[[Scalar], Scalar]]] = {
    LogicalType.TEXT: _text,
    LogicalType.INTEGER: _integer,
    LogicalType.DECIMAL: _decimal,
    LogicalType.FLOAT: _float,
    LogicalType.BOOLEAN: _boolean,
    LogicalType.DATE: _date,
    LogicalType.TIME: _time,
    LogicalType.TIMESTAMP: _timestamp,
    LogicalType.BINARY: _binary,
    LogicalType.JSON: _json,
    LogicalType.UUID: _uuid,
}
