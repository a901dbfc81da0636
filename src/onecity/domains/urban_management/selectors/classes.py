"""Classes under which city cases are filed, by the edition in force."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language

from onecity.domains.urban_management.classification import GB_SCHEME, english_name
from onecity.domains.urban_management.rules.classes import ClassCode, parse_class
from onecity.platform.cases.api import class_name, classes_at


@dataclass(frozen=True, slots=True)
class ClassGroup:
    """A small class with the conditions under which it is filed, as (code, name) pairs."""

    name: str
    choices: Sequence[tuple[str, str]]


def shown_name(code: str, *, scheme: str = GB_SCHEME) -> str:
    """Return a class's name in the visitor's language, else in Chinese; empty for no class."""
    if not code:
        return ""
    english = scheme == GB_SCHEME and (get_language() or "").startswith("en")
    return (english_name(code) if english else "") or class_name(scheme or GB_SCHEME, code)


def filing_class_name(code: str, *, scheme: str = GB_SCHEME) -> str:
    """Return the Chinese name of a class under which cases may be filed; empty for any other code."""
    parsed = _parsed(code)
    name = class_name(scheme, code) if parsed and parsed.files_cases else ""
    return "" if name == code else name


def filing_groups(*, at: datetime, scheme: str = GB_SCHEME) -> list[ClassGroup]:
    """Return the classes under which cases may be filed at `at` (city time), by small class, events first."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for code in classes_at(scheme, at=at):
        parsed = _parsed(code)
        if parsed and parsed.files_cases:
            groups.setdefault(code.partition("-")[0], []).append((code, shown_name(code, scheme=scheme)))
    ordered = sorted(groups, key=lambda code: (code[0] != "E", code))
    return [ClassGroup(f"{shown_name(code, scheme=scheme)}（{code}）", groups[code]) for code in ordered]


def _parsed(code: str) -> ClassCode | None:
    try:
        return parse_class(code)
    except ValueError:
        return None
