"""Suggests checks and masks for a source's columns from a sample of its rows; people accept or change them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from onecity.platform.exchange.contracts.tables import ColumnShape, LogicalType, TableShape
from onecity.platform.exchange.rules.identifying import unfit
from onecity.platform.exchange.rules.personal import PERSONAL, personal_kind
from onecity.platform.exchange.rules.suggesting import KnownName

SURE_SHARE: Final = 0.9
LEAST_ROWS: Final = 5
_TRIED: Final = ("citizen_id", "uscc", "phone", "plate")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What is suggested for one column. identifier, mask: "" for none."""

    required: bool
    unique: bool
    identifier: str
    mask: str


def suggest(shape: TableShape, sample: pa.RecordBatch, *, names: Mapping[str, KnownName]) -> dict[str, Suggestion]:
    """Return a suggestion for each column. House rule.

    sample: some rows of the table, all its columns. names: what common column names mean, by the name in lower case.
    """
    return {column.name: _one(column, shape, sample.column(column.name), names) for column in shape.columns}


def _one(column: ColumnShape, shape: TableShape, values: pa.Array, names: Mapping[str, KnownName]) -> Suggestion:
    identifier = _identifier(values) if column.type is LogicalType.TEXT else ""
    key = column.name in shape.key
    return Suggestion(
        required=key or not column.nullable,
        unique=shape.key == (column.name,),
        identifier=identifier,
        mask=_mask(identifier) or _mask(_personal(column, values, names)),
    )


def _identifier(values: pa.Array) -> str:
    texts = pc.drop_null(values)
    if len(texts) < LEAST_ROWS or not pa.types.is_string(texts.type):
        return ""
    for kind in _TRIED:
        bad, _ = unfit(texts, kind=kind)
        if 1 - bad.mean() >= SURE_SHARE:
            return kind
    return ""


def _personal(column: ColumnShape, values: pa.Array, names: Mapping[str, KnownName]) -> str:
    """Return the kind of personal data in a column, by its values or else by its name or title; "" for none."""
    texts = pc.drop_null(values)
    found = personal_kind(texts.to_pylist()) if pa.types.is_string(texts.type) else ""
    called = (names.get(column.name.lower()), *(known for known in names.values() if known.title == column.title))
    return found or next((known.personal for known in called if known and known.personal), "")


def _mask(kind: str) -> str:
    return PERSONAL[kind].mask if kind in PERSONAL else ""
