"""Values behind a data identifier: numbers, times, texts, bits; what a meter has none of is nothing, not nought."""

from decimal import Decimal
from typing import NamedTuple

from onecity.platform.iot.codecs import bcd
from onecity.platform.iot.codecs.dlt645.identifiers import Form, Item, item_of, members


class Value(NamedTuple):
    """One value. number: None where it is no number or the meter has none. text: digits, characters or a time.

    bits: of a status word, number 0 the lowest; 0 for everything else.
    """

    code: str
    number: Decimal | None = None
    text: str = ""
    bits: int = 0


class BadLength(ValueError):
    """The bytes do not fit the identifier."""


def values(code: str, data: bytes) -> list[Value]:
    """Read the bytes behind an identifier, low byte first. Of an unknown one nothing is read.

    Raises: BadLength if what stands there is shorter than one value, or a single value has another length.
    Source: DL/T 645-2007, 5.2.5 and appendix A.
    """
    codes = members(code, size=len(data))
    item = item_of(code)
    if item is not None and len(data) != item.size:
        raise BadLength(f"{code}: {len(data)} bytes, {item.size} expected")
    found, at = [], 0
    for each in codes:
        single = item_of(each)
        assert single is not None
        found.append(_value(each, single, data[at : at + single.size][::-1]))
        at += single.size
    return found


def written(code: str, value: Value) -> bytes:
    """Write a value as it travels, low byte first.

    Raises: KeyError for an unknown identifier; ValueError if it does not fit.
    """
    item = item_of(code)
    if item is None:
        raise KeyError(code)
    match item.form:
        case Form.NUMBER:
            return _number_bytes(item, value.number)[::-1]
        case Form.DEMAND:
            return _number_bytes(Item("", 3, 4), value.number)[::-1] + bytes.fromhex(value.text)[::-1]
        case Form.BITS:
            return value.bits.to_bytes(item.size, "little")
        case Form.DIGITS:
            return bytes.fromhex(value.text).rjust(item.size, b"\0")[::-1]
        case Form.TEXT:
            return value.text.encode("ascii").rjust(item.size, b"\0")[::-1]


def _value(code: str, item: Item, high: bytes) -> Value:
    match item.form:
        case Form.NUMBER:
            return Value(code, _number(item, high))
        case Form.DEMAND:
            return Value(code, bcd.number(high[5:], decimals=item.decimals), bcd.digits(high[:5]) or "")
        case Form.BITS:
            return Value(code, bits=int.from_bytes(high))
        case Form.DIGITS:
            return Value(code, text=bcd.digits(high) or "")
        case Form.TEXT:
            return Value(code, text=high.decode("ascii", "replace").strip("\0 \xff\ufffd"))


def _number(item: Item, high: bytes) -> Decimal | None:
    """Read a number; a half byte that is no digit, such as those of FF, means that there is no value."""
    negative = item.signed and high[0] >= 0x80 and high[0] != 0xFF
    if negative:
        high = bytes([high[0] & 0x7F]) + high[1:]
    found = bcd.number(high, decimals=item.decimals)
    return -found if negative and found is not None else found


def _number_bytes(item: Item, number: Decimal | None) -> bytes:
    if number is None:
        return b"\xff" * item.size
    scaled = number.scaleb(item.decimals)
    if scaled != int(scaled) or (scaled < 0 and not item.signed):
        raise ValueError(f"{number} cannot be written with {item.decimals} decimals")
    high = bcd.packed(abs(int(scaled)), size=item.size)
    if item.signed and high[0] >= 0x80:
        raise ValueError(f"{number} leaves no room for the sign")
    return bytes([high[0] | 0x80]) + high[1:] if scaled < 0 else high
