"""The expression as the checker gives it: the protocol buffer `cel.expr.CheckedExpr`, read into a tree.

Source: CEL specification, proto/cel/expr/syntax.proto and checked.proto (field numbers).
"""

import struct
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from onecity.platform.iot.codecs.sparkplug.wire import fields

_CONST, _IDENT, _SELECT, _CALL, _LIST, _STRUCT, _COMPREHENSION = 3, 4, 5, 6, 7, 8, 9
_NEGATIVE: Final = 1 << 63


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal. kind: bool, int, double, string; others are not taken."""

    place: int
    kind: str
    value: bool | int | float | str


@dataclass(frozen=True, slots=True)
class Name:
    """A variable."""

    place: int
    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function or an operator. target: of a call with a point."""

    place: int
    function: str
    target: "Node | None"
    arguments: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Items:
    """A list that is written out."""

    place: int
    items: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Quantified:
    """Something said of all devices. kind: exists, all, exists_one, filter. over: what it runs through."""

    place: int
    kind: str
    variable: str
    over: "Node"
    predicate: "Node"


@dataclass(frozen=True, slots=True)
class Foreign:
    """Something of CEL that conditions do not take."""

    place: int
    what: str


Node = Constant | Name | Call | Items | Quantified | Foreign


@dataclass(frozen=True, slots=True)
class Parsed:
    """A checked text. root: its expression; places are offsets in characters."""

    text: str
    root: Node

    def line_of(self, place: int) -> tuple[int, int]:
        """Return line and column, from 1, of a place."""
        starts = [0, *(at + 1 for at, sign in enumerate(self.text) if sign == "\n")]
        line = bisect_right(starts, place)
        return line, place - starts[line - 1] + 1


def parsed(written: bytes, text: str) -> Parsed:
    """Return the tree of a serialised `CheckedExpr` (within an `Any`)."""
    checked = _message(_message(written)[2])
    places: dict[int, int] = {}
    for entry in _each(checked[5], 4):
        pair = _message(entry)
        places[_whole(pair.get(1, 0))] = _whole(pair.get(2, 0))
    return Parsed(text, _Reader(places).node(_bytes(checked[4])))


class _Reader:
    def __init__(self, places: Mapping[int, int]) -> None:
        self._places = places

    def node(self, data: bytes) -> Node:
        message = _message(data)
        place = self._places.get(_whole(message.get(2, 0)), 0)
        if _CONST in message:
            return _constant(place, _bytes(message[_CONST]))
        if _IDENT in message:
            return Name(place, _text(_message(message[_IDENT])[1]))
        if _CALL in message:
            return self._call(place, _bytes(message[_CALL]))
        if _LIST in message:
            return Items(place, tuple(self.node(item) for item in _each(message[_LIST], 1)))
        if _COMPREHENSION in message:
            return self._quantified(place, _message(message[_COMPREHENSION]))
        return Foreign(place, "select" if _SELECT in message else "struct")

    def _call(self, place: int, data: bytes) -> Node:
        message = _message(data)
        target = self.node(_bytes(message[1])) if 1 in message else None
        return Call(place, _text(message[2]), target, tuple(self.node(item) for item in _each(data, 3)))

    def _quantified(self, place: int, message: Mapping[int, int | bytes]) -> Node:
        """Tell the macros apart by what they build up.

        all: accumulator true, step `acc && p`; exists: false, `acc || p`; exists_one: 0, `p ? acc + 1 : acc`;
        filter: [], `p ? acc + [x] : acc`; map: [], `acc + [f(x)]`.
        """
        step = self.node(_bytes(message[6]))
        over = self.node(_bytes(message[2]))
        variable = _text(message[1])
        start = self.node(_bytes(message[4]))
        if not isinstance(step, Call):
            return Foreign(place, "macro")
        if step.function in {"_&&_", "_||_"}:
            kind = "all" if step.function == "_&&_" else "exists"
            return Quantified(place, kind, variable, over, step.arguments[1])
        if step.function == "_?_:_" and self._gathers_itself(step.arguments[1], variable, start):
            kind = "filter" if isinstance(start, Items) else "exists_one"
            return Quantified(place, kind, variable, over, step.arguments[0])
        return Foreign(place, "macro")

    @staticmethod
    def _gathers_itself(added: Node, variable: str, start: Node) -> bool:
        """Say whether a step keeps the element as it is (filter) or counts it (exists_one), and computes nothing."""
        if not isinstance(added, Call) or added.function != "_+_":
            return False
        what = added.arguments[1]
        if isinstance(start, Items):
            return isinstance(what, Items) and [item for item in what.items if isinstance(item, Name)] == [
                Name(item.place, variable) for item in what.items
            ]
        return isinstance(what, Constant)


def _constant(place: int, data: bytes) -> Node:
    ((number, _, value),) = list(fields(data))
    if number == 2:
        return Constant(place, "bool", bool(value))
    if number == 3:
        whole = _whole(value)
        return Constant(place, "int", whole - 2 * _NEGATIVE if whole >= _NEGATIVE else whole)
    if number == 5:
        return Constant(place, "double", struct.unpack("<d", _bytes(value))[0])
    if number == 6:
        return Constant(place, "string", _text(value))
    return Foreign(place, "constant")


def _message(data: int | bytes) -> dict[int, int | bytes]:
    """Return a message's fields; of repeated ones the last."""
    return {number: value for number, _, value in fields(_bytes(data))}


def _each(data: int | bytes, number: int) -> list[bytes]:
    return [_bytes(value) for found, _, value in fields(_bytes(data)) if found == number]


def _bytes(value: int | bytes) -> bytes:
    assert isinstance(value, bytes)
    return value


def _whole(value: int | bytes) -> int:
    assert isinstance(value, int)
    return value


def _text(value: int | bytes) -> str:
    return _bytes(value).decode()
