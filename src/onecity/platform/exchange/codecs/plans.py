"""Plans and their parts as JSON values: how flows are stored and how plans travel to exchange nodes."""

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh

T = TypeVar("T")


class NotAPlan(Invalid):
    """The JSON does not say what it ought to."""

    code = "exchange.not_a_plan"
    message = zh("流程内容的格式不正确：{reason}")


def to_json(value: object) -> object:
    """Return one of the contracts (`Plan`, `ColumnMap`, `Check` …), or a sequence of them, as plain JSON values."""
    plain: object = msgspec.to_builtins(value)
    return plain


def from_json(value: object, kind: type[T]) -> T:
    """Return the contract of this kind that `to_json` wrote.

    Raises: NotAPlan naming the place.
    """
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as fault:
        raise NotAPlan(params={"reason": str(fault)}) from None


def many_from_json(values: object, kind: type[T]) -> tuple[T, ...]:
    """Return contracts of one kind from a list.

    Raises: NotAPlan.
    """
    if not isinstance(values, Sequence) or isinstance(values, str):
        raise NotAPlan(params={"reason": "应为列表"})
    return tuple(from_json(item, kind) for item in values)
