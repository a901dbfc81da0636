"""What crosses the border of record matching."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

RECORD_COLUMNS: Final = (
    "key",
    "name",
    "sex_code",
    "birth_date",
    "citizen_id",
    "phone",
    "address",
    "division_code",
)
"""Columns of a delivery, all texts; `key` and `name` are never empty, dates are written 2026-03-01."""


@dataclass(frozen=True, slots=True)
class MatchRunInfo:
    """What a run found. records = exact + probable + doubtful + unmatched; in a search for doubles they are pairs."""

    id: int
    code: str
    title: str
    source_name: str
    model_number: int
    records: int
    exact: int
    probable: int
    doubtful: int
    unmatched: int
    seconds: float
    started_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PairInfo:
    """A doubtful pair in a list. left, right: name, birth date, address of both sides, personal data masked."""

    id: int
    created_at: datetime
    run_title: str
    person_id: int
    other_id: int | None
    left: Mapping[str, str]
    right: Mapping[str, str]
    agreement: Mapping[str, str]
    probability: float
    state: str
    decided_by: str
    decided_at: datetime | None
    note: str


@dataclass(frozen=True, slots=True)
class MergeInfo:
    """A merge of two entries, or one that was undone."""

    id: int
    kept_id: int
    merged_id: int
    kept_name: str
    merged_name: str
    reason: str
    merged_by: str
    merged_at: datetime
    undone_by: str
    undone_at: datetime | None
    undo_reason: str
