"""The monthly report of an evaluation as PDF.

Chinese is set in STSong-Light, a font that PDF readers bring along for Simplified Chinese: nothing is embedded.
"""

import io
from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from onecity.domains.urban_management.contracts import Sheet
from onecity.kernel.text import zh

FONT: Final = "STSong-Light"
BANDS: Final = {"excellent": zh("优秀"), "good": zh("良好"), "fair": zh("合格"), "poor": zh("不合格"), "": "—"}
_TITLE: Final = ParagraphStyle("title", fontName=FONT, fontSize=18, leading=24, alignment=1)
_HEAD: Final = ParagraphStyle("head", fontName=FONT, fontSize=13, leading=18, spaceBefore=8, spaceAfter=4)
_WORDS: Final = ParagraphStyle("words", fontName=FONT, fontSize=9, leading=13, wordWrap="CJK")
_CELL: Final = ParagraphStyle("cell", parent=_WORDS, fontSize=8, leading=10)
_GRID: Final = TableStyle(
    [
        ("GRID", (0, 0), (-1, -1), 0.4, colors.HexColor("#8a94a6")),
        ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#e8eef7")),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ]
)


def monthly_report(title: str, *, facts: Sequence[str], sheets: Sequence[Sheet]) -> bytes:
    """Return the report: title, what it was made of, and one table for each sheet, headings repeated on each page."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    target = io.BytesIO()
    document = SimpleDocTemplate(
        target, pagesize=landscape(A4), title=title, author=gettext("一城"), leftMargin=14 * mm, rightMargin=14 * mm,
        topMargin=14 * mm, bottomMargin=14 * mm,
    )  # fmt: skip
    story: list[Flowable] = [Paragraph(_safe(title), _TITLE), Spacer(1, 4 * mm)]
    story += [Paragraph(_safe(text), _WORDS) for text in facts]
    for sheet in sheets:
        story += [Paragraph(_safe(sheet.title), _HEAD), _table(sheet)]
    document.build(story)
    return target.getvalue()


def _table(sheet: Sheet) -> Flowable:
    rows = [[Paragraph(_safe(text), _CELL) for text in row] for row in (sheet.columns, *sheet.rows)]
    wide = (landscape(A4)[0] - 28 * mm) / (len(sheet.columns) + 2)
    widths = [wide, 3 * wide, *([wide] * (len(sheet.columns) - 2))]
    table = Table(rows, colWidths=widths, repeatRows=1)
    table.setStyle(_GRID)
    return table


def _safe(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
