"""The query language: conditions on attributes, read into a tree."""

import re
from dataclasses import dataclass
from typing import Final, Literal

from onecity.platform.iot.ngsild.rules import moments, names
from onecity.platform.iot.ngsild.rules.problems import BadRequestData, TooComplexQuery
from onecity.platform.iot.ngsild.rules.terms import Terms

Operator = Literal["==", "!=", ">", ">=", "<", "<="]
LiteralKind = Literal["number", "text", "truth", "instant", "date", "time", "uri"]
LONGEST: Final = 8_000
MOST_TERMS: Final = 200
DEEPEST: Final = 30
_OPERATORS: Final = ("!~=", "~=", "==", "!=", ">=", "<=", ">", "<")
_NUMBER: Final = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")


@dataclass(frozen=True, slots=True)
class Literally:
    """A value in a query. text: as compared: a number's digits, an instant in the form of `moments.kept`."""

    kind: LiteralKind
    text: str


@dataclass(frozen=True, slots=True)
class Path:
    """Where a condition looks. chain: an attribute and attributes of it, by IRI; inside: keys within the value."""

    chain: tuple[str, ...]
    inside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exists:
    """The attribute is there."""

    path: Path


@dataclass(frozen=True, slots=True)
class Compares:
    """A value stands in a relation to a literal."""

    path: Path
    operator: Operator
    literal: Literally


@dataclass(frozen=True, slots=True)
class Between:
    """A value lies within two literals, or, negated, does not."""

    path: Path
    low: Literally
    high: Literally
    negated: bool = False


@dataclass(frozen=True, slots=True)
class OneOf:
    """A value is one of several, or, negated, none of them."""

    path: Path
    literals: tuple[Literally, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Matches:
    """A text matches a pattern, or, negated, does not."""

    path: Path
    pattern: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Either:
    """Some part holds."""

    parts: "tuple[Node, ...]"


Leaf = Exists | Compares | Between | OneOf | Matches
Node = Leaf | All | Either


def parse_query(text: str, *, terms: Terms, expanded: frozenset[str] = frozenset()) -> Node:
    """Return the tree of a query. expanded: attributes, by IRI, whose texts are names that stand for IRIs.

    Raises: BadRequestData for what is no query; TooComplexQuery.
    Source: ETSI GS CIM 009 V1.8.1, clause 4.9.
    """
    if len(text) > LONGEST:
        raise TooComplexQuery("q is too long")
    reader = _Reader(text, terms, expanded)
    found = reader.alternatives(0)
    if reader.rest:
        raise BadRequestData(f"q: not understood from {reader.rest[:30]!r}")
    return found


class _Reader:
    def __init__(self, text: str, terms: Terms, expanded: frozenset[str]) -> None:
        self.text, self.at = text.strip(), 0
        self._terms, self._expanded, self._count = terms, expanded, 0

    @property
    def rest(self) -> str:
        return self.text[self.at :]

    def alternatives(self, depth: int) -> Node:
        parts = [self._conjunction(depth)]
        while self._take("|"):
            parts.append(self._conjunction(depth))
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _conjunction(self, depth: int) -> Node:
        parts = [self._term(depth)]
        while self._take(";"):
            parts.append(self._term(depth))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _term(self, depth: int) -> Node:
        self._count += 1
        if self._count > MOST_TERMS or depth > DEEPEST:
            raise TooComplexQuery("q has too many terms")
        if self._take("("):
            found = self.alternatives(depth + 1)
            if not self._take(")"):
                raise BadRequestData("q: brackets do not match")
            return found
        path = self._path()
        operator = next((item for item in _OPERATORS if self._take(item)), "")
        if not operator:
            return Exists(path)
        if operator in {"~=", "!~="}:
            return Matches(path, self._pattern(), negated=operator == "!~=")
        return self._compared(path, operator)

    def _compared(self, path: Path, operator: str) -> Node:
        first = self._literal(path)
        equality, negated = operator in {"==", "!="}, operator == "!="
        if equality and self._take(".."):
            high = self._literal(path)
            if first.kind != high.kind:
                raise BadRequestData("q: the two ends of a range are of different kinds")
            return Between(path, first, high, negated=negated)
        several = [first]
        while equality and self._take(","):
            several.append(self._literal(path))
        if len(several) > 1:
            return OneOf(path, tuple(several), negated=negated)
        for known in ("==", "!=", ">", ">=", "<", "<="):
            if operator == known:
                return Compares(path, known, first)
        raise BadRequestData("q: not an operator")

    def _path(self) -> Path:
        found = re.compile(r"[^\s=!<>~;|()\[\]\",]+").match(self.text, self.at)
        if not found:
            raise BadRequestData("q: an attribute is missing")
        self.at = found.end()
        text = found[0]
        whole = names.is_uri(text) and (text.startswith(("http://", "https://", "urn:")))
        parts = [text] if whole else text.split(".")
        chain = tuple(self._terms.expand(names.name(part, where="q")) for part in parts)
        inside: tuple[str, ...] = ()
        if self._take("["):
            end = self.text.find("]", self.at)
            if end < 0:
                raise BadRequestData("q: brackets do not match")
            inside = tuple(self.text[self.at : end].split("."))
            self.at = end + 1
            if not all(inside):
                raise BadRequestData("q: an empty name in brackets")
        return Path(chain, inside)

    def _pattern(self) -> str:
        if self.rest.startswith('"'):
            return self._quoted()
        depth, start = 0, self.at
        while self.at < len(self.text):
            letter = self.text[self.at]
            if not depth and letter in ";|)":
                break
            self.at += 2 if letter == "\\" else 1
            depth += (letter in "([{") - (letter in ")]}")
        found = self.text[start : self.at]
        if not found:
            raise BadRequestData("q: a pattern is missing")
        return found

    def _literal(self, path: Path) -> Literally:
        if self.rest.startswith('"'):
            text = self._quoted()
            if path.chain[-1] in self._expanded:
                text = self._terms.expand(text)
            return Literally("text", text)
        found = re.compile(r"(?:(?!\.\.)[^;|(),\s\"])+").match(self.text, self.at)
        if not found:
            raise BadRequestData("q: a value is missing")
        self.at = found.end()
        return bare_literal(found[0])

    def _quoted(self) -> str:
        found = re.compile(r'"((?:[^"\\]|\\.)*)"').match(self.text, self.at)
        if not found:
            raise BadRequestData("q: quotation marks do not match")
        self.at = found.end()
        return re.sub(r"\\([\"\\])", r"\1", found[1])

    def _take(self, mark: str) -> bool:
        if self.text.startswith(mark, self.at):
            self.at += len(mark)
            return True
        return False


def bare_literal(text: str) -> Literally:
    """Return a value that stands in a query without quotation marks.

    Raises: BadRequestData.
    """
    if _NUMBER.fullmatch(text):
        return Literally("number", repr(float(text)) if not text.lstrip("+-").isdigit() else str(int(text)))
    if text in {"true", "false"}:
        return Literally("truth", text)
    instant = moments.is_instant(text)
    if instant:
        return Literally("instant", moments.kept(instant))
    if moments.is_date(text):
        return Literally("date", text)
    if moments.is_time(text):
        return Literally("time", text)
    if names.is_uri(text):
        return Literally("uri", text)
    raise BadRequestData(f"q: not a value: {text[:60]!r}")
