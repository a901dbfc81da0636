"""Selecting entities by type and by scope."""

import re
from dataclasses import dataclass
from typing import Final

from onecity.platform.iot.ngsild.rules import names
from onecity.platform.iot.ngsild.rules.problems import BadRequestData, TooComplexQuery
from onecity.platform.iot.ngsild.rules.terms import Terms

LONGEST: Final = 8_000
DEEPEST: Final = 30
_WORD: Final = re.compile(r"[^\s;,|()]+")
_SCOPE: Final = re.compile(r"/?(?:[\w.#+-]+)(?:/[\w.#+-]+)*|/#")


@dataclass(frozen=True, slots=True)
class One:
    """An entity has this type, or this scope."""

    name: str


@dataclass(frozen=True, slots=True)
class Every:
    """All parts hold."""

    parts: "tuple[Selection, ...]"


@dataclass(frozen=True, slots=True)
class Some:
    """One part holds, or more."""

    parts: "tuple[Selection, ...]"


Selection = One | Every | Some


def parse_types(text: str, *, terms: Terms) -> Selection:
    """Return the tree of a type selection; types by whole IRI.

    Raises: BadRequestData; TooComplexQuery. Source: ETSI GS CIM 009 V1.8.1, clause 4.17.
    """
    tree = _parse(text, where="type")
    return _renamed(tree, terms)


def parse_scopes(text: str) -> Selection:
    """Return the tree of a scope query; scopes with their leading stroke, `+` and `#` as written.

    Raises: BadRequestData; TooComplexQuery. Source: ETSI GS CIM 009 V1.8.1, clause 4.19.
    """
    tree = _parse(text, where="scopeQ")
    for item in _leaves(tree):
        if (
            not _SCOPE.fullmatch(item)
            or "#" in item.rstrip("#")
            or (item.endswith("#") and not item.endswith("/#") and item != "#")
        ):
            raise BadRequestData("scopeQ: not a scope")
    return tree


def named(selection: Selection) -> frozenset[str]:
    """Return every name in a selection."""
    return frozenset(_leaves(selection))


def holds(selection: Selection, owned: frozenset[str]) -> bool:
    """Say whether a set of types satisfies a selection."""
    match selection:
        case One(name):
            return name in owned
        case Every(parts):
            return all(holds(part, owned) for part in parts)
        case Some(parts):
            return any(holds(part, owned) for part in parts)


def scope_pattern(scope: str) -> str:
    """Return the regular expression that the scopes of entities must match."""
    text = scope if scope.startswith("/") else f"/{scope}"
    if text == "/#":
        return "^/"
    deep = text.endswith("/#")
    parts = text.removesuffix("/#").split("/")[1:]
    inner = "".join("/" + ("[^/]+" if part == "+" else re.escape(part)) for part in parts)
    return f"^{inner}(/.*)?$" if deep else f"^{inner}$"


def _parse(text: str, *, where: str) -> Selection:
    if len(text) > LONGEST:
        raise TooComplexQuery(f"{where} is too long")
    found, at = _some(text.strip(), 0, where=where, depth=0)
    if at != len(text.strip()):
        raise BadRequestData(f"{where}: not understood from {text.strip()[at : at + 30]!r}")
    return found


def _some(text: str, at: int, *, where: str, depth: int) -> tuple[Selection, int]:
    parts = []
    while True:
        part, at = _every(text, at, where=where, depth=depth)
        parts.append(part)
        if text[at : at + 1] not in {",", "|"}:
            return (parts[0] if len(parts) == 1 else Some(tuple(parts))), at
        at += 1


def _every(text: str, at: int, *, where: str, depth: int) -> tuple[Selection, int]:
    parts = []
    while True:
        part, at = _item(text, at, where=where, depth=depth)
        parts.append(part)
        if text[at : at + 1] != ";":
            return (parts[0] if len(parts) == 1 else Every(tuple(parts))), at
        at += 1


def _item(text: str, at: int, *, where: str, depth: int) -> tuple[Selection, int]:
    if depth > DEEPEST:
        raise TooComplexQuery(f"{where} is nested too deeply")
    if text[at : at + 1] == "(":
        found, at = _some(text, at + 1, where=where, depth=depth + 1)
        if text[at : at + 1] != ")":
            raise BadRequestData(f"{where}: brackets do not match")
        return found, at + 1
    word = _WORD.match(text, at)
    if not word:
        raise BadRequestData(f"{where}: a name is missing")
    return One(word[0]), word.end()


def _renamed(tree: Selection, terms: Terms) -> Selection:
    match tree:
        case One(name):
            return One(terms.expand(names.name(name, where="type")))
        case Every(parts):
            return Every(tuple(_renamed(part, terms) for part in parts))
        case Some(parts):
            return Some(tuple(_renamed(part, terms) for part in parts))


def _leaves(tree: Selection) -> list[str]:
    if isinstance(tree, One):
        return [tree.name]
    return [name for part in tree.parts for name in _leaves(part)]
