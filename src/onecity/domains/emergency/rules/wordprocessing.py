"""Writes a plain document in Office Open XML (docx): headings, paragraphs and tables, nothing else.

The same content gives the same bytes: entries carry a fixed time.
"""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

_NAMESPACE: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPES: Final = (
    f"{_HEAD}"
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
    "</Types>"
)
_RELATIONS: Final = (
    f"{_HEAD}"
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1"'
    ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"'
    ' Target="word/document.xml"/></Relationships>'
)
_SIZES: Final = {0: 44, 1: 32, 2: 28}
"""Half-points of the title, a heading, and a heading below it."""
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading. depth: 0 the title, 1 a section."""

    text: str
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """A table: names of columns, and rows of as many texts."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


Block = Heading | Table | str
"""A plain text is a paragraph; its line breaks are kept."""


def docx(blocks: Sequence[Block]) -> bytes:
    """Return the document that holds the blocks in order. Characters that XML does not know are left out.

    Source: ISO/IEC 29500-2, package; ISO/IEC 29500-1, 17.2 and 17.4.
    """
    body = "".join(_block(item) for item in blocks)
    document = f'{_HEAD}<w:document xmlns:w="{_NAMESPACE}"><w:body>{body}<w:sectPr/></w:body></w:document>'
    target = io.BytesIO()
    parts = (("[Content_Types].xml", _TYPES), ("_rels/.rels", _RELATIONS), ("word/document.xml", document))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts:
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, text.encode())
    return target.getvalue()


def _block(item: Block) -> str:
    match item:
        case Heading():
            look = f'<w:rPr><w:b/><w:sz w:val="{_SIZES[item.depth]}"/></w:rPr>'
            middle = '<w:jc w:val="center"/>' if item.depth == 0 else ""
            return f"<w:p><w:pPr>{middle}</w:pPr>{_run(item.text, look)}</w:p>"
        case Table():
            return _table(item)
        case str():
            return f"<w:p>{_run(item)}</w:p>"


def _run(text: str, look: str = "") -> str:
    lines = "<w:br/>".join(f'<w:t xml:space="preserve">{_plain(line)}</w:t>' for line in text.splitlines() or [""])
    return f"<w:r>{look}{lines}</w:r>"


def _table(item: Table) -> str:
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="808080"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    grid = "<w:gridCol/>" * len(item.columns)
    head = "".join(f"<w:tc><w:p>{_run(name, '<w:rPr><w:b/></w:rPr>')}</w:p></w:tc>" for name in item.columns)
    rows = "".join(
        "<w:tr>" + "".join(f"<w:tc><w:p>{_run(cell)}</w:p></w:tc>" for cell in row) + "</w:tr>" for row in item.rows
    )
    borders = f"<w:tblPr><w:tblBorders>{edges}</w:tblBorders></w:tblPr><w:tblGrid>{grid}</w:tblGrid>"
    return f"<w:tbl>{borders}<w:tr>{head}</w:tr>{rows}</w:tbl><w:p/>"


def _plain(text: str) -> str:
    return escape("".join(sign for sign in text if sign >= " " or sign == "\t"))
