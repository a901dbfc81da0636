"""What crosses the borders of the catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class FieldText:
    """One field as somebody writes it into a draft. sharing_type: empty where it is the dataset's."""

    name: str
    title: str
    type: str = "text"
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    unit: str = ""
    is_key: bool = False
    nullable: bool = True
    code_list_code: str = ""
    sensitivity: str = "internal"
    mask: str = ""
    sharing_type: str = ""
    is_open: bool = False
    description: str = ""


@dataclass(frozen=True, slots=True)
class VersionText:
    """All that a draft says beside its fields. Codes are those of the enumerations of `models.DatasetVersion`."""

    title: str
    abstract: str
    class_code: str
    sharing_type: str
    update_cycle: str
    sharing_condition: str = ""
    sharing_ground: str = ""
    sharing_mode: str = ""
    open_type: str = "none"
    open_condition: str = ""
    licence_code: str = ""
    format_class: str = "database"
    format_type: str = ""
    resource_kind: str = "table"
    provider_unit: str = ""
    keywords: tuple[str, ...] = ()
    related_codes: tuple[str, ...] = ()
    has_geometry: bool = False
    source_kind: str = "nowhere"
    source_place: str = ""
    source_table: str = ""
    change_note: str = ""


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry of the catalogue as lists show it."""

    id: int
    code: str
    resource_code: str
    title: str
    class_code: str
    class_name: str
    organisation_id: int
    provider: str
    sharing_type: str
    open_type: str
    update_cycle: str
    state: str
    declared: bool
    created_at: datetime
    published_at: datetime | None
    last_data_at: datetime | None
    next_data_at: datetime | None


@dataclass(frozen=True, slots=True)
class DistributionFacts:
    """One way to get an open dataset. media_type: of IANA's register. size: bytes, when known."""

    format: str
    title: str
    media_type: str
    url: str
    size: int | None = None


@dataclass(frozen=True, slots=True)
class PublishedEntry:
    """A published entry complete, for the public portal and for other catalogues.

    class_path: (code, name) from 类 down. related: codes of datasets that are published, too. served: its rows can be
    had here; queryable: also one page at a time. fields: those that are open.
    """

    code: str
    resource_code: str
    identifier: str
    version: int
    title: str
    abstract: str
    class_path: tuple[tuple[str, str], ...]
    provider_code: str
    provider_name: str
    provider_credit_code: str
    sharing_type: str
    sharing_condition: str
    open_type: str
    open_condition: str
    licence: tuple[str, str, str] | None
    update_cycle: str
    keywords: tuple[str, ...]
    related: tuple[str, ...]
    issued_at: datetime
    modified_at: datetime
    last_data_at: datetime | None
    has_geometry: bool
    served: bool
    queryable: bool
    fields: tuple[FieldText, ...]
    files: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RowFilter:
    """One condition of a query on rows. operator: eq ne lt le gt ge in prefix null. values: as text."""

    field: str
    operator: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RowQuery:
    """A query on the rows of a dataset. order: a field, with `-` before it for falling order; empty for the key's."""

    select: tuple[str, ...] = ()
    filters: tuple[RowFilter, ...] = ()
    order: str = ""
    after: str = ""
    size: int = 100


@dataclass(frozen=True, slots=True)
class RowPage:
    """A page of rows. after: mark of the next page, empty on the last.

    count: rows in all, on the first page only; exact: counted, not estimated.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    after: str
    count: int | None
    exact: bool
