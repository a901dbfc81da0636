"""What crosses the border of sharing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from onecity.platform.exchange.contracts.blocks import Comparison

Value = str | int | float | bool | None
Row = Mapping[str, Value]


class Sharing(StrEnum):
    """A dataset's or a field's sharing type (共享类型). Source: 国发〔2016〕51号; GB/T 21063."""

    FREE = "unconditional"
    CONDITIONAL = "conditional"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class SharedField:
    """A field as sharing sees it. column: its code in the catalogue; mask: of `kernel.masking`, empty for none."""

    column: str
    name: str
    sharing: Sharing
    mask: str = ""


@dataclass(frozen=True, slots=True)
class SharedDataset:
    """A published dataset as sharing sees it. condition: of 有条件共享; ground: the legal ground of 不予共享.

    source_kind, place, table: where the catalogue says that its rows lie; key: columns that tell rows apart.
    """

    code: str
    name: str
    version: int
    organisation_id: int
    sharing: Sharing
    condition: str
    ground: str
    fields: tuple[SharedField, ...]
    source_kind: str = ""
    place: str = ""
    table: str = ""
    key: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewRequest:
    """What a department asks for. fields, clear_fields: columns; clear_fields are needed unmasked, as the purpose says.

    form: push, pull, file or query. conditions: joined by *and*. queries_per_day: 0 for the city's default.
    earlier_grant: code of the grant to be renewed or changed, empty for a new one.
    """

    dataset_code: str
    organisation_id: int
    form: str
    purpose: str
    legal_ground: str
    fields: Sequence[str]
    starts: date
    ends: date
    contact_name: str
    contact_phone: str = ""
    clear_fields: Sequence[str] = ()
    conditions: Sequence[Comparison] = ()
    needs_consent: bool = False
    queries_per_day: int = 0
    earlier_grant: str = ""


@dataclass(frozen=True, slots=True)
class AskedRequest:
    """What asking gave. state: granted at once, or waiting. grant_code: of a grant given at once, else empty."""

    id: int
    state: str
    grant_code: str = ""
    case_number: str = ""


@dataclass(frozen=True, slots=True)
class NewSupply:
    """Where a dataset's rows are to be taken from. kind: declared, copy or connection. See `models.DatasetSupply`."""

    dataset_code: str
    kind: str
    connection_code: str = ""
    table: str = ""
    key: Sequence[str] = ()
    cursor: str = ""
    columns: Mapping[str, str] | None = None
    subject_column: str = ""
    subject_kind: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One person or enterprise asked about. consent: number of the written authorisation, where there is one."""

    identifier: str
    consent: str = ""


@dataclass(frozen=True, slots=True)
class SubjectAnswer:
    """What is known of one subject: rows of granted fields, masked as granted; instants and dates as ISO 8601 texts."""

    rows: tuple[Row, ...]
    receipt_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class SubjectUse:
    """One use of a person's data, as that person may be told. result: given, nothing, refused, failed."""

    receipt_id: int
    at: datetime
    kind: str
    dataset_name: str
    provider: str
    consumer: str
    reason: str
    consent: str
    fields: tuple[str, ...]
    result: str
