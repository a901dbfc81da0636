"""Whether a file's content is what its name promises, and nothing besides.

Images are not judged here: they are decoded and written anew (`services.images`), so whatever hides in them is lost.
"""

import io
import re
import struct
import zipfile
import zlib
from typing import Final

import puremagic

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.documents.rules.kinds import Kind
from onecity.platform.documents.rules.limits import Limits

HEAD_BYTES: Final = 4096
_PDF_HEAD, _PDF_END, _PDF_END_WITHIN = b"%PDF-", b"%%EOF", 1024
_ARCHIVE_END, _ARCHIVE_LIST, _ARCHIVE_ENTRY = b"PK\x05\x06", b"PK\x01\x02", b"PK\x03\x04"
_ARCHIVE_END_BYTES: Final = 22
_ENCRYPTED: Final = 0x1
_OFFICE_LIST: Final = "[Content_Types].xml"
# What makes a document run something: macros, ActiveX, and programs packed inside.
_RUNNING: Final = re.compile(
    r"(^|/)vbaproject\.bin$|(^|/)activex/|\.(exe|dll|scr|com|bat|cmd|ps1|vbs|vbe|js|jse|wsf|hta|jar|lnk|msi|sh)$", re.I
)
_MARKUP: Final = re.compile(r"<(!doctype\s+html|html|head|body|script|svg|iframe|object|embed)\b|<\?xml|<!entity", re.I)
_PAGE: Final = re.compile(rb"<(!doctype\s+html|html|script|svg)\b", re.I)
_PROGRAM: Final = ("#!", "%PDF-")
_CHARSETS: Final = ("utf-8", "gb18030")
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")


class FileContentRefused(Invalid):
    """The content is not what the name says, is damaged, or carries what could be run."""

    code = "file_content_refused"
    message = zh("文件“{name}”的内容与扩展名不符，或已损坏")


def check_head(content: bytes, *, kind: Kind, name: str) -> None:
    """Accept a file whose first bytes are those of its kind; text has no such bytes and passes.

    Raises: FileContentRefused.
    """
    if not kind.sniffed:
        return
    try:
        found = {match.mime_type for match in puremagic.magic_string(content[:HEAD_BYTES])}
    except (puremagic.PureError, ValueError):  # nothing known, or nothing at all
        found = set()
    if kind.sniffed not in found:
        raise FileContentRefused(params={"name": name})


def check_pdf(content: bytes, *, name: str) -> None:
    """Accept a whole PDF that is nothing else at the same time.

    It begins with its mark at the first byte and ends with its end mark; no archive and no web page shares its bytes.
    Raises: FileContentRefused.
    """
    if not content.startswith(_PDF_HEAD) or _PDF_END not in content[-_PDF_END_WITHIN:]:
        raise FileContentRefused(params={"name": name})
    if holds_archive(content) or _PAGE.search(content[:HEAD_BYTES]):
        raise FileContentRefused(zh("文件“{name}”中夹带了其他内容"), params={"name": name})


def check_package(content: bytes, *, kind: Kind, name: str, limits: Limits) -> None:
    """Accept a packed document (Office Open XML, OFD) of its kind that is sound, bounded and runs nothing.

    Raises: FileContentRefused.
    Source: ISO/IEC 29500-2:2021 (Office packages); GB/T 33190-2016 (OFD package); limits are a house rule.
    """
    if not content.startswith(_ARCHIVE_ENTRY):
        raise FileContentRefused(params={"name": name})
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            entries = package.infolist()
            _check_entries(entries, size=len(content), name=name, limits=limits)
            names = {entry.filename for entry in entries}
            wanted = {kind.part} if kind.code == "ofd" else {kind.part, _OFFICE_LIST}
            if not wanted <= names or package.testzip() is not None:
                raise FileContentRefused(params={"name": name})
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError, ValueError):
        raise FileContentRefused(params={"name": name}) from None


def check_text(content: bytes, *, name: str) -> str:
    """Accept plain text, UTF-8 or GB 18030, that no browser takes for a page, and return its charset.

    Raises: FileContentRefused.
    Source: GB 18030-2022 (the charset Chinese office software writes); the rest is a house rule.
    """
    for charset in _CHARSETS:
        try:
            text = content.decode(charset)
        except UnicodeDecodeError:
            continue
        if _CONTROL.search(text):
            break
        if _MARKUP.search(text) or text.lstrip("\ufeff \t\r\n").startswith(_PROGRAM):
            raise FileContentRefused(zh("文件“{name}”包含网页或脚本代码，不能上传"), params={"name": name})
        return charset
    raise FileContentRefused(params={"name": name})


def holds_archive(content: bytes) -> bool:
    """Say whether a ZIP reader would find an archive in these bytes, wherever it begins.

    A reader looks for the last end record; its list of entries must stand where the record says, counted back from it.
    """
    at = content.rfind(_ARCHIVE_END)
    while at >= 0:
        record = content[at : at + _ARCHIVE_END_BYTES]
        if len(record) == _ARCHIVE_END_BYTES:
            list_bytes = struct.unpack("<I", record[12:16])[0]
            begin = at - list_bytes
            if begin >= 0 and content[begin : begin + len(_ARCHIVE_LIST)] == _ARCHIVE_LIST:
                return True
        at = content.rfind(_ARCHIVE_END, 0, at)
    return False


def _check_entries(entries: list[zipfile.ZipInfo], *, size: int, name: str, limits: Limits) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    too_much = (
        len(entries) > limits.most_entries
        or unpacked > limits.most_unpacked_bytes
        or unpacked > size * limits.most_ratio
        or any(entry.flag_bits & _ENCRYPTED for entry in entries)
    )
    if too_much:
        raise FileContentRefused(zh("文件“{name}”已加密，或展开后过大"), params={"name": name})
    if any(_RUNNING.search(entry.filename) for entry in entries):
        raise FileContentRefused(zh("文件“{name}”包含宏或可执行内容，不能上传"), params={"name": name})
