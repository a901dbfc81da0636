"""Reading from MySQL and MariaDB: whole blocks through connectorx, long answers row by row through PyMySQL."""

from collections.abc import Iterator, Sequence
from typing import Final

import connectorx
import pyarrow as pa

from onecity.platform.exchange.connectors.answers import ANSWER_S, Answers
from onecity.platform.exchange.connectors.columns import fitted
from onecity.platform.exchange.connectors.contract import Unreachable
from onecity.platform.exchange.connectors.keyset import Question
from onecity.platform.exchange.connectors.mysql.session import READING_MODE, address, connect, encrypted, translated
from onecity.platform.exchange.connectors.mysql.types import selected
from onecity.platform.exchange.contracts.tables import ColumnShape, LogicalType

_BATCH: Final = 10_000


class BlockFetcher:
    """Asks questions for whole blocks.

    Each block is one statement of connectorx's own connection. A plain session stands by: it notices at once when the
    server is gone, for which connectorx would take half a minute; and it asks itself, more slowly, where everything
    must go through TLS.
    """

    def __init__(self, answers: Answers) -> None:
        self._address = address(answers)
        self._settings = [
            READING_MODE,
            "SET SESSION time_zone = '" + answers.text("time_zone").replace("'", "") + "'",
        ]
        self._watch = connect(answers)
        self._alone = encrypted(answers)

    def __call__(self, question: Question) -> pa.RecordBatch:
        """Return the whole answer. Raises: Unreachable."""
        with translated():
            self._watch.ping(reconnect=False)
        statement = select(question.columns, question.rest)
        if self._alone:
            with translated(), self._watch.cursor() as cursor:
                cursor.execute(statement)
                return _batch(cursor.fetchall(), question.columns)
        try:
            table = connectorx.read_sql(
                self._address, statement, return_type="arrow", protocol="binary", pre_execution_query=self._settings
            )
        except Exception as error:  # noqa: BLE001  # its panics have no common class below this one
            raise Unreachable(params={"reason": f"connectorx {type(error).__name__}"}) from None
        arrays = [fitted(_one(table.column(number)), column) for number, column in enumerate(question.columns)]
        return pa.RecordBatch.from_arrays(arrays, names=[column.name for column in question.columns])

    def close(self) -> None:
        """Hang up."""
        self._watch.close()


def select(columns: Sequence[ColumnShape], rest: str) -> str:
    """Return a SELECT whose columns are read without loss from the table called `t`."""
    return f"SELECT {', '.join(selected(column) for column in columns)} {rest}"


def stream(answers: Answers, columns: Sequence[ColumnShape], rest: str) -> Iterator[pa.RecordBatch]:
    """Yield an answer of any length in batches. Raises: Unreachable, NotUnderstood."""
    link = connect(answers, stream=True)
    try:
        with translated(), link.cursor() as cursor:
            cursor.execute(f"SET SESSION net_write_timeout = {ANSWER_S * 5}")
            cursor.execute(select(columns, rest))
            while rows := cursor.fetchmany(_BATCH):
                yield _batch(rows, columns)
    finally:
        link.close()


def _batch(rows: Sequence[Sequence[object]], columns: Sequence[ColumnShape]) -> pa.RecordBatch:
    arrays = []
    by_column = list(zip(*rows, strict=True)) or [()] * len(columns)
    for cells, column in zip(by_column, columns, strict=True):
        kind = pa.binary() if column.type is LogicalType.BINARY else None
        arrays.append(fitted(pa.array(cells, type=kind), column))
    return pa.RecordBatch.from_arrays(arrays, names=[column.name for column in columns])


def _one(column: pa.ChunkedArray) -> pa.Array:
    whole = column.combine_chunks()
    whole = whole.cast(pa.string()) if pa.types.is_large_string(whole.type) else whole
    return whole.cast(pa.binary()) if pa.types.is_large_binary(whole.type) else whole
