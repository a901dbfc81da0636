"""What stands in a cell of a statistical table: a number, a mark for none, a footnote."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final, Literal

from onecity.kernel.text import zh

Mark = Literal["", "nil", "unknown"]
Cell = str | int | float | Decimal | None


class CellFault(StrEnum):
    """What is wrong with a cell."""

    NOT_A_NUMBER = zh("不是数值，也不是“—”“…”等符号")
    BAD_GROUPS = zh("千分位分隔不正确")
    TOO_LONG = zh("数值位数过多")


class BadCell(ValueError):
    """A cell that is no figure."""

    def __init__(self, fault: CellFault) -> None:
        super().__init__(str(fault))
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Figure:
    """A cell as read. value: as it stands there, before any scale; None with a mark. note: the footnote's sign."""

    value: Decimal | None
    mark: Mark = ""
    note: str = ""
    is_percent: bool = False


_NIL: Final = re.compile(r"[-‐‑‒–—―−]+")
_UNKNOWN: Final = re.compile(r"(?:…+|\.{3,}|⋯+|··+)")
_NOTE: Final = re.compile(r"(?:[①-⑳❶-❿⑴-⒇*＊※†‡]|[¹²³⁴-⁹⁾⁽]|\[\d{1,2}\]|[(（]\d[)）])+$")
_NUMBER: Final = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?")
_GROUPED: Final = re.compile(r"[+-]?[\d,]+(?:\.\d+)?")
_MOST_DIGITS: Final = 26
_MOST_PLACES: Final = 12


def read_figure(cell: Cell) -> Figure | None:
    """Read a cell; None if it is empty, which says nothing.

    A lone dash means that there is no such figure, an ellipsis that it is unknown or below the table's unit; footnote
    signs behind a number are kept apart; blanks and commas may group thousands.
    Raises: BadCell.
    Source: house rule (signs as yearbooks explain them).
    """
    if cell is None:
        return None
    if not isinstance(cell, str):
        return Figure(_checked(Decimal(str(cell))))
    text = cell.strip()
    if not text:
        return None
    note = _NOTE.search(text)
    plain = _narrow(text[: note.start()] if note else text)
    sign = note.group() if note else ""
    if _NIL.fullmatch(plain) or not plain:
        return _without_number("nil", sign, is_empty=not plain)
    if _UNKNOWN.fullmatch(plain):
        return _without_number("unknown", sign)
    is_percent = plain.endswith("%")
    return Figure(_checked(_number(plain.rstrip("%"))), note=sign, is_percent=is_percent)


def _without_number(mark: Mark, note: str, *, is_empty: bool = False) -> Figure:
    if is_empty:
        raise BadCell(CellFault.NOT_A_NUMBER)
    return Figure(None, mark=mark, note=note)


def _narrow(text: str) -> str:
    """Return text with narrow signs and without blanks; an ellipsis becomes three dots."""
    return "".join(unicodedata.normalize("NFKC", text).replace("−", "-").split())


def _number(plain: str) -> Decimal:
    if _NUMBER.fullmatch(plain):
        return Decimal(plain.replace(",", ""))
    raise BadCell(CellFault.BAD_GROUPS if _GROUPED.fullmatch(plain) else CellFault.NOT_A_NUMBER)


def _checked(value: Decimal) -> Decimal:
    if not value.is_finite():
        raise BadCell(CellFault.NOT_A_NUMBER)
    exponent = value.as_tuple().exponent
    places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    if places > _MOST_PLACES:
        value = value.quantize(Decimal(1).scaleb(-_MOST_PLACES))
    if value.adjusted() >= _MOST_DIGITS:
        raise BadCell(CellFault.TOO_LONG)
    return value
