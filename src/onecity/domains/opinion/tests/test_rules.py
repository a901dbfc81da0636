"""Rules: pace, texts, likeness, spreading, levels, expressions, themes, places, moods."""

from datetime import UTC, datetime, timedelta
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.domains.opinion.rules.expressions import BadExpression, matches, parse, words_of
from onecity.domains.opinion.rules.likeness import REPOST_FROM, bands, packed, resemblance, signature, unpacked
from onecity.domains.opinion.rules.mood import mood_of
from onecity.domains.opinion.rules.places import Named, addresses_in, named_in, short_name
from onecity.domains.opinion.rules.polite import host_of, next_look, pause_s, plain_url
from onecity.domains.opinion.rules.spreading import doubling_hours, hourly, share_negative, speed
from onecity.domains.opinion.rules.texts import bare, content_hash, is_held_out, pairs_of, pieces_of, tidy
from onecity.domains.opinion.rules.themes import are_one_place, likeness, middle, top_words, weigh
from onecity.domains.opinion.rules.warnings import Step, is_step, level_of
from onecity.domains.opinion.tests.factories import BODY, OTHER

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
STEPS = (Step(1, 1, 0.5), Step(2, 2, 1.2), Step(3, 5, 3), Step(4, 10, 6))


def at(*hours: float) -> list[datetime]:
    return [NOW - timedelta(hours=back) for back in hours]


@pytest.mark.parametrize(("asked", "given"), [(None, 3.0), (1, 3.0), (10, 10.0), (3600, 60.0)])
def test_pause_is_what_the_host_wants_within_our_bounds(asked: float | None, given: float) -> None:
    assert pause_s(asked) == given


@pytest.mark.parametrize(
    ("failures", "wait", "minutes"), [(0, 0, 30), (1, 0, 60), (3, 0, 240), (9, 0, 1440), (0, 7200, 120), (0, 1e9, 1440)]
)
def test_failing_source_is_left_alone_longer_and_longer(failures: int, wait: float, minutes: int) -> None:
    assert next_look(30, failures=failures, asked_to_wait_s=wait) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("HTTPS://News.Example/a?b=1&utm_source=x#top", "https://news.example/a?b=1"),
        ("http://news.example:8080", "http://news.example:8080/"),
        ("ftp://news.example/a", ""),
        ("http://[broken", ""),
        ("http://news.example:99999/", ""),
        ("", ""),
        ("http://news.example/" + "a" * 500, ""),
    ],
)
def test_address_is_known_again_without_tracking(given: str, plain: str) -> None:
    assert plain_url(given) == plain


def test_host_has_its_port() -> None:
    assert (host_of("http://news.example:8080/a"), host_of("news")) == ("news.example:8080", "")


def test_tidy_text_has_usual_blanks_and_no_controls() -> None:
    assert tidy(" ＡＢ\u3000 １\x00\r\n\n 二 ") == "AB 1\n二"


def test_same_words_have_the_same_hash_whatever_the_signs() -> None:
    assert content_hash("标题！", "正 文。") == content_hash("标题", "正文") != content_hash("标题", "正文二")


def test_pieces_leave_numbers_out_and_know_words() -> None:
    found = pieces_of("井盖A12号", ["井盖", "a", "12", "号"])
    assert {"井", "井盖", "a", "号", "w:井盖", "b:井盖 a"} <= found
    assert not any(piece.isdigit() for piece in found)
    assert pieces_of("123", []) == {""}


def test_every_fifth_text_or_so_is_held_out_whatever_its_signs() -> None:
    texts = [f"第{chr(0x4E00 + nr)}条评论" for nr in range(1000)]
    assert 150 < sum(map(is_held_out, texts)) < 250
    assert all(is_held_out(text) == is_held_out(f"{text}！") for text in texts)


def test_pairs_are_neighbours_each_once() -> None:
    assert pairs_of("井盖，井盖A") == ["a", "井盖", "盖a", "盖井"][1:]
    assert pairs_of("盖") == []


def test_repost_with_small_changes_is_known_and_another_text_is_not() -> None:
    changed = f"【转载】{BODY[:60]}{BODY[66:]}责任编辑：张"
    assert resemblance(signature(BODY), signature(changed)) >= REPOST_FROM
    assert set(bands(signature(BODY))) & set(bands(signature(changed)))
    assert resemblance(signature(BODY), signature(OTHER)) < 0.2


@given(st.text(max_size=60))
def test_signature_survives_storing(text: str) -> None:
    found = signature(text)
    assert unpacked(packed(found)) == found
    assert resemblance(found, found) == 1.0


def test_hours_are_counted_from_the_oldest() -> None:
    assert hourly(at(0, 0.5, 1.5, 2.9, 3.1, -1), until=NOW, hours=3) == [1, 1, 2]


def test_speed_is_articles_an_hour_of_the_window() -> None:
    assert speed(at(0, 1, 5.9, 6, 7), until=NOW, window_h=6) == 0.5


def test_doubling_time_of_an_even_growth_is_found() -> None:
    moments = at(13, *[12] * 3, *[6] * 4, *[0] * 8)  # 1 – 4 – 8 – 16
    assert doubling_hours(moments, until=NOW, window_h=12) == pytest.approx(6.0)


@pytest.mark.parametrize("hours", [(0, 1, 2), (20, 21, 22, 23), (0, 0, 0, 0)])
def test_few_old_or_simultaneous_articles_do_not_double(hours: tuple[float, ...]) -> None:
    assert doubling_hours(at(*hours), until=NOW, window_h=12) is None


def test_young_matter_counts_its_own_time() -> None:
    found = doubling_hours(at(2, 1, 1, 0), until=NOW, window_h=12)
    assert found == pytest.approx(1.0)


def test_share_of_the_negative_needs_judged_ones() -> None:
    assert (share_negative(negative=1, judged=4), share_negative(negative=0, judged=0)) == (25.0, None)


@pytest.mark.parametrize(
    ("value", "before", "level"),
    [(0.9, 0, 0), (1.0, 0, 1), (4.9, 0, 2), (10, 0, 4), (0.9, 1, 1), (0.5, 1, 1), (0.4, 1, 0), (5, 4, 3), (6, 4, 4)],
)
def test_level_is_reached_at_one_threshold_and_left_at_another(value: float, before: int, level: int) -> None:
    assert level_of("speed", value, before=before, steps=STEPS) == level


@pytest.mark.parametrize(("value", "before", "level"), [(4, 0, 0), (3, 0, 2), (4, 2, 2), (5.1, 2, 0), (0.5, 0, 3)])
def test_shorter_doubling_is_worse(value: float, before: int, level: int) -> None:
    assert level_of("doubling", value, before=before, steps=(Step(2, 3, 5), Step(3, 1, 2))) == level


def test_unknown_figure_keeps_no_level() -> None:
    assert level_of("negative", None, before=3, steps=STEPS) == 0


@given(st.floats(0, 20), st.integers(0, 4))
def test_level_before_never_lowers_a_level(value: float, before: int) -> None:
    assert level_of("speed", value, before=before, steps=STEPS) >= level_of("speed", value, before=0, steps=STEPS)


@pytest.mark.parametrize(
    ("measure", "step", "fits"),
    [
        ("speed", Step(1, 1, 0.5), True),
        ("speed", Step(1, 1, 2), False),
        ("doubling", Step(1, 3, 5), True),
        ("doubling", Step(1, 3, 2), False),
        ("speed", Step(5, 1, 1), False),
        ("speed", Step(1, 1, -1), False),
    ],
)
def test_threshold_is_left_on_the_calmer_side(measure: str, step: Step, fits: bool) -> None:
    assert is_step(measure, step) is fits


@pytest.mark.parametrize(
    ("expression", "text", "found"),
    [
        ("井盖 破损", "井盖又破损了", True),
        ("井盖 破损", "井盖很好", False),
        ("(井盖|窨井) 破损 -广告", "窨井破损", True),
        ("(井盖|窨井) 破损 -广告", "窨井破损广告", False),
        ("（井盖｜窨井）", "井盖", True),
        ('"AB 路" 拥堵', "ab 路拥堵", True),
        ("a-b", "a-b", True),
    ],
)
def test_expression_finds_what_it_says(expression: str, text: str, found: bool) -> None:
    assert matches(parse(expression), text) is found


@pytest.mark.parametrize("text", ["", "  ", "-广告", "井盖 | -广告", "(井盖", "井盖)", "|", "x" * 501])
def test_expression_that_cannot_be_read_or_finds_all_is_refused(text: str) -> None:
    with pytest.raises(BadExpression):
        parse(text)


def test_excluded_words_are_not_looked_for() -> None:
    assert list(words_of(parse("(井盖|窨井) -广告"))) == ["井盖", "窨井"]


def test_rare_words_and_those_of_the_title_weigh_more() -> None:
    words = weigh(["爆裂"], ["现场", "供水", "现场"], known_in={"现场": 90, "供水": 1, "爆裂": 1}, articles=100)
    assert words["爆裂"] > words["供水"] > words["现场"]
    assert isclose(sum(value * value for value in words.values()), 1, abs_tol=1e-3)
    assert weigh([], [], known_in={}, articles=0) == {}


def test_weightiest_words_come_first_whatever_their_order() -> None:
    assert top_words({"甲": 0.1, "丙": 0.5, "乙": 0.5}, most=2) == ["丙", "乙"]


def test_same_words_elsewhere_are_less_alike() -> None:
    one = {"供水": 0.6, "爆裂": 0.8}
    assert likeness(one, {"供水": 1.0, "甲": 0.0, "乙": 0.0}) == pytest.approx(0.6)
    assert likeness(one, one, same_place=False) == pytest.approx(0.7)
    assert likeness({**one, "丙": 0.0}, one, same_place=True) == pytest.approx(1.0)


def test_middle_moves_towards_the_new_article() -> None:
    found = middle({"供水": 1.0}, {"停水": 1.0}, articles=1)
    assert found["供水"] == pytest.approx(found["停水"])
    assert middle({"供水": 1.0}, {"停水": 1.0}, articles=50)["停水"] == pytest.approx(0.04994, abs=1e-4)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("220102", "220102001", True), ("220102", "220103", False), ("220100", "220103", None), ("", "220103", None)],
)
def test_places_are_one_when_one_lies_in_the_other(one: str, other: str, same: bool | None) -> None:
    assert are_one_place(one, other) is same


def test_smaller_divisions_come_first_and_short_names_need_the_city() -> None:
    known = [
        Named("220102", "南关区", 3, "南关"),
        Named("220102001", "新春街道", 4),
        Named("220104", "朝阳区", 3, "朝阳"),
    ]
    assert [item.code for item in named_in("南关区新春街道", known, city="长春市")] == ["220102001", "220102"]
    assert named_in("朝阳大妈", known, city="长春市") == []
    assert [item.code for item in named_in("长春市朝阳", known, city="长春市")] == ["220104"]


@pytest.mark.parametrize(
    ("name", "level", "short"),
    [("南关区", 3, "南关"), ("东区", 3, ""), ("德惠市", 3, "德惠"), ("南关区", 4, ""), ("开发带", 3, "")],
)
def test_only_districts_have_short_names(name: str, level: int, short: str) -> None:
    assert short_name(name, level=level) == short


def test_addresses_need_a_house_number() -> None:
    assert addresses_in("位于人民大街1281号和人民大街1281号，还有解放路") == ["位于人民大街1281号", "和人民大街1281号"]


@pytest.mark.parametrize(
    ("score", "mood"), [(0.0, "negative"), (0.35, "negative"), (0.5, "neutral"), (0.65, "positive")]
)
def test_unsure_is_neutral(score: float, mood: str) -> None:
    assert mood_of(score) == mood


def test_bare_text_has_neither_signs_nor_capitals() -> None:
    assert bare("井盖，A 1") == "井盖a1"
