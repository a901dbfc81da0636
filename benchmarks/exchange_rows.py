"""The table of the exchange benchmark: 14 columns, about 270 bytes a row, the same rows every time, made by Arrow."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from onecity.platform.exchange.connectors.contract import NotUnderstood, Target, WriteRequest
from onecity.platform.exchange.contracts.blocks import Block, Loading, Reading, ReadRequest
from onecity.platform.exchange.contracts.places import OptionField, Place
from onecity.platform.exchange.contracts.plans import Check, CheckKind
from onecity.platform.exchange.contracts.tables import ColumnShape, LogicalType, TableShape

TABLE: Final = "people"
DDL: Final = """
CREATE TABLE {name} (
  id bigint PRIMARY KEY, citizen_id varchar(18) NOT NULL, name varchar(60) NOT NULL, sex smallint NOT NULL,
  birth_date date, division_code varchar(12) NOT NULL, address text, mobile varchar(11), income numeric(12,2),
  balance numeric(14,4), active boolean NOT NULL, registered_at timestamptz NOT NULL, updated_at timestamptz NOT NULL,
  extra jsonb)"""
CHECKS: Final = (
    Check("citizen_id", CheckKind.IDENTIFIER, ("citizen_id",), ("citizen_id",)),
    Check("name", CheckKind.NOT_NULL, ("name",), dimension="completeness"),
    Check("sex", CheckKind.CODE_LIST, ("sex",), ("0", "1", "2", "9")),
    Check("birth_date", CheckKind.RANGE, ("birth_date",), ("1900-01-01", "2026-12-31")),
    Check("division", CheckKind.LENGTH, ("division_code",), ("12", "12")),
    Check("income", CheckKind.RANGE, ("income",), ("0", "")),
)
_WEIGHTS: Final = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_SURNAMES: Final = pa.array(["王", "李", "张", "刘", "陈", "欧阳"])
_GIVEN: Final = pa.array(["伟", "芳娜", "敏", "静怡", "秀英", "建国", "子涵"])
_HUNDREDTH: Final = 2
_BORN_FROM: Final = np.datetime64("1940-01-01")


def people(first: int, count: int) -> pa.RecordBatch:
    """Return people with ids from `first` on; instants are the city's wall clock."""
    ids = np.arange(first, first + count)
    born = _BORN_FROM + (ids * 37) % 29_000
    moments = np.datetime64("2020-01-01T08:00:00", "us") + ids * np.timedelta64(13, "s")
    texts = pa.array(ids).cast(pa.string())
    return pa.record_batch(
        {
            "id": pa.array(ids),
            "citizen_id": _citizen_ids(ids, born),
            "name": _joined(_SURNAMES.take(pa.array(ids % 6)), _GIVEN.take(pa.array(ids // 6 % 7))),
            "sex": pa.array(1 + ids % 2),
            "birth_date": pa.array(born),
            "division_code": _joined("220102", _digits(ids % 1_000_000, 6)),
            "address": _joined("吉林省长春市朝阳区人民大街", texts, "号", pa.array(ids % 20).cast(pa.string()), "栋"),
            "mobile": _joined("13", _digits(ids * 7919 % 1_000_000_000, 9)),
            "income": _decimals(ids * 137 % 10_000_000, pa.decimal128(12, 2)),
            "balance": _decimals(ids * 7907 % 1_000_000_000, pa.decimal128(14, 4)),
            "active": pa.array(ids % 3 != 0),
            "registered_at": pa.array(moments),
            "updated_at": pa.array(moments + np.timedelta64(1, "D")),
            "extra": _joined(
                '{"tags": ["a", "b"], "level": ', pa.array(ids % 7).cast(pa.string()), ', "source": "ga"}'
            ),
        }
    )


def shape() -> TableShape:
    """Return the table as the engine sees it."""
    kinds = LogicalType
    return TableShape(
        TABLE,
        (
            ColumnShape("id", kinds.INTEGER, nullable=False, native="bigint"),
            ColumnShape("citizen_id", kinds.TEXT, nullable=False, length=18),
            ColumnShape("name", kinds.TEXT, nullable=False, length=60),
            ColumnShape("sex", kinds.INTEGER, nullable=False, native="smallint"),
            ColumnShape("birth_date", kinds.DATE),
            ColumnShape("division_code", kinds.TEXT, nullable=False, length=12),
            ColumnShape("address", kinds.TEXT),
            ColumnShape("mobile", kinds.TEXT, length=11),
            ColumnShape("income", kinds.DECIMAL, precision=12, scale=2),
            ColumnShape("balance", kinds.DECIMAL, precision=14, scale=4),
            ColumnShape("active", kinds.BOOLEAN, nullable=False),
            ColumnShape("registered_at", kinds.TIMESTAMP, nullable=False, native="timestamp with time zone"),
            ColumnShape("updated_at", kinds.TIMESTAMP, nullable=False, native="timestamp with time zone"),
            ColumnShape("extra", kinds.JSON, native="jsonb"),
        ),
        key=("id",),
    )


class Generator:
    """A source that makes its rows as they are read: place {"rows": n}."""

    kind: str = "generator"
    title: str = "generator"
    options: Sequence[OptionField] = ()
    readings: frozenset[Reading] = frozenset({Reading.FULL})
    loadings: frozenset[Loading] = frozenset()

    def check(self, place: Place) -> None:
        """It is always there."""

    def discover(self, place: Place) -> Sequence[TableShape]:
        """Return the one table."""
        return (shape(),)

    def read(self, place: Place, request: ReadRequest) -> Iterator[Block]:
        """Yield blocks from the id after the last one on."""
        done, last = int((request.since or {}).get("id") or 0), int(place.options["rows"])
        for number, first in enumerate(range(done + 1, last + 1, request.block_rows), start=1):
            count = min(request.block_rows, last + 1 - first)
            rows = people(first, count).select(list(request.columns))
            yield Block(number, rows, {"id": first + count - 1})

    def target(self, place: Place, request: WriteRequest) -> Target:
        """Raises: NotUnderstood, always."""
        raise NotUnderstood(params={"reason": "generator"})


def _citizen_ids(ids: npt.NDArray[np.int64], born: npt.NDArray[np.datetime64]) -> pa.Array:
    """Return numbers with their check digits. Source: GB 11643-1999."""
    births = pc.strftime(pa.array(born), format="%Y%m%d")
    bodies = _joined("220102", births, _digits(ids % 1000, 3))
    digits = np.frombuffer(bodies.buffers()[2], np.uint8)[: 17 * len(ids)].reshape(-1, 17)
    whole = np.empty((len(ids), 18), np.uint8)
    whole[:, :17] = digits
    whole[:, 17] = np.frombuffer(b"10X98765432", np.uint8)[((digits - 48) * _WEIGHTS).sum(axis=1) % 11]
    places = np.arange(0, 18 * (len(ids) + 1), 18, dtype=np.int32)
    return pa.Array.from_buffers(pa.string(), len(ids), [None, pa.py_buffer(places), pa.py_buffer(whole)])


def _digits(numbers: npt.NDArray[np.int64], width: int) -> pa.Array:
    return pc.utf8_slice_codeunits(pa.array(numbers + 10**width).cast(pa.string()), 1, width + 1)


def _decimals(numbers: npt.NDArray[np.int64], kind: pa.DataType) -> pa.Array:
    pairs = np.zeros((len(numbers), 2), np.int64)
    pairs[:, 0] = numbers
    return pa.Array.from_buffers(kind, len(numbers), [None, pa.py_buffer(pairs)])


def _joined(*parts: pa.Array | str) -> pa.Array:
    return pc.binary_join_element_wise(*parts, "")
