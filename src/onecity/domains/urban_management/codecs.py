"""Files of component surveys: GeoJSON and XLSX, as rows of named values."""

import io
import json
from collections.abc import Iterator, Mapping

from python_calamine import CalamineError, CalamineWorkbook

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh

Row = Mapping[str, object]


class FileUnreadable(Invalid):
    """The file is neither of the forms that surveys come in."""

    code = "component_file_unreadable"
    message = zh("文件应为 GeoJSON（点要素集合）或带表头的 XLSX 工作簿")


def rows_of(body: bytes, *, name: str) -> Iterator[tuple[int, Row]]:
    """Return a file's rows with their numbers, as people count them: features from 1, sheet lines from 2.

    Positions of GeoJSON stand under `longitude` and `latitude`. Source: RFC 7946, sections 3.2 and 3.3.
    Raises: FileUnreadable.
    """
    yield from _features(body) if name.lower().endswith(("json", "geojson")) else _lines(body)


def _features(body: bytes) -> Iterator[tuple[int, Row]]:
    try:
        given = json.loads(body)
    except ValueError:
        raise FileUnreadable from None
    features = given.get("features") if isinstance(given, dict) else None
    if not isinstance(features, list):
        raise FileUnreadable
    for number, feature in enumerate(features, 1):
        facts = feature if isinstance(feature, dict) else {}
        properties = facts.get("properties")
        row = dict(properties) if isinstance(properties, dict) else {}
        geometry = facts.get("geometry")
        place = geometry.get("coordinates") if isinstance(geometry, dict) and geometry.get("type") == "Point" else None
        if isinstance(place, list) and len(place) >= 2:
            row |= {"longitude": place[0], "latitude": place[1]}
        yield number, row


def _lines(body: bytes) -> Iterator[tuple[int, Row]]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(body))
        lines = book.get_sheet_by_index(0).to_python()
    except (CalamineError, IndexError):
        raise FileUnreadable from None
    if not lines:
        raise FileUnreadable
    head = [str(name).strip() for name in lines[0]]
    for number, line in enumerate(lines[1:], 2):
        if any(value not in {"", None} for value in line):
            yield number, dict(zip(head, line, strict=False))
