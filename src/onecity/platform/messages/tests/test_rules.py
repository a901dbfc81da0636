"""Templates: every place filled, nothing executed, no way out of the city."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.messages.rules import WrongParameters, check_link, filled, places, stored_values

NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)


def show(sentence: str, values: dict[str, object]) -> str:
    return filled(sentence, values, say=str.upper, moment=lambda at: f"{at:%H:%M}")


def test_places_of_all_sentences_are_found() -> None:
    assert places("{a} 和 {b}", "没有", "{b}{c}") == {"a", "b", "c"}


def test_values_are_stored_as_json_and_others_left_out() -> None:
    values = {"name": "路灯", "count": 3, "share": 0.5, "at": NOON, "other": "x"}
    stored = stored_values(values, wanted={"name", "count", "share", "at"})
    assert stored == {"name": "路灯", "count": 3, "share": 0.5, "at": {"at": "2026-03-10T04:00:00+00:00"}}


def test_place_without_a_value_is_a_mistake_of_the_code() -> None:
    with pytest.raises(WrongParameters, match="number"):
        stored_values({}, wanted={"number"})


def test_value_of_another_kind_is_a_mistake_of_the_code() -> None:
    with pytest.raises(WrongParameters, match="list"):
        stored_values({"a": [1]}, wanted={"a"})


def test_sentence_is_filled_with_words_numbers_and_instants() -> None:
    values = stored_values({"word": "lamp", "count": 3, "at": NOON}, wanted={"word", "count", "at"})
    assert show("{word} {count} {at}", values) == "LAMP 3 04:00"


@pytest.mark.parametrize("values", [{}, {"a": None}, {"a": ""}])
def test_place_without_a_value_shows_as_a_dash(values: dict[str, object]) -> None:
    assert show("<{a}>", values) == "<—>"


@given(st.text(max_size=40))
def test_value_is_written_as_it_is_whatever_it_holds(text: str) -> None:
    shown = filled("({a})", {"a": text}, say=lambda word: word, moment=str)
    assert shown == f"({text or '—'})"


@pytest.mark.parametrize("link", ["", "/", "/cases/12?tab=photos"])
def test_link_within_the_city_is_kept(link: str) -> None:
    assert check_link(link) == link


@pytest.mark.parametrize(
    "link", ["https://evil.example/", "//evil.example", "/\\evil.example", "cases/1", "javascript:x"]
)
def test_link_out_of_the_city_is_refused(link: str) -> None:
    with pytest.raises(WrongParameters, match="address"):
        check_link(link)
