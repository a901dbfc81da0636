"""The kinds of file that are taken in, told apart by content; the name's ending must fit.

Not taken in, on purpose: executables and scripts; HTML and SVG (a browser would run them); plain archives (what they
hold cannot be judged; several files can be sent at once); documents with macros and the old binary Office formats
(macros in them cannot be told from text). Why: README, "What is taken in".
"""

from dataclasses import dataclass
from typing import Final, Literal

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh

Family = Literal["image", "pdf", "package", "text"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file.

    endings: what its name may end in; the first is given to files without one. sniffed: the media type by which its
    first bytes are known; text has none. part: for packages, the entry that makes it this kind.
    """

    code: str
    name: str
    family: Family
    media_type: str
    endings: tuple[str, ...]
    sniffed: str = ""
    part: str = ""


_ZIP: Final = "application/zip"
_OFFICE: Final = "application/vnd.openxmlformats-officedocument"

KINDS: Final = (
    Kind("jpeg", zh("JPEG 图片"), "image", "image/jpeg", ("jpg", "jpeg", "jfif"), "image/jpeg"),
    Kind("png", zh("PNG 图片"), "image", "image/png", ("png",), "image/png"),
    Kind("webp", zh("WebP 图片"), "image", "image/webp", ("webp",), "image/webp"),
    Kind("pdf", zh("PDF 文档"), "pdf", "application/pdf", ("pdf",), "application/pdf"),
    Kind("ofd", zh("OFD 版式文档"), "package", "application/ofd", ("ofd",), _ZIP, "OFD.xml"),
    Kind(
        "docx",
        zh("Word 文档"),
        "package",
        f"{_OFFICE}.wordprocessingml.document",
        ("docx",),
        _ZIP,
        "word/document.xml",
    ),
    Kind("xlsx", zh("Excel 表格"), "package", f"{_OFFICE}.spreadsheetml.sheet", ("xlsx",), _ZIP, "xl/workbook.xml"),
    Kind(
        "pptx",
        zh("PowerPoint 演示文稿"),
        "package",
        f"{_OFFICE}.presentationml.presentation",
        ("pptx",),
        _ZIP,
        "ppt/presentation.xml",
    ),
    Kind("text", zh("纯文本"), "text", "text/plain", ("txt",)),
    Kind("csv", zh("CSV 表格"), "text", "text/csv", ("csv",)),
)
_BY_ENDING: Final = {ending: kind for kind in KINDS for ending in kind.endings}
PICTURES: Final = tuple(kind for kind in KINDS if kind.family == "image")


class FileKindRefused(Invalid):
    """Files whose name ends like this are not taken in."""

    code = "file_kind_refused"
    message = zh("不支持“{name}”这种类型的文件，可上传：{endings}")


def kind_of_name(name: str) -> Kind:
    """Return the kind that a file's name promises.

    Raises: FileKindRefused if no kind has this ending.
    """
    kind = _BY_ENDING.get(name.rpartition(".")[2].lower()) if "." in name else None
    if kind is None:
        raise FileKindRefused(params={"name": name, "endings": endings(KINDS)})
    return kind


def endings(kinds: tuple[Kind, ...]) -> str:
    """Return the main ending of each kind for people to read: `jpg、png`."""
    return "、".join(kind.endings[0] for kind in kinds)
