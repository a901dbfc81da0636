"""Conditions on values: `value > 35 and value <= 150 or not (value >= 0)`, held against many values at once.

or      := and ("or" and)*
and     := not ("and" not)*
not     := "not" not | "(" or ")" | number comparison number [comparison number]
number  := "value" | "abs(value)" | ["-"] digits
"""

import re
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh

LONGEST: Final = 200
DEEPEST: Final = 16
Values = NDArray[np.float64]
Truths = NDArray[np.bool_]
Condition = Callable[[Values], Truths]
_Number = Callable[[Values], "Values | float"]
_TOKEN: Final = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+)|(?P<word>[A-Za-z_]+)|(?P<sign>>=|<=|==|!=|[<>()\-]))"
)
_COMPARED: Final[dict[str, Callable[["Values | float", "Values | float"], Truths]]] = {
    ">": np.greater, ">=": np.greater_equal, "<": np.less, "<=": np.less_equal, "==": np.equal, "!=": np.not_equal,
}  # fmt: skip


class NotACondition(Invalid):
    """A condition cannot be read; the sentence names the place, counted from one."""

    code = "iot.not_a_condition"
    message = zh("条件表达式第{place}个字符处无法识别；示例：value > 35 and value <= 150")


def condition(text: str) -> Condition:
    """Read a condition; what it returns says of values whether it holds. No value (NaN) fulfils no comparison but `!=`.

    Raises: NotACondition.
    Source: House rule.
    """
    if len(text) > LONGEST:
        raise NotACondition(params={"place": LONGEST + 1})
    reader = _Reader(text)
    found = reader.either(0)
    reader.end()
    return lambda values: np.broadcast_to(found(values), values.shape)


class _Reader:
    """Reads one condition from left to right."""

    def __init__(self, text: str) -> None:
        self._tokens: list[tuple[str, str, int]] = []
        self._at = 0
        place, length = 0, len(text.rstrip())
        while place < length:
            found = _TOKEN.match(text, place)
            if found is None:
                blank = len(text) - len(text[place:].lstrip())
                raise NotACondition(params={"place": blank + 1})
            kind = str(found.lastgroup)
            self._tokens.append((kind, found.group(kind).lower(), found.start(kind)))
            place = found.end()
        self._tokens.append(("end", "", length))

    def either(self, depth: int) -> Condition:
        left = self._both(depth)
        while self._takes("or"):
            left = _or(left, self._both(depth))
        return left

    def end(self) -> None:
        if self._tokens[self._at][0] != "end":
            self._fail()

    def _both(self, depth: int) -> Condition:
        left = self._one(depth + 1)
        while self._takes("and"):
            left = _and(left, self._one(depth + 1))
        return left

    def _one(self, depth: int) -> Condition:
        if depth > DEEPEST:
            self._fail()
        if self._takes("not"):
            inner = self._one(depth + 1)
            return lambda values: ~inner(values)
        if self._takes("("):
            inner = self.either(depth)
            self._must(")")
            return inner
        return self._comparison()

    def _comparison(self) -> Condition:
        left, first = self._number(), self._comparing()
        middle = self._number()
        compared = _compare(left, first, middle)
        if self._tokens[self._at][1] in _COMPARED:
            second = self._comparing()
            return _and(compared, _compare(middle, second, self._number()))
        return compared

    def _comparing(self) -> Callable[["Values | float", "Values | float"], Truths]:
        sign = self._tokens[self._at][1]
        if sign not in _COMPARED:
            self._fail()
        self._at += 1
        return _COMPARED[sign]

    def _number(self) -> _Number:
        sign = -1.0 if self._takes("-") else 1.0
        kind, text, _ = self._tokens[self._at]
        self._at += kind != "end"
        if kind == "number":
            number = sign * float(text)
            return lambda values: number
        if text == "value":
            return lambda values: sign * values
        if text == "abs":
            self._must("(")
            self._must("value")
            self._must(")")
            return lambda values: sign * np.abs(values)
        self._at -= kind != "end"
        self._fail()
        raise AssertionError

    def _takes(self, text: str) -> bool:
        taken = self._tokens[self._at][1] == text
        self._at += taken
        return taken

    def _must(self, text: str) -> None:
        if not self._takes(text):
            self._fail()

    def _fail(self) -> None:
        raise NotACondition(params={"place": self._tokens[self._at][2] + 1})


def _compare(left: _Number, sign: Callable[["Values | float", "Values | float"], Truths], right: _Number) -> Condition:
    return lambda values: sign(left(values), right(values))


def _and(left: Condition, right: Condition) -> Condition:
    return lambda values: left(values) & right(values)


def _or(left: Condition, right: Condition) -> Condition:
    return lambda values: left(values) | right(values)
