"""Comparisons and arithmetic between values that may hold different things."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from onecity.platform.iot.sensorthings.sql import Holds, Value, WrongType

_SIGNS: Final = MappingProxyType({"eq": "=", "ne": "<>", "gt": ">", "ge": ">=", "lt": "<", "le": "<="})
_TURNED: Final = MappingProxyType({"gt": "lt", "ge": "le", "lt": "gt", "le": "ge", "eq": "eq", "ne": "ne"})
_SUMS: Final = MappingProxyType({"add": "+", "sub": "-", "mul": "*"})
_WAYS: Final[Mapping[str, Callable[[Value], Value]]] = MappingProxyType(
    {"text": Value.text, "number": Value.real, "truth": Value.truth}
)


def compared(operator: str, left: Value, right: Value) -> str:
    """Return the SQL of a comparison; a comparison with nothing is a question whether there is something.

    Raises: WrongType.
    """
    if "null" in {left.holds, right.holds}:
        return _with_null(operator, left, right)
    if left.until or right.until:
        return _periods(operator, left, right)
    if left.whole and right.whole:
        return f"({left.whole} {_SIGNS[operator]} {right.whole})"
    one, other = _alike(left, right)
    collation = ' COLLATE "C"' if one.holds == "text" and operator not in {"eq", "ne"} else ""
    bound = _bounded(operator, left, right.sql) if left.bound else ""
    if right.bound and not left.bound:
        bound = _bounded(_TURNED[operator], right, left.sql)
    return f"({one.sql}{collation} {_SIGNS[operator]} {other.sql}{bound})"


def calculated(operator: str, left: Value, right: Value) -> Value:
    """Return a sum, difference, product, quotient or rest; what cannot be divided gives NULL.

    Raises: WrongType.
    """
    kinds = (left.holds, right.holds)
    timely = _timely(operator, left, right, kinds)
    if timely is not None:
        return timely
    one, other = left.real().sql, right.real().sql
    if operator == "div":
        return Value("number", f"({one} / NULLIF({other}, 0))")
    if operator == "mod":
        return Value("number", f"({one} - {other} * trunc({one} / NULLIF({other}, 0)))")
    return Value("number", f"({one} {_SUMS[operator]} {other})")


def _timely(operator: str, left: Value, right: Value, kinds: tuple[Holds, Holds]) -> Value | None:
    gives: dict[tuple[str, str, str], Holds] = {
        ("instant", "add", "duration"): "instant",
        ("instant", "sub", "duration"): "instant",
        ("duration", "add", "instant"): "instant",
        ("instant", "sub", "instant"): "duration",
        ("duration", "add", "duration"): "duration",
        ("duration", "sub", "duration"): "duration",
        ("duration", "mul", "number"): "duration",
        ("number", "mul", "duration"): "duration",
    }
    found = gives.get((kinds[0], operator, kinds[1]))
    if found is None:
        return None
    return Value(found, f"({left.sql} {_SUMS[operator]} {right.sql})")


def _alike(left: Value, right: Value) -> tuple[Value, Value]:
    """Return both as what the typed one of them holds."""
    if left.holds == right.holds != "json":
        return left, right
    if left.holds == "json" and right.holds == "json":
        return left, right
    if {left.holds, right.holds} == {"instant", "date"}:
        return _midnight(left), _midnight(right)
    if "json" not in {left.holds, right.holds}:
        raise WrongType(params={"text": f"{left.holds} ≠ {right.holds}"})
    typed = right if left.holds == "json" else left
    way = _WAYS.get(typed.holds)
    if way is None:
        raise WrongType(params={"text": f"{left.holds} ≠ {right.holds}"})
    return way(left), way(right)


def _midnight(value: Value) -> Value:
    return Value("instant", f"({value.sql}::timestamp AT TIME ZONE 'UTC')") if value.holds == "date" else value


def _with_null(operator: str, left: Value, right: Value) -> str:
    if operator not in {"eq", "ne"}:
        return "FALSE"
    if left.holds == right.holds:
        return "TRUE" if operator == "eq" else "FALSE"
    other = right if left.holds == "null" else left
    told = f"NULLIF({other.sql}, 'null'::jsonb)" if other.holds == "json" else other.sql
    return f"({told} IS {'NOT ' if operator == 'ne' else ''}NULL)"


def _periods(operator: str, left: Value, right: Value) -> str:
    """Compare where one at least is a period: it equals an instant that lies within, and is before what begins later.

    Source: House rule (the standard leaves it open).
    """
    if left.holds != "instant" or right.holds != "instant":
        raise WrongType(params={"text": f"{left.holds} ≠ {right.holds}"})
    if not left.until:
        return _periods(_TURNED[operator], right, left)
    begin, end = left.sql, f"COALESCE({left.until}, {left.sql})"
    other, last = right.sql, f"COALESCE({right.until}, {right.sql})" if right.until else right.sql
    within = f"{begin} <= {other} AND {end} >= {other}"
    equal = f"{begin} = {other} AND {end} = {last}" if right.until else within
    patterns = {
        "eq": equal,
        "ne": f"NOT ({equal})",
        "gt": f"{begin} > {last}",
        "ge": f"{begin} >= {other}",
        "lt": f"{end} < {other}",
        "le": f"{end} <= {last}",
    }
    return f"({patterns[operator]}{_bounded(operator, left, last if operator in {'eq', 'le'} else other)})"


def _bounded(operator: str, value: Value, limit: str) -> str:
    """Return what an index can be asked, besides."""
    if not value.bound or operator == "ne":
        return ""
    if operator in {"gt", "ge"}:
        return f" AND {value.bound} >= {limit}"
    return f" AND {value.bound} < {limit} + interval '1 second'"
