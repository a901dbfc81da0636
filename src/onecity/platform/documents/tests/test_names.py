"""Names of files: safe to show, store and send."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.documents.rules.kinds import KINDS, FileKindRefused, kind_of_name
from onecity.platform.documents.rules.names import NameMissing, tidy_name


@pytest.mark.parametrize(
    ("given_name", "tidy"),
    [
        ("现场照片.JPG", "现场照片.JPG"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\li\\报告.docx", "报告.docx"),
        ("  多个   空格 .pdf ", "多个 空格.pdf"),
        ("照\u202efdp.exe.png", "照fdp.exe.png"),
        ("a\x00b\n.txt", "ab.txt"),
        ('<a href="x">.txt', "a href=x.txt"),
        ("没有扩展名", "没有扩展名"),
        ("e\u0301.png", "é.png"),
    ],
)
def test_name_is_tidied(given_name: str, tidy: str) -> None:
    assert tidy_name(given_name, longest=120) == tidy


@pytest.mark.parametrize("name", ["", "   ", ".", "..", "a/", "\u200b", "/"])
def test_name_without_anything_in_it_is_refused(name: str) -> None:
    with pytest.raises(NameMissing):
        tidy_name(name, longest=120)


def test_hidden_file_of_a_kind_keeps_its_word_as_name() -> None:
    assert tidy_name(".jpg", longest=120) == "jpg"


def test_long_name_keeps_its_ending() -> None:
    tidy = tidy_name("长" * 300 + ".pdf", longest=120)
    assert len(tidy) == 120
    assert tidy.endswith("长.pdf")


@given(st.text(max_size=300))
def test_tidy_name_has_no_folder_and_no_hidden_sign(text: str) -> None:
    try:
        tidy = tidy_name(text, longest=60)
    except NameMissing:
        return
    assert not set(tidy) & set('/\\:*?"<>|\n\r\t\x00')
    assert all(unicodedata.category(char) != "Cc" for char in tidy)
    assert tidy == tidy_name(tidy, longest=60)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_every_ending_leads_to_its_kind_in_either_case(kind: object) -> None:
    assert all(kind_of_name(f"a.{item}") is kind for item in kind.endings)  # type: ignore[attr-defined]
    assert all(kind_of_name(f"a.{item.upper()}") is kind for item in kind.endings)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "name", ["a.exe", "a.html", "a.svg", "a.zip", "a.doc", "a.js", "a.docm", "jpg", "a", "a.jpg.exe", "a.heic"]
)
def test_other_endings_are_refused_with_what_is_taken(name: str) -> None:
    with pytest.raises(FileKindRefused) as refusal:
        kind_of_name(name)
    assert "jpg、png、webp、pdf、ofd、docx" in refusal.value.sentence()
