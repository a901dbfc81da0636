"""Calculations of the hotline, without a database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.domains.hotline.kinds import KIND_NAMES, class_of, first_edition, is_petition, kind_classes, kind_of
from onecity.domains.hotline.rules.learning import is_held_out, pieces_of
from onecity.domains.hotline.rules.likeness import binding_words, ground_distance, joined, likeness
from onecity.domains.hotline.rules.measures import percent
from onecity.domains.hotline.rules.petitions import representatives_fit
from onecity.domains.hotline.rules.words import big_class, plain_number, title_of, topic_path
from onecity.kernel.query_codes import LENGTH, code_of, locked, plain_code

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given_text", "plain"),
    [
        ("+86 139-1234-5678", "13912345678"),
        ("008613912345678", "13912345678"),
        ("0431-12345678", "043112345678"),
        ("", ""),
    ],
)
def test_one_number_is_one_whatever_way_it_is_written(given_text: str, plain: str) -> None:
    assert plain_number(given_text) == plain


def test_title_is_the_first_sentence() -> None:
    assert title_of("楼上漏水！物业不管。") == "楼上漏水"
    assert title_of("。。。") == "。。。"


@given(st.text(min_size=1, max_size=300))
def test_title_is_never_too_long(words: str) -> None:
    assert len(title_of(words)) <= 60


def test_topic_leads_to_the_classes_above() -> None:
    assert topic_path("050301") == ["050301", "050300", "050000"]
    assert topic_path("050000") == ["050000"]
    assert (big_class("050301"), big_class("")) == ("050000", "")


@pytest.mark.parametrize(
    ("people", "representatives", "fits"),
    [(1, 1, True), (4, 4, True), (5, 5, True), (30, 6, False), (3, 4, False), (0, 0, False), (30, 0, False)],
)
def test_joint_petitions_come_by_at_most_five(people: int, representatives: int, *, fits: bool) -> None:
    assert representatives_fit(people, representatives) is fits


def test_every_kind_has_its_limits() -> None:
    classes = {item.code: item for item in first_edition().classes}
    assert set(KIND_NAMES) <= set(classes)
    needed = {"demand": {"sign", "handle", "extend", "whole"}, "petition": {"register", "accept", "handle", "review"}}
    for code in KIND_NAMES:
        assert needed["petition" if is_petition(code) else "demand"] <= set(classes[code].limits)


def test_urgent_demand_has_the_urgent_class_of_its_kind() -> None:
    assert (class_of("help", urgency=1), class_of("help", urgency=0)) == ("help_urgent", "help")
    assert class_of("praise", urgency=2) == "praise"
    assert kind_of("help_urgent") == "help"


def test_limit_without_an_amount_is_refused() -> None:
    with pytest.raises(ValueError, match="help: handle:soon"):
        kind_classes(["code,name,parent,limits", "help,求助,,handle:soon"])


def test_likeness_falls_with_distance_and_time() -> None:
    here = likeness(0.8, metres=0, days=0)
    assert here > likeness(0.8, metres=500, days=0) > likeness(0.8, metres=500, days=20)
    assert likeness(1.0, metres=None, days=0) == pytest.approx(1.0)


@given(st.floats(0, 1), st.floats(0, 1e5), st.floats(0, 1e4))
def test_likeness_is_a_share(text: float, metres: float, days: float) -> None:
    assert 0 <= likeness(text, metres=metres, days=days) <= 1 + 1e-9


def test_distance_of_a_degree_of_latitude() -> None:
    metres = ground_distance((125.0, 43.0), (125.0, 44.0))
    assert metres == pytest.approx(111_195, abs=1)
    assert ground_distance(None, (125.0, 43.0)) is None


def test_pairs_join_into_groups_the_largest_first() -> None:
    assert joined(7, [(0, 1), (4, 5), (5, 6)]) == [[4, 5, 6], [0, 1]]
    assert joined(3, []) == []


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=20))
def test_whatever_is_paired_stands_together(pairs: list[tuple[int, int]]) -> None:
    groups = joined(10, pairs)
    for one, other in pairs:
        assert one == other or any(one in group and other in group for group in groups)
    assert len([item for group in groups for item in group]) == len({item for group in groups for item in group})


def test_binding_words_do_not_overlap() -> None:
    assert binding_words({"施工噪": 3.0, "工噪声": 2.9, "噪声": 2.0, "供暖": 1.0}, most=3) == ["施工噪", "噪声", "供暖"]
    assert binding_words({"a": 1.0, "b": 2.0}, most=1) == ["b"]


def test_numbers_are_not_learnt() -> None:
    assert pieces_of("3栋2单元 13912345678 APP坏了")["app"] == 1
    assert not any(letter.isdigit() for piece in pieces_of("3栋2单元13912345678") for letter in piece)
    assert pieces_of("123") == {"": 1}


def test_about_a_fifth_is_held_out_and_always_the_same() -> None:
    texts = [f"诉求{number}" for number in range(2000)]
    held = [text for text in texts if is_held_out(text)]
    assert 300 < len(held) < 500
    assert [text for text in texts if is_held_out(text)] == held


def test_code_is_read_out_easily() -> None:
    code = code_of("f" * 64)
    assert len(code) == LENGTH
    assert plain_code(f" {code[:4].lower()}-{code[4:]}") == code


def test_five_wrong_codes_lock_for_a_while() -> None:
    assert locked(5, failed_at=NOW, now=NOW + timedelta(minutes=14))
    assert not locked(5, failed_at=NOW, now=NOW + timedelta(minutes=16))
    assert not locked(4, failed_at=NOW, now=NOW)
    assert not locked(0, failed_at=None, now=NOW)


def test_rate_of_nothing_is_not_known() -> None:
    assert (percent(1, 3), percent(0, 0)) == (33.3, None)
