"""Saved filters: what of a list's address is kept.

Source: house rule.
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl, urlencode

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh

# What each list can be narrowed by; pages, sizes and formats are not kept.
NAMES: Final[Mapping[str, frozenset[str]]] = {
    "cases": frozenset({"q", "status", "type", "light", "source", "division", "from", "to", "mine"}),
    "tasks": frozenset({"type", "light", "claimed"}),
}
MOST: Final = 20
LONGEST_NAME: Final = 40
LONGEST_QUERY: Final = 1000


class FilterRefused(Invalid):
    """The filter cannot be kept; the fields say why."""

    code = "filter_refused"
    message = zh("筛选条件不能保存")


def kept_query(place: str, query: str) -> str:
    """Return what of a query is kept: known names with a value, in order of names, the last value of each.

    Raises: FilterRefused for an unknown list, or if nothing is left, or too much.
    """
    names = NAMES.get(place)
    if names is None:
        raise FilterRefused(fields={"place": zh("没有这个列表")})
    given = {name: value.strip() for name, value in parse_qsl(query.removeprefix("?")) if name in names}
    kept = urlencode(sorted((name, value) for name, value in given.items() if value))
    if not kept:
        raise FilterRefused(fields={"query": zh("请先选择筛选条件")})
    if len(kept) > LONGEST_QUERY:
        raise FilterRefused(fields={"query": zh("筛选条件过长")})
    return kept


def check_name(name: str, *, kept: int) -> str:
    """Return a filter's name without spaces around it. kept: how many others the person has in this list.

    Raises: FilterRefused.
    """
    text = name.strip()
    if not text or len(text) > LONGEST_NAME:
        raise FilterRefused(fields={"name": zh("请填写名称（至多40字）")})
    if kept >= MOST:
        raise FilterRefused(fields={"name": zh("常用筛选至多20个，请先删除不用的")})
    return text
