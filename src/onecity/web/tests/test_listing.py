"""Lists: paging by key, filters, fragments, exports."""

import io
import zipfile
from datetime import UTC

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from onecity.kernel.clock import CITY_ZONE
from onecity.web.paging import BadCursor, Cursor
from onecity.web.tests.urls import ROWS

pytestmark = [pytest.mark.django_db, pytest.mark.urls("onecity.web.tests.urls")]


def names(text: str) -> list[str]:
    return [row.name for row in ROWS if f">{row.name}<" in text]


def following(text: str) -> str:
    mark = 'rel="next" href="'
    return text.split(mark)[1].split('"', maxsplit=1)[0].replace("&amp;", "&") if mark in text else ""


def test_pages_follow_one_another_without_gap_or_double() -> None:
    seen: list[str] = []
    address = "/rows"
    while address:
        text = Client().get(address).content.decode()
        seen += names(text)
        address = f"/rows{following(text)}" if following(text) else ""
    assert seen == [row.name for row in ROWS]


def test_count_is_told() -> None:
    assert "共 45 条" in Client().get("/rows").content.decode()


def test_search_and_filter_narrow_and_stay_in_the_way_on() -> None:
    text = Client().get("/rows?q=路灯&kind=lamp").content.decode()
    assert all(name.startswith("路灯") for name in names(text))
    assert "kind=lamp" in following(text)


@pytest.mark.parametrize("query", ["kind=ship", "since=yesterday", "size=0", "size=5000", "after=nonsense"])
def test_unknown_choice_is_told_instead_of_ignored(query: str) -> None:
    assert Client().get(f"/rows?{query}").status_code == 422


def test_fragment_holds_rows_only_and_history_gets_the_page() -> None:
    fragment = Client().get("/rows", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert names(fragment)
    restored = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<html" in Client().get("/rows", headers=restored).content.decode()


def test_empty_list_says_so() -> None:
    assert "这里还没有内容" in Client().get("/rows?q=没有").content.decode()


def test_csv_holds_every_row_and_nothing_that_a_spreadsheet_would_execute() -> None:
    answer = Client().get("/rows?format=csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    lines = text.splitlines()
    assert len(lines) == len(ROWS) + 1
    assert lines[1].startswith("'=井盖1,")
    assert ROWS[0].at.astimezone(CITY_ZONE).strftime("%Y-%m-%d %H:%M:%S") in lines[1]
    assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]


def test_excel_holds_every_row_as_text_or_number() -> None:
    answer = Client().get("/rows?format=xlsx&kind=lamp")
    book = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row ") == len([row for row in ROWS if row.name.startswith("路灯")]) + 1
    assert "<f>" not in sheet


@given(st.datetimes(timezones=st.just(UTC)), st.integers(min_value=0, max_value=2**62))
def test_cursor_comes_back_as_it_went(at: object, number: int) -> None:
    cursor = Cursor(at, number)  # type: ignore[arg-type]  # hypothesis gives datetimes
    assert Cursor.decode(cursor.encode()) == cursor


@given(st.text(max_size=40))
def test_any_other_text_is_no_cursor(text: str) -> None:
    try:
        Cursor.decode(text)
    except BadCursor:
        return
    assert text == ""
