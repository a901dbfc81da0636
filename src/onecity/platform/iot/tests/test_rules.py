"""Calculations of iot: thresholds, thinning, escaping, lists, sentences with places."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.kernel.errors import Invalid
from onecity.kernel.units import KILOGRAM, MICROGRAM_PER_CUBIC_METRE
from onecity.platform.iot.declare import Limits, ObservedProperty
from onecity.platform.iot.rules import quality
from onecity.platform.iot.rules.escaping import NotEscaped, escaped, unescaped
from onecity.platform.iot.rules.instants import SECOND
from onecity.platform.iot.rules.lists import MOST_LINES, lines_of
from onecity.platform.iot.rules.reasons import sentence
from onecity.platform.iot.rules.scaling import ratio
from onecity.platform.iot.rules.search import MOST, pairs
from onecity.platform.iot.rules.series import split_name, unit_of
from onecity.platform.iot.rules.texts import fill, stray_places
from onecity.platform.iot.rules.thinning import drawn_places
from onecity.platform.iot.rules.thresholds import NORMAL, Phase, Sample, Standing, Turn, fault, step

ABOVE = Limits(upper=100.0, clear_upper=80.0)


def walk(limits: Limits, *values: float, every_s: int = 60, covered_s: int = 0) -> list[Turn]:
    """Return what each of `values`, one every so many seconds, does."""
    standing, turns = NORMAL, []
    for number, value in enumerate(values):
        standing, turn = step(limits, standing, Sample((number + 1) * every_s * SECOND, value, covered_s))
        turns.append(turn)
    return turns


N, R, C = Turn.NONE, Turn.RAISED, Turn.CLEARED


@pytest.mark.parametrize(
    ("limits", "values", "turns"),
    [
        (ABOVE, (100.0, 100.1, 150.0), [N, R, N]),
        (ABOVE, (101.0, 90.0, 101.0, 80.0), [R, N, N, C]),
        (ABOVE, (101.0, 80.0, 101.0), [R, C, R]),
        (Limits(upper=100.0), (101.0, 100.0), [R, C]),
        (Limits(lower=10.0, clear_lower=12.0), (10.0, 9.9, 11.0, 12.0), [N, R, N, C]),
        (Limits(upper=100.0, lower=10.0), (5.0, 50.0, 101.0), [R, C, R]),
        (replace(ABOVE, hold_count=3), (101.0, 101.0, 101.0), [N, N, R]),
        (replace(ABOVE, hold_count=2), (101.0, 90.0, 101.0, 101.0), [N, N, N, R]),
        (replace(ABOVE, hold_s=120), (101.0, 101.0, 101.0), [N, N, R]),
        (replace(ABOVE, clear_s=120), (101.0, 80.0, 80.0, 80.0), [R, N, N, C]),
        (replace(ABOVE, clear_s=120), (101.0, 80.0, 101.0, 80.0, 80.0), [R, N, N, N, N]),
        (replace(ABOVE, clear_s=60), (101.0, 80.0, 90.0, 80.0, 80.0), [R, N, N, N, C]),
    ],
)
def test_values_raise_and_clear(limits: Limits, values: tuple[float, ...], turns: list[Turn]) -> None:
    assert walk(limits, *values) == turns


def test_pause_longer_than_the_gap_breaks_a_row() -> None:
    limits = replace(ABOVE, hold_count=2, gap_s=60)
    assert walk(limits, 101.0, 101.0, every_s=60) == [N, R]
    assert walk(limits, 101.0, 101.0, every_s=61) == [N, N]


def test_hour_that_is_covered_counts_towards_the_hold() -> None:
    limits = replace(ABOVE, hold_s=3600)
    assert walk(limits, 101.0, covered_s=3600) == [R]
    assert walk(limits, 101.0, covered_s=0) == [N]


def test_reading_that_is_not_newer_changes_nothing() -> None:
    standing = Standing(Phase.RAISED, 5, 1, 10)
    assert step(ABOVE, standing, Sample(10, 0.0)) == (standing, N)
    assert step(ABOVE, standing, Sample(9, 0.0)) == (standing, N)


@given(st.lists(st.floats(0, 200), max_size=60), st.integers(1, 3), st.integers(0, 180), st.integers(0, 180))
def test_raising_and_clearing_take_turns(values: list[float], count: int, hold: int, clear: int) -> None:
    turns = [turn for turn in walk(replace(ABOVE, hold_count=count, hold_s=hold, clear_s=clear), *values) if turn != N]
    assert turns == [R if number % 2 == 0 else C for number in range(len(turns))]


@given(st.lists(st.floats(80.001, 100), max_size=30))
def test_between_the_levels_nothing_turns(values: list[float]) -> None:
    assert set(walk(ABOVE, *values)) <= {N}
    assert set(walk(ABOVE, 101.0, *values)[1:]) <= {N}


@pytest.mark.parametrize(
    ("kind", "limits", "field"),
    [
        ("above", Limits(upper=1.0), ""),
        ("above", Limits(), "upper"),
        ("above", Limits(upper=1.0, lower=0.0), "lower"),
        ("below", Limits(lower=1.0), ""),
        ("below", Limits(upper=1.0), "lower"),
        ("outside", Limits(lower=1.0, upper=2.0), ""),
        ("outside", Limits(lower=2.0, upper=2.0), "upper"),
        ("outside", Limits(lower=1.0, upper=2.0, clear_lower=1.9, clear_upper=1.1), "clear_upper"),
        ("no_data", Limits(silent_s=60), ""),
        ("no_data", Limits(), "silent_s"),
        ("no_data", Limits(silent_s=60, upper=1.0), "upper"),
        ("above", Limits(upper=1.0, clear_upper=1.1), "clear_upper"),
        ("below", Limits(lower=1.0, clear_lower=0.9), "clear_lower"),
        ("below", Limits(lower=1.0, clear_upper=0.9), "clear_upper"),
        ("above", Limits(upper=1.0, hold_s=-1), "hold_s"),
        ("above", Limits(upper=1.0, clear_s=-1), "hold_s"),
        ("above", Limits(upper=1.0, gap_s=-1), "hold_s"),
        ("above", Limits(upper=1.0, hold_count=0), "hold_count"),
    ],
)
def test_contradictory_limits_are_named(kind: str, limits: Limits, field: str) -> None:
    assert fault(kind, limits) == field


@given(st.lists(st.one_of(st.just(float("nan")), st.floats(-100, 100)), max_size=300), st.integers(1, 40))
def test_drawn_points_are_few_in_order_and_keep_the_extremes(values: list[float], half: int) -> None:
    result = np.array(values, np.float64)
    places = drawn_places(result, most=2 * half)
    assert len(places) <= max(2 * half, 0)
    assert (np.diff(places) > 0).all()
    if not np.isnan(result).all():
        assert np.nanmax(result[places]) == np.nanmax(result)
        assert np.nanmin(result[places]) == np.nanmin(result)


def test_gap_stays_a_gap_when_it_is_drawn() -> None:
    result = np.array([1.0] * 40 + [float("nan")] * 40 + [2.0] * 40)
    assert np.isnan(result[drawn_places(result, most=12)]).any()


@given(st.binary(max_size=200))
def test_bytes_survive_being_shown_as_text(raw: bytes) -> None:
    assert unescaped(escaped(raw)) == raw


@given(st.binary(max_size=60))
def test_text_of_bytes_has_no_control_character(raw: bytes) -> None:
    assert all(char.isprintable() for char in escaped(raw))


def test_text_of_bytes_is_readable() -> None:
    assert escaped("##中\\\r\n\x00\xff".encode("latin-1", "ignore") + "站".encode()) == "##\\\\\\r\\n\\x00\\xff站"


@pytest.mark.parametrize(("text", "place"), [("ab\\", 2), ("\\q", 0), ("\\x4", 0), ("\\\\\\", 2)])
def test_unknown_escape_is_named_by_its_place(text: str, place: int) -> None:
    with pytest.raises(NotEscaped) as refusal:
        unescaped(text)
    assert refusal.value.place == place


def test_list_is_read_with_chinese_or_english_columns() -> None:
    header = "设备标识,设备名称,备注,设备类型,接入协议,机构编码"
    chinese = lines_of(f"{header}\r\nA1, 一站 ,x,t,mqtt,o\r\n\r\nA2,二站,,t,hj212,o\r\n")
    english = lines_of("Key,name,type,protocol,organisation\nA1,一站,t,mqtt,o\n")
    read = [(line.number, line.value("key"), line.value("name")) for line in chinese]
    assert read == [(2, "A1", "一站"), (4, "A2", "二站")]
    assert (english[0].value("protocol"), english[0].value("address")) == ("mqtt", "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "设备标识,设备名称\nA,B\n",
        "key,name,type,protocol,organisation\n",
        "key,name,type,protocol,organisation\n" + "a,b,c,d,e\n" * (MOST_LINES + 1),
    ],
)
def test_list_without_columns_or_lines_or_with_too_many_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        lines_of(text)


def test_places_are_filled_and_strays_are_named() -> None:
    assert stray_places("{device} {value}") == []
    assert stray_places("{value:.1f} {other} {device!r} {}") == ["value", "other", "device", ""]
    assert stray_places("{device") is None
    assert fill("{device}：{value}{unit}", facts={"device": "甲", "value": "1"}) == "甲：1"
    with pytest.raises(ValueError, match="stray"):
        fill("{other}", facts={})


def test_units_follow_the_kind_of_value() -> None:
    observed = ObservedProperty("co", "一氧化碳", MICROGRAM_PER_CUBIC_METRE, total_unit=KILOGRAM)
    assert [unit_of(observed, kind) for kind in ("", "total", "state", "running_hours")] == ["ug/m3", "kg", "", "h"]
    assert unit_of(replace(observed, total_unit=None), "total") == ""
    assert (unit_of(None, ""), unit_of(None, "running_hours")) == ("", "h")


def test_names_are_split_at_known_endings_only() -> None:
    assert split_name("pm2_5-avg") == ("pm2_5", "avg")
    assert split_name("pm2_5-mean") == ("pm2_5-mean", "")
    assert split_name("-avg") == ("-avg", "")
    assert split_name("pm2_5") == ("pm2_5", "")


def test_scale_of_a_thousandth_divides() -> None:
    assert ratio(0.001).of(700.0) == 0.7
    assert ratio(1000.0).of(0.7) == 700.0
    assert ratio(0.3).of(10.0) == 3.0


def test_letters_of_the_older_edition_are_put_into_the_platforms() -> None:
    assert quality.from_hj212("B", edition_2005=True) == "D"
    assert quality.from_hj212("B", edition_2005=False) == "B"
    assert quality.from_hj212("", edition_2005=False) == "N"
    assert quality.from_hj212("正", edition_2005=False) == "?"
    assert (quality.meaning(quality.code("M")), quality.meaning(ord("q"))) == ("维护期间数据", "未知标记")
    assert quality.letter(quality.code("")) == "N"


def test_pairs_are_lower_case_once_and_limited() -> None:
    assert pairs("A站 a站") == ["a站", "站a"]
    assert pairs("井") == []
    assert len(pairs("".join(chr(0x4E00 + number) for number in range(400)))) == MOST


def test_reason_without_a_sentence_is_shown_as_its_code() -> None:
    assert sentence("unknown_device") == "设备未登记"
    assert sentence("new_reason") == "new_reason"
