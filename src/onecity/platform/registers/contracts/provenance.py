"""What the registers tell of the origin of their values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from onecity.platform.registers.rules.provenance import Settlement


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """A data source as others see it."""

    id: int
    code: str
    name: str
    organisation_id: int


@dataclass(frozen=True, slots=True)
class EntryRef:
    """An entry of a register, with what decides who may see it. register: the register's code."""

    register: str
    id: int
    organisation_id: int
    division_code: str


@dataclass(frozen=True, slots=True)
class Dispute:
    """A field of an entry whose incoming or former value did not win, to be kept. masked: how people see the loser."""

    entry: EntryRef
    field: str
    settlement: Settlement
    masked: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value comes from."""

    source: SourceInfo
    observed_at: datetime


@dataclass(frozen=True, slots=True)
class ContestedInfo:
    """A value that does not stand, as people see it. shown: in clear, or masked when the field is personal."""

    id: int
    register: str
    register_name: str
    entry_id: int
    field: str
    field_title: str
    shown: str
    source_name: str
    observed_at: datetime
    standing_source_name: str
    standing_at: datetime | None
    state: str
    case_number: str
    created_at: datetime
    decided_at: datetime | None
    decided_by: str
    note: str


@dataclass(frozen=True, slots=True)
class RuleVersionInfo:
    """An edition of a register's rules. ranks: field → (source, rank) pairs, best first."""

    id: int
    register: str
    number: int
    state: str
    valid_from: datetime | None
    basis: str
    author: str
    published_at: datetime | None
    in_force: bool
    ranks: Mapping[str, tuple[tuple[SourceInfo, int], ...]] = field(default_factory=dict)
