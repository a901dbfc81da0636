"""Queries on open data as visitors write them, and the marks that lead from page to page."""

import base64
import binascii
import json
import re
from collections.abc import Sequence
from typing import Final

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh

OPERATORS: Final = ("eq", "ne", "lt", "le", "gt", "ge", "in", "prefix", "null")
LONGEST_LIST: Final = 100
FIELD_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,62}")
_WHERE: Final = re.compile(r"([a-z][a-z0-9_]{0,62}):([a-z]+)(?::(.*))?", re.DOTALL)


class BadQuery(Invalid):
    """The query is not one that the interface understands."""

    code = "exchange.bad_query"
    message = zh("查询条件不正确")


def read_condition(text: str) -> tuple[str, str, tuple[str, ...]]:
    """Read `field:operator:value` (a list for `in`: values with commas between) into its three parts.

    Raises: BadQuery naming `where`.
    """
    found = _WHERE.fullmatch(text)
    if found is None or found[2] not in OPERATORS:
        raise BadQuery(
            fields={"where": zh("条件应写成“字段:运算符:值”，运算符为 eq、ne、lt、le、gt、ge、in、prefix、null")}
        )
    name, operator, value = found.groups()
    if operator == "null":
        if value not in {"true", "false"}:
            raise BadQuery(fields={"where": zh("运算符 null 的值为 true 或 false")})
        return name, operator, (value,)
    if value is None:
        raise BadQuery(fields={"where": zh("条件缺少值")})
    values = tuple(value.split(",")) if operator == "in" else (value,)
    if len(values) > LONGEST_LIST:
        raise BadQuery(fields={"where": zh("运算符 in 最多列出100个值")})
    return name, operator, values


def read_order(text: str, *, names: Sequence[str]) -> tuple[str, bool]:
    """Read an order into the field (empty for the key's own order) and whether it falls.

    Raises: BadQuery naming `order`.
    """
    name = text.removeprefix("-")
    if name and name not in names:
        raise BadQuery(fields={"order": zh("没有这个字段")})
    return name, text.startswith("-")


def write_mark(order: str, *, values: Sequence[str | None]) -> str:
    """Return the mark of the page that begins after a row with these values (of the order's field and the key)."""
    text = json.dumps([order, list(values)], separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_mark(text: str, *, order: str, size: int) -> tuple[str | None, ...]:
    """Read a mark that `write_mark` made for the same order; size: how many values it must hold.

    Raises: BadQuery naming `after`.
    """
    refused = BadQuery(fields={"after": zh("翻页标记无效，请从第一页重新开始")})
    try:
        found = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error):
        raise refused from None
    if not (isinstance(found, list) and len(found) == 2 and found[0] == order and isinstance(found[1], list)):
        raise refused
    values = tuple(value for value in found[1] if value is None or isinstance(value, str))
    if len(values) != size or len(found[1]) != size:
        raise refused
    return values
