"""Content: each kind passes as itself, nothing passes as another, nothing rides along."""

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.documents.rules.content import (
    FileContentRefused,
    check_head,
    check_package,
    check_pdf,
    check_text,
    holds_archive,
)
from onecity.platform.documents.rules.kinds import KINDS, Kind
from onecity.platform.documents.rules.limits import Limits
from onecity.platform.documents.tests import samples

BY_CODE = {kind.code: kind for kind in KINDS}
LIMITS = Limits()


def check_as(code: str, content: bytes, limits: Limits = LIMITS) -> None:
    kind = BY_CODE[code]
    check_head(content, kind=kind, name="件")
    if kind.family == "package":
        check_package(content, kind=kind, name="件", limits=limits)
    if kind.family == "pdf":
        check_pdf(content, name="件")


@pytest.mark.parametrize(
    ("code", "content"),
    [
        ("jpeg", samples.photo()),
        ("png", samples.picture("PNG")),
        ("webp", samples.picture("WEBP")),
        ("pdf", samples.PDF),
        ("docx", samples.word()),
        ("xlsx", samples.sheet()),
        ("pptx", samples.slides()),
        ("ofd", samples.ofd()),
    ],
)
def test_kind_passes_as_itself(code: str, content: bytes) -> None:
    check_as(code, content)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.sniffed], ids=lambda kind: kind.code)
@pytest.mark.parametrize(
    "content",
    [samples.PROGRAM, samples.UNIX_PROGRAM, samples.PAGE, samples.DRAWING, b"words", b"\xd0\xcf\x11\xe0" + bytes(600)],
    ids=["exe", "elf", "html", "svg", "words", "ole"],
)
def test_foreign_content_under_a_good_name_is_refused(kind: Kind, content: bytes) -> None:
    with pytest.raises(FileContentRefused):
        check_as(kind.code, content)


@pytest.mark.parametrize(
    ("code", "content"),
    [
        ("docx", samples.sheet()),
        ("xlsx", samples.word()),
        ("docx", samples.ofd()),
        ("ofd", samples.word()),
        ("docx", samples.package("word/document.xml")),
        ("docx", samples.package("readme.txt")),
    ],
)
def test_package_of_another_kind_is_refused(code: str, content: bytes) -> None:
    with pytest.raises(FileContentRefused):
        check_as(code, content)


@pytest.mark.parametrize(
    "entry", ["word/vbaProject.bin", "word/activeX/activeX1.xml", "word/embeddings/setup.exe", "run.JS", "a/b.lnk"]
)
def test_package_that_could_run_something_is_refused(entry: str) -> None:
    with pytest.raises(FileContentRefused, match="宏或可执行"):
        check_as("docx", samples.word(entry))


@pytest.mark.parametrize(
    "limits", [Limits(most_entries=2), Limits(most_unpacked_bytes=20), Limits(most_ratio=0)], ids=str
)
def test_package_beyond_a_limit_is_refused(limits: Limits) -> None:
    with pytest.raises(FileContentRefused, match="展开后过大"):
        check_as("docx", samples.word(), limits)


def test_package_that_bursts_is_refused() -> None:
    bomb = samples.package("[Content_Types].xml", "word/document.xml", content="0" * 5_000_000)
    assert len(bomb) < 50_000
    with pytest.raises(FileContentRefused, match="展开后过大"):
        check_as("docx", bomb)


def test_encrypted_package_is_refused() -> None:
    with pytest.raises(FileContentRefused, match="加密"):
        check_as("ofd", samples.package("OFD.xml", encrypted=True))


def test_package_with_anything_in_front_is_refused() -> None:
    with pytest.raises(FileContentRefused):
        check_package(b"#!/bin/sh\n" + samples.word(), kind=BY_CODE["docx"], name="件", limits=LIMITS)


@pytest.mark.parametrize("cut", [1, 30, 200])
def test_damaged_package_is_refused(cut: int) -> None:
    with pytest.raises(FileContentRefused):
        check_as("docx", samples.word()[:-cut])


def test_package_whose_content_was_altered_is_refused() -> None:
    whole = bytearray(samples.word())
    at = whole.find(b"word/document.xml") + len(b"word/document.xml") + 2
    whole[at] ^= 0xFF
    with pytest.raises(FileContentRefused):
        check_as("docx", bytes(whole))


@pytest.mark.parametrize(
    "content",
    [
        samples.PDF.replace(b"%%EOF", b""),
        b"\n" + samples.PDF,
        samples.PDF[:20],
        samples.PDF + bytes(2000),
    ],
    ids=["no end", "not at the first byte", "cut", "padded"],
)
def test_pdf_that_is_not_whole_is_refused(content: bytes) -> None:
    with pytest.raises(FileContentRefused):
        check_pdf(content, name="件")


@pytest.mark.parametrize(
    "content",
    [
        samples.PDF + samples.package("evil.class") + b"%%EOF",
        samples.PDF.replace(b"1 0 obj", b"<script>alert(1)</script>"),
        samples.PDF.replace(b"1 0 obj", b"<HTML>"),
    ],
    ids=["archive", "script", "page"],
)
def test_pdf_that_is_something_else_too_is_refused(content: bytes) -> None:
    with pytest.raises(FileContentRefused, match="夹带"):
        check_pdf(content, name="件")


@pytest.mark.parametrize(
    ("content", "holds"),
    [
        (samples.package("a"), True),
        (b"in front" + samples.package("a") + b"behind", True),
        (b"no archive", False),
        (b"PK\x05\x06", False),
        (b"PK\x05\x06" + bytes(18), False),
        (b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, 900, 0, 0), False),
        (samples.package("a") + b"PK\x05\x06", True),
    ],
)
def test_archive_is_found_wherever_it_begins(content: bytes, holds: bool) -> None:
    assert holds_archive(content) is holds


@pytest.mark.parametrize(
    ("content", "charset"),
    [
        ("第一行\r\n第二行\t城市\n".encode(), "utf-8"),
        ("\ufeff编号,名称\n1,路灯\n".encode(), "utf-8"),
        ("编号,名称\r\n1,井盖\r\n".encode("gb18030"), "gb18030"),
        ("𠮷野家".encode("gb18030"), "gb18030"),
        (b"a < b and c > d, see <table> below", "utf-8"),
        (b"MZ is a mark of programs, BM one of pictures", "utf-8"),
    ],
)
def test_plain_text_passes_with_its_charset(content: bytes, charset: str) -> None:
    assert check_text(content, name="件") == charset


@pytest.mark.parametrize(
    "content",
    [
        samples.PAGE,
        samples.DRAWING,
        b"hello <SCRIPT src=x>",
        b'\xef\xbb\xbf<?xml version="1.0"?><a/>',
        b"#!/bin/sh\nrm -rf /\n",
        b"  \n%PDF-1.7",
        "标题<iframe src=x>".encode("gb18030"),
    ],
)
def test_text_that_a_browser_or_shell_would_run_is_refused(content: bytes) -> None:
    with pytest.raises(FileContentRefused, match="网页或脚本"):
        check_text(content, name="件")


@pytest.mark.parametrize("content", [b"a\x00b", b"\x1b[2J", samples.PROGRAM, "文".encode("utf-16"), b"\xff\xff\xff"])
def test_bytes_that_are_no_text_are_refused(content: bytes) -> None:
    with pytest.raises(FileContentRefused):
        check_text(content, name="件")


@given(st.binary(max_size=600), st.sampled_from([kind for kind in KINDS if kind.family != "image"]))
def test_any_bytes_are_judged_without_another_error(content: bytes, kind: Kind) -> None:
    try:
        check_as(kind.code, content)
        if kind.family == "text":
            check_text(content, name="件")
    except FileContentRefused:
        return
    assert kind.family == "text" or content.startswith((b"%PDF-", b"PK\x03\x04"))


@given(st.data())
def test_package_with_any_byte_changed_is_judged_without_another_error(data: st.DataObject) -> None:
    whole = bytearray(samples.word())
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(4, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(FileContentRefused):
        check_package(bytes(whole), kind=BY_CODE["docx"], name="件", limits=LIMITS)
