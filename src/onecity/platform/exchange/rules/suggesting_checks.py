"""Suggests checks and masks for a source's columns from a sample of its rows; people accept or change them."""

from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from onecity.platform.exchange.contracts.tables import ColumnShape, LogicalType, TableShape
from onecity.platform.exchange.rules.identifying import unfit
from onecity.platform.exchange.rules.masks import MASK_OF_IDENTIFIER

SURE_SHARE: Final = 0.9
LEAST_ROWS: Final = 5
_TRIED: Final = ("citizen_id", "uscc", "phone", "plate")
_NAMES: Final = (
    ("masked_name", ("姓名", "name", "xm", "person_name", "full_name")),
    ("masked_address", ("住址", "地址", "address", "addr", "dz", "zz")),
    ("masked_bank_card", ("银行卡号", "bank_card", "yhkh")),
    ("masked_email", ("邮箱", "email", "dzyx")),
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What is suggested for one column. identifier, mask: "" for none."""

    required: bool
    unique: bool
    identifier: str
    mask: str


def suggest(shape: TableShape, sample: pa.RecordBatch) -> dict[str, Suggestion]:
    """Return a suggestion for each column; sample: some rows of the table, all its columns. House rule."""
    return {column.name: _one(column, shape, sample.column(column.name)) for column in shape.columns}


def _one(column: ColumnShape, shape: TableShape, values: pa.Array) -> Suggestion:
    identifier = _identifier(values) if column.type is LogicalType.TEXT else ""
    key = column.name in shape.key
    return Suggestion(
        required=key or not column.nullable,
        unique=shape.key == (column.name,),
        identifier=identifier,
        mask=MASK_OF_IDENTIFIER.get(identifier, "") or _mask(column),
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


def _mask(column: ColumnShape) -> str:
    called = {column.name.lower(), column.title}
    return next((mask for mask, names in _NAMES if called & set(names)), "")
