"""Unit-grid code (单元网格编码): community (12 digits) and sequence (3 digits)."""

import re
from dataclasses import dataclass

from onecity.kernel.identifiers.divisions import DivisionCode
from onecity.kernel.identifiers.fault import Fault, InvalidIdentifier, tidied
from onecity.kernel.text import zh

_SHAPE = re.compile(r"[1-9][0-9]*")


class InvalidGridCode(InvalidIdentifier):
    """The text is not a unit-grid code."""

    code = "grid_code"


@dataclass(frozen=True, slots=True, order=True)
class GridCode:
    """A unit-grid code of 15 digits.

    sequence: 0-999, counted inside the community from west to east, then from north to south.
    """

    value: str

    @property
    def community(self) -> DivisionCode:
        """The community that the grid lies in, by the digits."""
        return DivisionCode(self.value[:12])

    @property
    def sequence(self) -> int:
        return int(self.value[12:])


def parse_grid_code(text: str) -> GridCode:
    """Read a unit-grid code of 15 digits.

    Raises: InvalidGridCode (length, character).
    Source: GB/T 30428.1-2013, grid code; the same shape in the Beijing standard.
    """
    value = _digits(text)
    if len(value) != 15:
        raise InvalidGridCode(Fault.LENGTH, zh("单元网格编码应为15位，现为{length}位"), length=len(value))
    return GridCode(value)


def imported_grid_code(text: str) -> GridCode:
    """Read a unit-grid code of 15 digits, or of 14 with the two-digit sequence of older systems.

    Raises: InvalidGridCode (length, character).
    Source: CJ/T 213-2005 for the 14 digits (division 6, street 3, community 3, sequence 2).
    """
    value = _digits(text)
    if len(value) == 14:
        value = f"{value[:12]}0{value[12:]}"
    if len(value) != 15:
        raise InvalidGridCode(Fault.LENGTH, zh("导入的单元网格编码应为14位或15位，现为{length}位"), length=len(value))
    return GridCode(value)


def _digits(text: str) -> str:
    value = tidied(text)
    if not _SHAPE.fullmatch(value):
        raise InvalidGridCode(Fault.CHARACTER, zh("单元网格编码只能由数字组成，且首位不为零"))
    return value
