"""Suggestions for a column that was read from a database or a file; a person accepts them or not."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from onecity.platform.exchange.rules.personal import LEAST_VALUES, PERSONAL, personal_kind

MOST_CODES: Final = 100
_INTEGER: Final = re.compile(r"[+-]?(?:0|[1-9][0-9]{0,17})")
_NUMBER: Final = re.compile(r"[+-]?(?:0|[1-9][0-9]*)\.[0-9]+")
_DATE: Final = re.compile(r"[0-9]{4}-[01][0-9]-[0-3][0-9]")
_TIMESTAMP: Final = re.compile(r"[0-9]{4}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-5][0-9](?::[0-5][0-9].*)?")
_BOOLEAN: Final = re.compile(r"(?:true|false|是|否)", re.IGNORECASE)
_TYPES: Final = (
    ("boolean", _BOOLEAN),
    ("integer", _INTEGER),
    ("float", re.compile(f"{_INTEGER.pattern}|{_NUMBER.pattern}")),
    ("date", _DATE),
    ("timestamp", _TIMESTAMP),
)


@dataclass(frozen=True, slots=True)
class KnownName:
    """What a common column name usually means. personal: the kind of personal data, empty for none."""

    title: str
    personal: str = ""


@dataclass(frozen=True, slots=True)
class ColumnSeen:
    """A column as it was found. values: of a sample, as text, without nulls. type: the source's own, a logical type."""

    name: str
    type: str
    nullable: bool
    comment: str
    values: Sequence[str]
    length: int | None = None
    is_key: bool = False


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a column probably is. title: empty where nobody can say. why: words for the person who decides."""

    name: str
    title: str
    type: str
    length: int | None
    nullable: bool
    is_key: bool
    code_list: str
    sensitivity: str
    mask: str
    personal: str = ""


def suggest(
    column: ColumnSeen, *, names: Mapping[str, KnownName], code_lists: Mapping[str, frozenset[str]]
) -> Suggestion:
    """Return what a column probably is.

    names: by the name in lower case. code_lists: the values of each list.
    Source: house rule.
    """
    known = names.get(column.name.lower()) or KnownName("")
    personal = personal_kind(column.values) or known.personal
    found = PERSONAL.get(personal)
    kind = better_type(column.type, values=column.values) if not found else "text"
    return Suggestion(
        name=column.name,
        title=column.comment.strip() or known.title or (found.title if found else ""),
        type=kind,
        length=column.length,
        nullable=column.nullable,
        is_key=column.is_key,
        code_list="" if found or kind not in {"text", "integer"} else list_of(column.values, code_lists=code_lists),
        sensitivity=found.sensitivity if found else "internal",
        mask=found.mask if found else "",
        personal=personal,
    )


def suggest_key(columns: Sequence[ColumnSeen]) -> str:
    """Return the column that is probably the key of a source that names none: without nulls, all values different."""
    for column in columns:
        known = len(column.values) >= LEAST_VALUES and len(set(column.values)) == len(column.values)
        if known and not column.nullable and column.type in {"text", "integer", "uuid"}:
            return column.name
    return ""


def better_type(declared: str, *, values: Sequence[str]) -> str:
    """Return the type that all values of a text column have; other types are kept.

    Numbers with leading zeros are codes.
    """
    if declared != "text" or not values:
        return declared
    return next((kind for kind, pattern in _TYPES if all(pattern.fullmatch(value) for value in values)), "text")


def list_of(values: Sequence[str], *, code_lists: Mapping[str, frozenset[str]]) -> str:
    """Return the shortest list that holds all values, of which at least two differ; empty if none does."""
    different = frozenset(values)
    if len(values) < LEAST_VALUES or not 2 <= len(different) <= MOST_CODES:
        return ""
    holding = [(len(codes), code) for code, codes in code_lists.items() if different <= codes]
    return min(holding)[1] if holding else ""
