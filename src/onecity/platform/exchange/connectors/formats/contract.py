"""What a file format promises."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final, Protocol

import pyarrow as pa

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.answers import Answers
from onecity.platform.exchange.connectors.contract import NotUnderstood
from onecity.platform.exchange.contracts.blocks import TornRow
from onecity.platform.exchange.contracts.places import OptionField
from onecity.platform.exchange.contracts.tables import TableShape

ENCODINGS: Final = ("auto", "utf-8", "utf-8-sig", "gb18030", "utf-16")
OPTIONS: Final = (
    OptionField("format", zh("文件格式"), type="choice", default="auto",
                choices=("auto", "csv", "excel", "json", "jsonl", "parquet"), help=zh("auto：按扩展名")),
    OptionField("encoding", zh("文字编码"), type="choice", default="auto", choices=ENCODINGS,
                help=zh("仅用于 CSV、JSON；auto：读取时自动识别，写出时用 UTF-8")),
    OptionField("separator", zh("分隔符"), default=",", help=zh("仅用于 CSV；制表符写作 tab")),
    OptionField("header", zh("首行是字段名"), type="boolean", default=True, help=zh("用于 CSV 和 Excel")),
    OptionField("rows_path", zh("数据所在路径"), help=zh("仅用于 JSON，如 data.list")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Manner:
    """How files of a place are written.

    encoding: `auto` or a codec's name; rows_path: keys from the root of a JSON file.
    """

    encoding: str = "auto"
    separator: str = ","
    header: bool = True
    rows_path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """Some rows of a file, in the file's order, and what stood between them and is none."""

    rows: pa.RecordBatch
    torn: tuple[TornRow, ...] = ()


class Format(Protocol):
    """One format. Files are open for reading bytes and can be sought in. Raises everywhere: NotUnderstood."""

    suffixes: Sequence[str]

    def shapes(self, file: BinaryIO, *, name: str, manner: Manner) -> Sequence[TableShape]:
        """Return the tables of a file; a file's one table has the file's name."""

    def pieces(self, file: BinaryIO, *, name: str, part: str, manner: Manner, size: int) -> Iterator[Piece]:
        """Yield all rows from the beginning. part: the sheet, for formats with several; size: rows in a piece."""

    def written(self, rows: pa.RecordBatch, *, manner: Manner) -> bytes:
        """Return rows as a part of a file (a whole file for formats that cannot simply be put together)."""

    def joined(
        self, parts: Iterable[bytes], *, shape: TableShape, schema: pa.Schema, manner: Manner
    ) -> Iterator[bytes]:
        """Yield a whole file made of parts."""


def manner_of(answers: Answers) -> Manner:
    """Return the manner that a place's options tell. Raises: NotUnderstood."""
    separator = answers.text("separator") or ","
    separator = "\t" if separator in {"tab", "\\t"} else separator
    if len(separator) != 1:
        raise NotUnderstood(zh("分隔符只能是一个字符"))
    path = tuple(part for part in answers.text("rows_path").split(".") if part)
    return Manner(answers.text("encoding"), separator, answers.flag("header"), path)


def read_only(name: str) -> NotUnderstood:
    """Return the error of a format that is only read."""
    return NotUnderstood(zh("不能写出这种格式的文件：{name}"), params={"name": name})


def broken(name: str) -> NotUnderstood:
    """Return the error of a file that is not what its name says. The parser's words quote the data: they stay out."""
    return NotUnderstood(zh("文件“{name}”损坏或格式不符"), params={"name": name})
