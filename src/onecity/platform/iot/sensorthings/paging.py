"""What a page is sorted by, and where the next one begins: by the last entity's keys, not by counting."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import orjson

from onecity.platform.iot.sensorthings.compiling import Compiler
from onecity.platform.iot.sensorthings.entities import EntitySet
from onecity.platform.iot.sensorthings.expressions import Node
from onecity.platform.iot.sensorthings.lexer import BadExpression
from onecity.platform.iot.sensorthings.sql import Parameters, Value
from onecity.platform.iot.sensorthings.times import instant_of, written

_CASTS: Final = {"number": "double precision", "text": "text", "instant": "timestamptz", "whole": "bigint"}


@dataclass(frozen=True, slots=True)
class Key:
    """One sort key. holds: for the token. certain: never NULL, so that pages can begin behind a value of it."""

    sql: str
    holds: str
    descends: bool
    certain: bool

    @property
    def order(self) -> str:
        """Its place in ORDER BY."""
        direction = " DESC" if self.descends else ""
        nulls = "" if self.certain else (" NULLS LAST" if self.descends else " NULLS FIRST")
        return f"{self.sql}{direction}{nulls}"


def sort_keys(
    entities: EntitySet, alias: str, order: Sequence[tuple[Node, bool]], compiler: Compiler
) -> tuple[Key, ...]:
    """Return the keys of an `$orderby` and, behind them, what makes the order whole.

    Text is sorted by code point, nothing before something.
    """
    keys: list[Key] = []
    for node, descends in order:
        keys += _keys(compiler.value(node), descends)
    last = keys[-1].descends if keys and all(key.descends == keys[-1].descends for key in keys) else False
    for column in entities.order:
        sql = column.format(a=alias)
        if all(key.sql != sql for key in keys):
            holds = "instant" if sql.endswith("_at") else "whole"
            keys.append(Key(sql, holds, last, certain=True))
    return tuple(keys)


def _keys(value: Value, descends: bool) -> list[Key]:  # noqa: FBT001  # as it stands in the tree
    if value.bound:
        return [Key(value.bound, "instant", descends, certain=True)]
    if value.number:
        texts = value.text()
        return [
            Key(value.number, "number", descends, certain=False),
            Key(f'{texts.sql} COLLATE "C"', "text", descends, certain=False),
        ]
    if value.whole:
        return [Key(value.whole, "whole", descends, certain=not value.nullable)]
    if value.holds == "json":
        return [Key(f'({value.sql})::text COLLATE "C"', "text", descends, certain=False)]
    collated = f'{value.sql} COLLATE "C"' if value.holds == "text" else value.sql
    certain = not value.nullable and value.holds in _CASTS
    return [Key(collated, value.holds, descends, certain)]


def token(keys: Sequence[Key], values: Sequence[object]) -> str:
    """Return where a page ended; "" if its order cannot be taken up again by values."""
    if not all(key.certain and key.descends == keys[0].descends for key in keys):
        return ""
    told = [written(value) if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(orjson.dumps(told)).decode().rstrip("=")


def after(keys: Sequence[Key], text: str, parameters: Parameters) -> list[str]:
    """Return conditions for what follows where a page ended.

    Raises: BadExpression for a token that is none of this order's.
    """
    try:
        values = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError):
        raise BadExpression(params={"text": "$skiptoken"}) from None
    fits = isinstance(values, list) and len(values) == len(keys) and all(key.certain for key in keys)
    if not fits:
        raise BadExpression(params={"text": "$skiptoken"})
    places = [parameters.add(_told(key, value), _CASTS[key.holds]) for key, value in zip(keys, values, strict=True)]
    sign = "<" if keys[0].descends else ">"
    row = f"({', '.join(key.sql for key in keys)}) {sign} ({', '.join(places)})"
    return [f"{keys[0].sql} {sign}= {places[0]}", row]


def _told(key: Key, value: object) -> object:
    wanted = {"number": (int, float), "text": (str,), "instant": (str,), "whole": (int,)}[key.holds]
    if not isinstance(value, wanted) or isinstance(value, bool):
        raise BadExpression(params={"text": "$skiptoken"})
    return instant_of(str(value)) if key.holds == "instant" else value
