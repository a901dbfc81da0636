"""Conditions put together from parts, for people who do not write expressions: the parts, and the CEL that they mean.

Parts: {join: and | or, quantity: exists | all | filter, number, rows: [{function, property, window_s, compare, value,
end_value}]}. quantity and number count where all devices are judged together. `age` is compared with minutes. A row's
end_value makes the gap between firing and ending.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from onecity.platform.iot.rules.conditions.language import FUNCTIONS, Mode
from onecity.platform.iot.rules.conditions.needs import written
from onecity.platform.iot.rules.instants import SECOND

COMPARISONS: Final[Mapping[str, str]] = {">": "<=", ">=": "<", "<": ">=", "<=": ">"}
"""Comparisons, and what ends each where no value of its own does."""
QUANTITIES: Final = ("exists", "all", "filter")
JOINS: Final[Mapping[str, str]] = {"and": " && ", "or": " || "}
MOST_ROWS: Final = 4
NUMBERED: Final = tuple(name for name in FUNCTIONS if name != "seen")
"""Functions that a row may compare with a number."""
_SECONDS_A_MINUTE: Final = 60


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison. end_value: None where the condition simply no longer holds."""

    function: str
    property: str
    window_s: int
    compare: str
    value: float
    end_value: float | None = None


@dataclass(frozen=True, slots=True)
class Parts:
    """A condition in parts."""

    rows: tuple[Row, ...]
    join: str = "and"
    quantity: str = "exists"
    number: int = 1

    def plain(self) -> dict[str, object]:
        """Return the parts as JSON values; `parts_of` gives them back."""
        return {**asdict(self), "rows": [asdict(row) for row in self.rows]}


def parts_of(stored: Mapping[str, object]) -> Parts | None:
    """Return stored parts; None if they are not such."""
    rows = stored.get("rows")
    if not isinstance(rows, Sequence):
        return None
    try:
        read = tuple(Row(**{"end_value": None, **row}) for row in rows)
        join, quantity, number = (stored.get(name) for name in ("join", "quantity", "number"))
    except TypeError:
        return None
    if join not in JOINS or quantity not in QUANTITIES or not isinstance(number, int):
        return None
    return Parts(read, str(join), str(quantity), number)


def condition_text(parts: Parts, *, mode: Mode) -> str:
    """Return the CEL of the condition."""
    return _said(parts, [_compared(row, row.compare, row.value, mode) for row in parts.rows], JOINS[parts.join], mode)


def ending_text(parts: Parts, *, mode: Mode) -> str:
    """Return the CEL of the end; "" where the condition's own end is meant.

    Together, it ends when the devices that are not back yet no longer are so many.
    """
    if all(row.end_value is None for row in parts.rows):
        return ""
    if mode is Mode.TOGETHER:
        still = [_compared(row, row.compare, _ended(row), mode) for row in parts.rows]
        return f"!({_said(parts, still, JOINS[parts.join], mode)})"
    back = [_compared(row, COMPARISONS[row.compare], _ended(row), mode) for row in parts.rows]
    return _said(parts, back, JOINS["or" if parts.join == "and" else "and"], mode)


def _ended(row: Row) -> float:
    return row.value if row.end_value is None else row.end_value


def _said(parts: Parts, compared: Sequence[str], join: str, mode: Mode) -> str:
    inner = join.join(f"({text})" for text in compared) if len(compared) > 1 else compared[0]
    if mode is Mode.EACH:
        return inner
    if parts.quantity == "filter":
        return f"devices.filter(d, {inner}).size() >= {parts.number}"
    return f"devices.{parts.quantity}(d, {inner})"


def _compared(row: Row, compare: str, value: float, mode: Mode) -> str:
    """Return one comparison. Together, a device without data counts as one for which it does not hold."""
    prefix = "" if mode is Mode.EACH else "d."
    name, window = f'"{row.property}"', f'duration("{written(row.window_s * SECOND)}")'
    if row.function == "age":
        minutes = written(round(value * _SECONDS_A_MINUTE) * SECOND)
        text, guard = f'{prefix}age({name}) {compare} duration("{minutes}")', f'{prefix}seen({name}, duration("168h"))'
    elif row.function == "count":
        return f"{prefix}count({name}, {window}) {compare} {round(value)}"
    else:
        text = f"{prefix}{row.function}({name}, {window}) {compare} {float(value)!r}"
        least = f"{prefix}count({name}, {window}) > 1"
        guard = least if row.function in {"change", "rate"} else f"{prefix}seen({name}, {window})"
    return text if mode is Mode.EACH else f"{guard} && {text}"
