"""Query options: `$filter`, `$expand` with options of its own, `$select`, `$orderby`, `$top`, `$skip`, `$count`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from onecity.platform.iot.sensorthings.expressions import Node
from onecity.platform.iot.sensorthings.lexer import BadExpression
from onecity.platform.iot.sensorthings.parser import filter_of, order_of

MOST: Final = 10_000
USUAL: Final = 100
DEEPEST_EXPAND: Final = 6
_KNOWN: Final = frozenset(
    {"$filter", "$expand", "$select", "$orderby", "$top", "$skip", "$count", "$resultFormat", "$skiptoken"}
)


@dataclass(frozen=True, slots=True)
class Expand:
    """A relation whose entities are shown within."""

    relation: str
    options: "Options"


@dataclass(frozen=True, slots=True)
class Options:
    """What a request asks of a collection. select: empty for everything. texts: as they came, for next links."""

    filter: Node | None = None
    expand: tuple[Expand, ...] = ()
    select: tuple[str, ...] = ()
    order: tuple[tuple[Node, bool], ...] = ()
    top: int | None = None
    skip: int = 0
    count: bool = False
    data_array: bool = False
    token: str = ""
    texts: tuple[tuple[str, str], ...] = ()

    @property
    def size(self) -> int:
        """How many entities a page holds at most."""
        return USUAL if self.top is None else min(self.top, MOST)


def options_of(query: Mapping[str, str], *, depth: int = 0) -> Options:
    """Return the options of a request; parameters without `$` are nobody's here and refused.

    Raises: BadExpression; BadTime.
    Source: OGC 18-088, 9.3 (requesting data).
    """
    unknown = set(query) - _KNOWN
    if unknown or depth > DEEPEST_EXPAND:
        raise BadExpression(params={"text": ", ".join(sorted(unknown))[:60] or "$expand"})
    shape = query.get("$resultFormat", "")
    if shape not in {"", "dataArray"}:
        raise BadExpression(params={"text": f"$resultFormat={shape}"[:60]})
    return Options(
        filter=filter_of(query["$filter"]) if "$filter" in query else None,
        expand=_expand(query["$expand"], depth) if "$expand" in query else (),
        select=_select(query["$select"]) if "$select" in query else (),
        order=order_of(query["$orderby"]) if "$orderby" in query else (),
        top=_whole(query, "$top"),
        skip=_whole(query, "$skip") or 0,
        count=_truth(query.get("$count", "false")),
        data_array=shape == "dataArray",
        token=query.get("$skiptoken", ""),
        texts=tuple(query.items()),
    )


def _whole(query: Mapping[str, str], name: str) -> int | None:
    if name not in query:
        return None
    text = query[name].strip()
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        raise BadExpression(params={"text": f"{name}={text}"[:60]})
    return int(text)


def _truth(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise BadExpression(params={"text": f"$count={text}"[:60]})
    return text.lower() == "true"


def _select(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(","))
    if not all(names):
        raise BadExpression(params={"text": f"$select={text}"[:60]})
    return names


def _expand(text: str, depth: int) -> tuple[Expand, ...]:
    merged: dict[str, list[Expand]] = {}
    for item in cut(text, ","):
        found = _expanded(item.strip(), depth)
        merged.setdefault(found.relation, []).append(found)
    return tuple(_merge(several) for several in merged.values())


def _merge(several: list[Expand]) -> Expand:
    """Make one of several expansions of a relation: `A/B,A/C` shows both within A."""
    first = several[0]
    if len(several) == 1:
        return first
    inner = tuple(expand for item in several for expand in item.options.expand)
    texts = dict(text for item in several for text in item.options.texts if text[0] != "$expand")
    shown = [dict(item.options.texts)["$expand"] for item in several if "$expand" in dict(item.options.texts)]
    told = tuple({**texts, **({"$expand": ",".join(shown)} if shown else {})}.items())
    chosen = next((item.options for item in several if set(dict(item.options.texts)) - {"$expand"}), first.options)
    return Expand(
        first.relation,
        Options(chosen.filter, inner, chosen.select, chosen.order, chosen.top, chosen.skip, chosen.count, texts=told),
    )


def _expanded(item: str, depth: int) -> Expand:
    """Read `Datastreams`, `Datastreams($top=1;$expand=Sensor)` or `Datastreams/Observations($top=1)`."""
    head, opened, rest = item.partition("(")
    name, slash, more = head.partition("/")
    if not name.isalpha():
        raise BadExpression(params={"text": item[:60] or "$expand"})
    if slash:
        inner = more + opened + rest
        return Expand(name, options_of({"$expand": inner}, depth=depth + 1))
    if not opened:
        return Expand(name, Options())
    if not rest.endswith(")"):
        raise BadExpression(params={"text": item[:60]})
    own: dict[str, str] = {}
    for part in cut(rest[:-1], ";"):
        key, equals, value = part.strip().partition("=")
        if not equals or key in own or key in {"$resultFormat", "$skiptoken"}:
            raise BadExpression(params={"text": part[:60]})
        own[key] = value
    return Expand(name, options_of(own, depth=depth + 1))


def cut(text: str, separator: str) -> list[str]:
    """Cut a text at separators that stand neither in parentheses nor in quotes.

    Raises: BadExpression if parentheses or quotes do not match.
    """
    parts, begin, depth, quoted = [], 0, 0, False
    for at, letter in enumerate(text):
        if letter == "'":
            quoted = not quoted
        elif not quoted:
            depth += (letter == "(") - (letter == ")")
            if letter == separator and depth == 0:
                parts.append(text[begin:at])
                begin = at + 1
        if depth < 0:
            break
    if depth or quoted:
        raise BadExpression(params={"text": text[:60]})
    return [*parts, text[begin:]]
