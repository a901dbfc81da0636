"""Files of readings, however many: made in the background, with progress; a cancelled one leaves nothing."""

import csv
import secrets
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction

from onecity.kernel import clock
from onecity.kernel.actor import Actor
from onecity.kernel.clock import CITY_ZONE
from onecity.kernel.errors import Invalid, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts import HistoryQuery
from onecity.platform.iot.models import Datastream, HistoryExport
from onecity.platform.iot.rules.instants import DAY, SECOND, instant
from onecity.platform.iot.rules.quality import meaning
from onecity.platform.iot.selectors.history import asked, bucketed, raw_readings, told
from onecity.platform.jobs import api as jobs
from onecity.platform.jobs.declare import Progress, Result

KINDS: Final = ("csv", "xlsx", "parquet")
MOST_STREAMS: Final = 5_000
MOST_IN_A_SHEET: Final = 1_048_575
WINDOW: Final = 32 * DAY
READING_COLUMNS: Final = (
    zh("设备标识"), zh("设备名称"), zh("监测项"), zh("时段"), zh("取值"), zh("计量单位"), zh("监测时间"), zh("监测值"),
    zh("数据标记"),
)  # fmt: skip
BUCKET_COLUMNS: Final = (
    *READING_COLUMNS[:7], zh("读数个数"), zh("有效个数"), zh("平均值"), zh("时间加权平均"), zh("最小值"), zh("最大值"),
    zh("首值"), zh("末值"), zh("合计"),
)  # fmt: skip
_VALUES: Final = ("mean", "weighted_mean", "low", "high", "first", "last", "total")
Row = list[object]


class SheetFull(Invalid):
    """An Excel sheet holds 1,048,575 rows below its heading."""

    code = "iot.sheet_full"
    message = zh("数据超过Excel的行数上限（1048575行），请改用CSV或Parquet，或加大时间间隔")


def start_export(actor: Actor, *, query: HistoryQuery, kind: str, title: str, now: datetime) -> int:
    """Start making a file of what a question asks for; returns the run's id. now: real time.

    query: datastreams that the actor was found to see. kind: csv, xlsx or parquet.
    Raises: Invalid for a question or kind that cannot be; NotPermitted for who has no account.
    """
    if kind not in KINDS:
        raise Invalid(fields={"kind": zh("没有这个选项")})
    if len(query.datastreams) > MOST_STREAMS:
        raise Invalid(fields={"streams": zh("一次最多导出5000条数据流")})
    if actor.account_id is None:
        raise NotPermitted
    told(query)
    facts = {
        "datastreams": [int(number) for number in query.datastreams],
        "since": query.since.isoformat(),
        "until": query.until.isoformat(),
        "step_s": query.step_s,
    }
    with transaction.atomic():
        row = HistoryExport.objects.create(
            account_id=actor.account_id, title=title[:120], kind=kind, query=facts, created_at=now
        )
        row.run_id = jobs.start(actor, code="iot.export_history", title=title, arguments={"export_id": row.id}, now=now)
        row.save(update_fields=["run_id"])
        identity.record(actor, action="iot.export_history", target=f"iot.export:{row.id}", details=facts)
    return row.run_id


def make_export(progress: Progress, arguments: Mapping[str, object]) -> Result:
    """Make the file of an export; may run twice, the second time anew."""
    row = HistoryExport.objects.get(id=int(str(arguments["export_id"])))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"export.{row.kind}"
        count = _write(path, row, progress)
        with path.open("rb") as file:
            name = f"iot/exports/{row.id}-{secrets.token_hex(8)}.{row.kind}"
            row.file = default_storage.save(name, File(file))
    row.readings, row.finished_at = count, clock.real_now()
    row.save(update_fields=["file", "readings", "finished_at"])
    return {zh("行数"): count, zh("文件"): row.title + "." + row.kind}


def _write(path: Path, row: HistoryExport, progress: Progress) -> int:
    query = HistoryQuery(
        row.query["datastreams"],
        datetime.fromisoformat(row.query["since"]),
        datetime.fromisoformat(row.query["until"]),
        row.query["step_s"],
    )
    columns = BUCKET_COLUMNS if query.step_s else READING_COLUMNS
    count = 0
    with _sheet(row.kind, path, columns) as sheet:
        for rows in _parts(query, progress):
            sheet.add(rows)
            count += len(rows)
    return count


def _parts(query: HistoryQuery, progress: Progress) -> Iterator[list[Row]]:
    """Yield the rows of one datastream and one window of time after another."""
    ids, since, until, step = told(query)
    window = max(WINDOW, step)
    windows = -(-(until - since) // window)
    heads = _heads(ids.tolist())
    done = 0
    for number in ids.tolist():
        one = np.array([number], np.int32)
        for begin in range(since, until, window):
            progress.step(done, total=len(ids) * windows)
            yield _rows(one, (begin, min(begin + window, until)), step, heads[number])
            done += 1
    progress.step(done, total=len(ids) * windows)


def _rows(one: "np.typing.NDArray[np.int32]", bounds: tuple[int, int], step: int, head: Row) -> list[Row]:
    if not step:
        found = asked(raw_readings(one, since=bounds[0], until=bounds[1], sources=Counter()))
        columns = (found.at.tolist(), found.result.tolist(), found.quality.tolist())
        return [[*head, _local(at), _plain(value), meaning(mark)] for at, value, mark in zip(*columns, strict=True)]
    own = asked(bucketed(one, since=bounds[0], until=bounds[1], step=step, sources=Counter()))
    whole = (own.at.tolist(), own.readings.tolist(), own.good.tolist())
    numbers = zip(*(getattr(own, name).tolist() for name in _VALUES), strict=True)
    return [
        [*head, _local(at), count, good, *map(_plain, values)]
        for at, count, good, values in zip(*whole, numbers, strict=True)
    ]


def _heads(ids: list[int]) -> dict[int, Row]:
    rows = Datastream.objects.filter(id__in=ids).select_related("device")
    return {
        row.id: [row.device.key, row.device.name, row.property_code, row.period, row.sub_value, row.unit]
        for row in rows
    }


def _local(at: int) -> datetime:
    return instant(at // SECOND * SECOND).astimezone(CITY_ZONE)


def _plain(value: float) -> float | None:
    return None if np.isnan(value) else value


class _Sheet(Protocol):
    def add(self, rows: list[Row]) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


class _Csv:
    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(columns)

    def add(self, rows: list[Row]) -> None:
        self._writer.writerows([_cell(value) for value in row] for row in rows)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


class _Xlsx:
    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self._book = xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False})
        self._sheet = self._book.add_worksheet()
        self._sheet.write_row(0, 0, columns)
        self._next = 1

    def add(self, rows: list[Row]) -> None:
        if self._next + len(rows) > MOST_IN_A_SHEET + 1:
            raise SheetFull
        for number, row in enumerate(rows, start=self._next):
            for column, value in enumerate(row):
                if isinstance(value, int | float):
                    self._sheet.write_number(number, column, value)
                elif value is not None:
                    self._sheet.write_string(number, column, str(_cell(value)))
        self._next += len(rows)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._book.close()


class _Parquet:
    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        names = [*("device_key", "device_name", "property", "period", "sub_value", "unit"), "at"]
        fields = [pa.field(name, pa.string()) for name in names[:6]] + [pa.field("at", pa.timestamp("us", "UTC"))]
        if len(columns) == len(READING_COLUMNS):
            fields += [pa.field("result", pa.float64()), pa.field("quality", pa.string())]
        else:
            fields += [pa.field(name, pa.int64()) for name in ("readings", "good")]
            fields += [pa.field(name, pa.float64()) for name in _VALUES]
        self._schema = pa.schema(fields)
        self._file = pq.ParquetWriter(path, self._schema, compression="zstd")

    def add(self, rows: list[Row]) -> None:
        if rows:
            columns = [
                pa.array(list(column), field.type)
                for column, field in zip(zip(*rows, strict=True), self._schema, strict=True)
            ]
            self._file.write_table(pa.table(columns, schema=self._schema))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


_Maker = Callable[[Path, Sequence[str]], AbstractContextManager[_Sheet]]
_SHEETS: Final[Mapping[str, _Maker]] = {"csv": _Csv, "xlsx": _Xlsx, "parquet": _Parquet}


def _sheet(kind: str, path: Path, columns: Sequence[str]) -> AbstractContextManager[_Sheet]:
    return _SHEETS[kind](path, columns)


def _cell(value: object) -> object:
    """Return a cell that no spreadsheet would execute."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return value
