"""Large lists of devices as they come: CSV, Excel's XLSX and Parquet, read piece by piece as lines of text."""

import csv
import io
from collections.abc import Generator, Iterator, Sequence
from itertools import islice
from typing import IO, Final

import python_calamine
from pyarrow import parquet

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.iot.rules.lists import BY_TITLE, COLUMNS, NEEDED, Line

KINDS: Final = ("csv", "xlsx", "parquet")
MOST_LINES: Final = 2_000_000
PIECE: Final = 10_000
_ENCODINGS: Final = ("utf-8-sig", "gb18030")


class UnreadableList(Invalid):
    """The file is no list of devices: wrong kind, broken, or without a column that is needed."""

    code = "iot.unreadable_list"
    message = zh("文件无法读取，请检查格式")


def pieces(file: IO[bytes], *, kind: str) -> Iterator[list[Line]]:
    """Yield a list's lines, `PIECE` at a time; the header is line 1. Empty lines are passed over.

    Raises: UnreadableList, also while it is read.
    """
    rows = {"csv": _csv, "xlsx": _xlsx, "parquet": _parquet}[kind](file)
    try:
        names = _names([str(title) for title in next(rows, [])])
        lines = (
            Line(number, {name: cell.strip() for name, cell in zip(names, cells, strict=False) if name})
            for number, cells in enumerate(rows, start=2)
            if any(cell.strip() for cell in cells)
        )
        while piece := list(islice(lines, PIECE)):
            if piece[-1].number > MOST_LINES + 1:
                raise UnreadableList(zh("一个文件最多两百万行"))
            yield piece
    except UnreadableList:
        raise
    except (ValueError, OSError, csv.Error, python_calamine.CalamineError) as error:
        raise UnreadableList from error
    finally:
        rows.close()


def line_count(file: IO[bytes], *, kind: str) -> int:
    """Return how many lines a list has without its header, roughly for CSV; 0 where only reading it would tell."""
    try:
        if kind == "parquet":
            return int(parquet.ParquetFile(file).metadata.num_rows)
        if kind == "csv":
            return max(0, sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b"")) - 1)
    except (ValueError, OSError):
        return 0
    finally:
        file.seek(0)
    return 0


def _names(titles: Sequence[str]) -> list[str]:
    names = [BY_TITLE.get(title.strip(), BY_TITLE.get(title.strip().lower(), "")) for title in titles]
    missing = [COLUMNS[name] for name in NEEDED if name not in names]
    if missing:
        raise UnreadableList(zh("缺少列：{names}"), params={"names": "、".join(missing)})
    return names


def _csv(file: IO[bytes]) -> Generator[list[str]]:
    encoding = _encoding(file)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        yield from csv.reader(text)
    finally:
        text.detach()


def _encoding(file: IO[bytes]) -> str:
    """Find the encoding that the first megabyte is in; a character torn at its end does not count."""
    head = file.read(1 << 20)
    file.seek(0)
    for encoding in _ENCODINGS:
        for torn in range(4):
            try:
                head[: len(head) - torn].decode(encoding)
            except UnicodeDecodeError:
                continue
            return encoding
    raise UnreadableList(zh("无法识别文件的编码"))


def _xlsx(file: IO[bytes]) -> Generator[list[str]]:
    book = python_calamine.CalamineWorkbook.from_filelike(file)
    for cells in book.get_sheet_by_index(0).iter_rows():
        yield [_text(cell) for cell in cells]


def _parquet(file: IO[bytes]) -> Generator[list[str]]:
    table = parquet.ParquetFile(file)
    yield list(table.schema_arrow.names)
    for batch in table.iter_batches(batch_size=PIECE):
        columns = [[_text(value) for value in column.to_pylist()] for column in batch.columns]
        yield from (list(cells) for cells in zip(*columns, strict=True))


def _text(value: object) -> str:
    """Return a cell as people would type it: whole numbers without a point, nothing for none."""
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
