"""A brief as a Word document: what a leader reads in the morning."""

from collections.abc import Mapping, Sequence
from datetime import date
from io import BytesIO
from typing import Any, Final

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt

from onecity.domains.opinion.rules.mood import NAMES
from onecity.domains.opinion.rules.warnings import LEVEL_NAMES

FACE: Final = "仿宋"
HEAD_FACE: Final = "黑体"


def written(target: BytesIO, *, owner: str, day: date, number: int, figures: Mapping[str, Any]) -> None:
    """Write a brief into `target` as .docx. figures: of `briefs.figures_of`."""
    paper = Document()
    _face(paper.styles["Normal"], FACE, 12)
    title = paper.add_heading("舆情日报", level=0)
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    line = paper.add_paragraph(f"{day.year}年第{number}期　{owner}　{day.year}年{day.month}月{day.day}日")
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paper.add_heading("一、总体情况", level=1)
    paper.add_paragraph(summary(figures))
    paper.add_heading("二、主要话题", level=1)
    _table(paper, ("话题", "当日文章", "累计文章", "负面", "预警"), _theme_rows(figures))
    paper.add_heading("三、预警情况", level=1)
    rows = [(item["title"], item["name"], "已解除" if item["cleared"] else "持续中") for item in figures["warnings"]]
    _table(paper, ("预警事项", "最高等级", "状态"), rows)
    paper.add_heading("四、转办处置", level=1)
    paper.add_paragraph(
        f"当日转办{figures['handed_over']}件，办结{figures['closed']}件，截至当日24时在办{figures['open']}件。"
    )
    paper.add_heading("五、主要媒体", level=1)
    _table(paper, ("媒体", "文章"), [(name, str(count)) for name, count in figures["outlets"]])
    for heading in paper.paragraphs:
        if heading.style is not None and heading.style.name.startswith(("Heading", "Title")):
            _face(heading.style, HEAD_FACE, 22 if heading.style.name == "Title" else 14)
    paper.save(target)


def summary(figures: Mapping[str, Any]) -> str:
    """Return the day in one sentence, in Chinese."""
    change = figures["articles"] - figures["before"]
    moved = f"较前一日{'增加' if change > 0 else '减少'}{abs(change)}篇" if change else "与前一日持平"
    judged = sum(figures["moods"].values())
    moods = "、".join(f"{name}{figures['moods'].get(code, 0)}篇" for code, name in NAMES)
    said = f"已判定情感倾向的{judged}篇中，{moods}。" if judged else "尚无情感判定模型，未判定情感倾向。"
    return f"当日共监测到相关文章{figures['articles']}篇（其中转载{figures['reposts']}篇），{moved}。{said}"


def _theme_rows(figures: Mapping[str, Any]) -> list[tuple[str, ...]]:
    return [
        (
            item["title"],
            str(item["articles"]),
            str(item["whole"]),
            str(item["negative"]),
            LEVEL_NAMES.get(item["level"], "—"),
        )
        for item in figures["themes"]
    ]


def _table(paper: Any, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    if not rows:
        paper.add_paragraph("无。")
        return
    table = paper.add_table(rows=1, cols=len(heads), style="Table Grid")
    for cell, text in zip(table.rows[0].cells, heads, strict=True):
        cell.text = text
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text


def _face(style: Any, face: str, size: int) -> None:
    style.font.name, style.font.size = face, Pt(size)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)
