"""Lists as files: CSV that Excel opens as Chinese, and Excel itself. Cells that look like formulas stay text."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from urllib.parse import quote

import xlsxwriter
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext

FORMATS: Final = frozenset({"csv", "xlsx"})
_BYTE_ORDER_MARK: Final = "\ufeff"
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


def export(kind: str, *, title: str, names: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponseBase:
    """Answer with a file of `kind` (csv or xlsx), named after the list's title."""
    header = [gettext(name) for name in names]
    filename = f"{gettext(title)}.{kind}"
    response = _csv(header, rows) if kind == "csv" else _xlsx(header, rows)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(filename)}"
    return response


def text_of(value: object) -> str:
    """Return a cell as text: instants in the city's zone, spans in hours, nothing that a spreadsheet would execute."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, timedelta):
        return f"{value.total_seconds() / 3600:.2f}"
    if isinstance(value, date | int | float):
        return str(value)
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponseBase:
    def lines() -> Iterator[str]:
        buffer = io.StringIO()
        writer = csv.writer(buffer)
        yield _BYTE_ORDER_MARK
        writer.writerow(header)
        for row in rows:
            writer.writerow([text_of(value) for value in row])
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
        yield buffer.getvalue()

    return StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")


def _xlsx(header: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponseBase:
    target = tempfile.TemporaryFile()  # noqa: SIM115  # the answer closes it
    book = xlsxwriter.Workbook(
        target, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, header, book.add_format({"bold": True}))
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, int | float) and not isinstance(value, bool):
                sheet.write_number(number, column, value)
            else:
                sheet.write_string(number, column, text_of(value))
    book.close()
    target.seek(0)
    return FileResponse(target, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
