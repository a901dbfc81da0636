"""The expression for many devices and instants at once, with CEL's own meaning.

Every value is an array (devices × instants, or one that stretches to it) with a second array that says where it is
known. What is not known is CEL's error: it spreads through operators, but `false && error` is false and
`true || error` is true, whichever comes first. Whole numbers that overflow are not known, nor is a division by zero.

Source: CEL language definition, Evaluation, Logical Operators, Macros, List of Standard Definitions.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from onecity.platform.iot.rules.conditions.checking import need_of
from onecity.platform.iot.rules.conditions.language import CLOCK, FUNCTIONS
from onecity.platform.iot.rules.conditions.needs import Need, duration_of
from onecity.platform.iot.rules.conditions.tree import Call, Constant, Items, Node, Quantified
from onecity.platform.iot.rules.conditions.whole import WHOLE

Array = NDArray[Any]
Known = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Values:
    """Values and where they are known; both stretch to devices × instants."""

    data: Array
    known: Known


class Sight(Protocol):
    """What an expression looks at. shape: how many devices and instants."""

    @property
    def shape(self) -> tuple[int, int]:
        """How many devices and instants there are."""

    def reading(self, need: Need) -> Values:
        """Return what a function over readings gives; one row for a named device."""

    def clock(self, name: str) -> Values:
        """Return what a function of the clock gives, one row."""


@dataclass(slots=True)
class Judged:
    """What an expression comes to. said: of each thing said of all devices, which devices it holds for."""

    holds: Values
    said: list[Known] = field(default_factory=list)


def judged(root: Node, sight: Sight) -> Judged:
    """Judge an expression."""
    evaluation = _Evaluation(sight)
    return Judged(evaluation.value(root), evaluation.said)


class _Evaluation:
    def __init__(self, sight: Sight) -> None:
        self._sight = sight
        self.said: list[Known] = []

    def value(self, node: Node) -> Values:
        match node:
            case Constant():
                return _constant(node.value)
            case Call():
                return self._call(node)
            case Quantified():
                return self._quantified(node)
        raise AssertionError(node)  # `checking` lets nothing else through

    def _call(self, node: Call) -> Values:
        if node.function in FUNCTIONS:
            need = need_of(node)
            assert need is not None
            return self._sight.reading(need)
        if node.function in CLOCK:
            return self._sight.clock(node.function)
        if node.function == "duration":
            literal = node.arguments[0]
            assert isinstance(literal, Constant)
            return _constant(duration_of(str(literal.value)) or 0)
        if node.function == "size":
            counted = node.target if node.target is not None else node.arguments[0]
            return self.value(counted)
        if node.function == "@in":
            return self._within(node)
        return _combined(node.function, [self.value(item) for item in node.arguments])

    def _within(self, node: Call) -> Values:
        listed = node.arguments[1]
        assert isinstance(listed, Items)
        sought = self.value(node.arguments[0])
        found = Values(np.zeros((1, 1), np.bool_), np.ones((1, 1), np.bool_))
        for item in listed.items:
            found = _or(found, _computed("_==_", [sought, self.value(item)]))
        return found

    def _quantified(self, node: Quantified) -> Values:
        """Say of all devices, one row. A filter gives how many it keeps."""
        inner = self.value(node.predicate)
        shape = np.broadcast_shapes(inner.data.shape, inner.known.shape, self._sight.shape)
        data, known = np.broadcast_to(inner.data, shape), np.broadcast_to(inner.known, shape)
        holds, fails = data & known, ~data & known
        self.said.append(holds)
        every: Known = np.logical_and.reduce(known, axis=0, keepdims=True)
        if node.kind == "exists":
            some: Known = np.logical_or.reduce(holds, axis=0, keepdims=True)
            return Values(some, some | every)
        if node.kind == "all":
            none: Known = np.logical_or.reduce(fails, axis=0, keepdims=True)
            return Values(~none, none | every)
        number = holds.sum(axis=0, keepdims=True, dtype=np.int64)
        return Values(number == 1 if node.kind == "exists_one" else number, every)


def _constant(value: float | str) -> Values:
    return Values(np.array([[value]]), np.ones((1, 1), np.bool_))


def _not(one: Values) -> Values:
    return Values(~one.data, one.known)


def _and(one: Values, other: Values) -> Values:
    false = (~one.data & one.known) | (~other.data & other.known)
    return Values(one.data & other.data & ~false, false | (one.known & other.known))


def _or(one: Values, other: Values) -> Values:
    true = (one.data & one.known) | (other.data & other.known)
    return Values(true, true | (one.known & other.known))


def _chosen(test: Values, one: Values, other: Values) -> Values:
    return Values(np.where(test.data, one.data, other.data), test.known & np.where(test.data, one.known, other.known))


def _combined(function: str, given: list[Values]) -> Values:
    return _LOGIC[function](*given) if function in _LOGIC else _computed(function, given)


def _computed(function: str, given: list[Values]) -> Values:
    data = [item.data for item in given]
    known = given[0].known if len(given) == 1 else given[0].known & given[1].known
    if function in WHOLE and data[0].dtype == np.int64:
        value, sound = WHOLE[function](*data)
        return Values(value, known & sound)
    with np.errstate(all="ignore"):
        return Values(_PLAIN[function](*data), known)


_LOGIC: Final[Mapping[str, Callable[..., Values]]] = {"!_": _not, "_&&_": _and, "_||_": _or, "_?_:_": _chosen}
_PLAIN: Final[Mapping[str, Callable[..., Array]]] = {
    "_<_": np.less,
    "_<=_": np.less_equal,
    "_>_": np.greater,
    "_>=_": np.greater_equal,
    "_==_": np.equal,
    "_!=_": np.not_equal,
    "_+_": np.add,
    "_-_": np.subtract,
    "_*_": np.multiply,
    "_/_": np.divide,
    "-_": np.negative,
    "double": lambda value: value.astype(np.float64),
}
