"""What modules declare to exchange: the datasets that they keep, with their rows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pyarrow as pa

FieldType = Literal["text", "integer", "decimal", "float", "boolean", "date", "time", "timestamp", "json", "uuid"]
SharingType = Literal["unconditional", "conditional", "none"]
"""无条件, 有条件, 不予: of sharing between departments, and of opening to society."""
Cycle = Literal[
    "realtime", "daily", "weekly", "monthly", "quarterly", "half_yearly", "yearly", "irregular", "not_updated"
]
Sensitivity = Literal["public", "internal", "sensitive", "highly_sensitive"]


@dataclass(frozen=True, slots=True)
class DataField:
    """One field (信息项) of a dataset. name: the column of the rows; title: Chinese.

    code_list: code of a list that the values are taken from. sharing: differs from the dataset's only where given.
    mask: name of a function of kernel.masking by which staff see it. open: it is part of what is opened to society.
    """

    name: str
    title: str
    type: FieldType = "text"
    unit: str = ""
    length: int | None = None
    nullable: bool = True
    code_list: str = ""
    sensitivity: Sensitivity = "public"
    sharing: SharingType | None = None
    mask: str = ""
    open: bool = True
    description: str = ""


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset that a module keeps in its own tables. It stands in the catalogue without anybody's doing.

    provider: code of the organisation that answers for it. class_code: where it stands in the classification.
    rows: SQL over the module's own tables that gives every field's column, and `geom` (EPSG:4326, longitude first)
        where `geometry` is set; `organisation_id` and `division_code` beside them where rows belong to one; no
        conditions on who reads it. key: columns, unique together and never null, by which rows are paged.
    batches: instead of `rows`, a function that yields Arrow batches of the fields; such a dataset is downloaded whole
        and not queried.
    last_at: SQL that gives the instant of the newest data, for lists of what is overdue; empty when it is always new.
    sharing_ground: the law by which it is not shared; sharing_condition: what must hold for it to be shared.
    """

    code: str
    name: str
    abstract: str
    provider: str
    class_code: str
    fields: tuple[DataField, ...]
    key: tuple[str, ...]
    rows: str = ""
    batches: "Callable[[], Iterator[pa.RecordBatch]] | None" = None
    last_at: str = ""
    cycle: Cycle = "irregular"
    sharing: SharingType = "unconditional"
    sharing_condition: str = ""
    sharing_ground: str = ""
    opening: SharingType = "none"
    opening_condition: str = ""
    licence: str = ""
    geometry: bool = False
    keywords: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
