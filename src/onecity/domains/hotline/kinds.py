"""Kinds of demands and of petitions with the limits of each, read once from the file beside this one.

The limits are the first edition of a classification: a city loads its own as a later edition (`load_limits`), and a
case keeps those that were in force when it was opened.
"""

import csv
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from onecity.kernel.deadlines import TimeUnit
from onecity.kernel.text import zh
from onecity.platform.cases.declare import CaseClass, Classification, Limit

FILE: Final = Path(__file__).parent / "data" / "kinds.csv"
KIND_SCHEME: Final = "hotline.kinds"
SCHEME_NAME: Final = zh("诉求类型与时限")
URGENT: Final = "_urgent"
PETITION_PREFIX: Final = "petition_"

KINDS: Final = (
    ("consult", zh("咨询")),
    ("help", zh("求助")),
    ("complaint", zh("投诉")),
    ("report", zh("举报")),
    ("suggestion", zh("建议")),
    ("praise", zh("表扬")),
)
PETITION_KINDS: Final = (
    ("petition_claim", zh("信访·申诉求决")),
    ("petition_suggestion", zh("信访·建议意见")),
    ("petition_accusation", zh("信访·检举控告")),
    ("petition_simple", zh("信访·简易办理")),
)
KIND_NAMES: Final[Mapping[str, str]] = dict((*KINDS, *PETITION_KINDS))


def kind_classes(lines: Iterable[str]) -> tuple[CaseClass, ...]:
    """Return the kinds of a table (columns code, name, parent, limits) with their limits.

    limits: `name:amount unit` joined by semicolons. Raises: ValueError naming the line at fault.
    """
    return tuple(_class(row) for row in csv.DictReader(lines))


@cache
def first_edition() -> Classification:
    """Return the kinds as they stand on the first day."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return Classification(KIND_SCHEME, SCHEME_NAME, kind_classes(file))


def class_of(kind: str, *, urgency: int) -> str:
    """Return the class of a case: the urgent one of its kind where there is one."""
    urgent = f"{kind}{URGENT}"
    known = {item.code for item in first_edition().classes}
    return urgent if urgency > 0 and urgent in known else kind


def kind_of(class_code: str) -> str:
    """Return the kind of a class."""
    return class_code.removesuffix(URGENT)


def is_petition(kind: str) -> bool:
    """Say whether a kind goes the way of petitions (信访)."""
    return kind.startswith(PETITION_PREFIX)


def _class(row: Mapping[str, str]) -> CaseClass:
    return CaseClass(row["code"], row["name"], row["parent"], dict(_limit(row, text) for text in _parts(row)))


def _parts(row: Mapping[str, str]) -> list[str]:
    return [part.strip() for part in row["limits"].split(";") if part.strip()]


def _limit(row: Mapping[str, str], text: str) -> tuple[str, Limit]:
    name, _, rest = text.partition(":")
    amount, _, unit = rest.strip().partition(" ")
    if not name or not amount.replace(".", "", 1).isdigit():
        raise ValueError(f"{row['code']}: {text}")
    return name, Limit(amount, TimeUnit(unit))
