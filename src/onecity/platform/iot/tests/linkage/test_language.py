"""The language of conditions: what it takes, what it refuses and where it points."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.iot.rules.conditions import FUNCTIONS, BadCondition, Mode, Need, Observed, condition_of
from onecity.platform.iot.rules.conditions.checking import MOST_NEEDS
from onecity.platform.iot.rules.conditions.language import CLOCK, LONGEST, WITHOUT_WINDOW
from onecity.platform.iot.rules.conditions.needs import LONGEST_WINDOW, duration_of, observed_of, written
from onecity.platform.iot.rules.instants import DAY, HOUR, SECOND

MINUTE = 60 * SECOND


def refusal(text: str, mode: Mode = Mode.EACH) -> BadCondition:
    with pytest.raises(BadCondition) as caught:
        condition_of(text, mode=mode)
    return caught.value


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS) - WITHOUT_WINDOW))
def test_every_function_over_a_window_is_taken_with_its_need(name: str) -> None:
    compared = {"int": "> 0", "double": "> 0.0", "bool": "== true"}[FUNCTIONS[name][0]]
    found = condition_of(f'{name}("pm2_5", duration("10m")) {compared}', mode=Mode.EACH)
    assert found.needs == (Need(name, Observed("pm2_5"), 10 * MINUTE),)


def test_last_looks_back_a_day_and_age_a_week_without_a_window() -> None:
    found = condition_of('last("co") > 1.0 && age("co") < duration("1h")', mode=Mode.EACH)
    assert [(need.function, need.window) for need in found.needs] == [("last", DAY), ("age", 7 * DAY)]


@pytest.mark.parametrize("name", sorted(CLOCK))
def test_functions_of_the_clock_are_taken(name: str) -> None:
    value = "true" if CLOCK[name][0] == "bool" else "3"
    assert condition_of(f'last("co") > 1.0 && {name}() == {value}', mode=Mode.EACH).text


def test_period_and_kind_of_value_stand_behind_the_property() -> None:
    assert observed_of("pm2_5") == Observed("pm2_5", "real_time", "")
    assert observed_of("pm2_5/hour") == Observed("pm2_5", "hour", "")
    assert observed_of("pm2_5/hour/Avg") == Observed("pm2_5", "hour", "Avg")
    assert observed_of("pm2_5/week") is None
    assert [str(Observed("a")), str(Observed("a", "hour")), str(Observed("a", "hour", "Avg"))] == [
        "a",
        "a/hour",
        "a/hour/Avg",
    ]


def test_a_named_device_is_kept_by_its_key() -> None:
    found = condition_of('last("level") > 3.0 && device("RAIN 01").sum("rain", duration("1h")) > 20.0', mode=Mode.EACH)
    assert found.devices == ("RAIN 01",)
    assert [need.device for need in found.needs] == ["", "RAIN 01"]


def test_what_is_asked_twice_is_needed_once() -> None:
    found = condition_of('last("co") > 1.0 && (last("co") < 9.0 || last("co") > 20.0)', mode=Mode.EACH)
    assert len(found.needs) == 1


def test_windows_of_all_readings_and_of_the_newest_are_told_apart() -> None:
    found = condition_of('mean("co", duration("2h")) > 1.0 && last("co", duration("5h")) > 1.0', mode=Mode.EACH)
    assert (found.window, found.back) == (2 * HOUR, 5 * HOUR)


@pytest.mark.parametrize(
    "text",
    [
        'devices.exists(d, d.last("co") > 1.0)',
        'devices.all(d, d.mean("co", duration("1h")) > 1.0)',
        'devices.exists_one(d, d.last("co") > 1.0)',
        'devices.filter(d, d.last("co") > 1.0).size() >= 2',
        'devices.map(d, d.last("co") > 1.0, d).size() > 1',
        'size(devices.filter(d, d.last("co") > 1.0)) >= 2 && hour() > 6',
    ],
)
def test_all_together_takes_the_macros_over_devices(text: str) -> None:
    assert condition_of(text, mode=Mode.TOGETHER).needs


@pytest.mark.parametrize(
    ("text", "line", "column", "word"),
    [
        ('last("co") > 75', 1, 12, "75.0"),
        ('last("co") * 2 > 1.0', 1, 12, "75.0"),
        ('last("co"', 1, 10, "写法不完整"),
        ("", 1, 1, "写法不完整"),
        ('last("co") > 1.0\n&& foo(3)', 2, 7, "foo"),
        ("last(3) > 1.0", 1, 5, "int"),
        ('last("co")', 1, 1, "真或假"),
        ('last("细颗粒物") > 1.0', 1, 6, "细颗粒物"),
        ('mean("co", duration("10 min")) > 1.0', 1, 21, "10 min"),
        ('mean("co", duration("200h")) > 1.0', 1, 5, "最长7天"),
        ('mean("co", duration("0s")) > 1.0', 1, 5, "大于0"),
        ('mean("co", duration("1ms")) > 1.0', 1, 5, "整秒"),
        ('mean("c" + "o", duration("1m")) > 1.0', 1, 5, "直接写明"),
        ('mean("co", age("co")) > 1.0', 1, 5, "直接写明"),
        ('"co".matches("(a+)+") && last("co") > 1.0', 1, 13, "不支持"),
        ('last("co") > 1.0 && "a" == "a"', 1, 21, "不支持"),
        ('{"a": 1}["a"] == 1', 1, 9, "不支持"),
        ('timestamp("2020-01-01T00:00:00Z") < timestamp("2021-01-01T00:00:00Z")', 1, 10, "不支持"),
        ('last("co") > double("3")', 1, 21, "不支持"),
        ("hour() > 3", 1, 1, "至少要用到一种"),
        ('device("").last("co") > 1.0', 1, 16, "devices"),
        ('device("a" + "b").last("co") > 1.0', 1, 23, "devices"),
        ('last("co") > 1e999 || [1] == [2]', 1, 23, "不支持"),
        ('last("co") in [1.0, 2]', 1, 12, "75.0"),
        ("9223372036854775808 > 1", 1, 1, "invalid int literal"),
    ],
)
def test_faults_are_told_with_their_place(text: str, line: int, column: int, word: str) -> None:
    fault = refusal(text)
    assert (fault.params["line"], fault.params["column"]) == (line, column)
    assert word in fault.sentence()


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('last("co") > 1.0', "last"),
        ("size(devices) > 3", "devices"),
        ('devices.map(d, d.last("co"))[0] > 1.0', "不支持"),
        ('devices.exists(d, devices.all(e, e.last("co") > 1.0))', "devices"),
        ('devices.filter(d, d.last("co") > 1.0) == devices', "devices"),
        ('devices[0].last("co") > 1.0', "devices"),
        ('[device("a")].exists(d, d.last("co") > 1.0)', "devices"),
        ("devices.exists(d, true)", "至少要用到一种"),
    ],
)
def test_all_together_refuses_what_is_not_said_of_all_devices(text: str, word: str) -> None:
    assert word in refusal(text, Mode.TOGETHER).sentence()


def test_devices_are_not_known_where_each_is_judged_by_itself() -> None:
    assert "devices" in refusal('devices.exists(d, d.last("co") > 1.0)').sentence()


def test_filtering_map_that_computes_is_refused() -> None:
    assert refusal('devices.map(d, d.last("co") > 1.0, d.last("co")).size() > 1', Mode.TOGETHER)


def test_text_is_bounded_in_length_depth_and_number_of_needs() -> None:
    assert "2000" in refusal("true" + " " * LONGEST).sentence()
    assert "嵌套太深" in refusal("(" * 200 + "true" + ")" * 200).sentence()
    many = " && ".join(f'last("p{number}") > 1.0' for number in range(MOST_NEEDS + 1))
    assert "16种" in refusal(many).sentence()


def test_all_faults_are_told() -> None:
    fault = refusal('mean("细", duration("1m")) > 1.0 && mean("co", duration("x")) > 1.0')
    assert [item.column for item in fault.faults] == [6, 56]


@given(st.text(max_size=60) | st.text('lastmen("co") >.&|!?:12dvi[]{},', max_size=60))
def test_any_text_is_taken_or_refused_with_a_place(text: str) -> None:
    for mode in Mode:
        found: list[int] = []
        try:
            found = [len(condition_of(text, mode=mode).needs)]
        except BadCondition as fault:
            found = [fault.faults[0].line, fault.faults[0].column]
        assert min(found) >= 1


@given(st.integers(1, LONGEST_WINDOW // SECOND))
def test_durations_are_written_as_they_are_read(seconds: int) -> None:
    assert duration_of(written(seconds * SECOND)) == seconds * SECOND


@pytest.mark.parametrize(
    ("text", "micros"),
    [("1h30m", 5_400 * SECOND), ("1.5h", 5_400 * SECOND), ("-90s", -90 * SECOND), ("250ms", 250_000), ("7us", 7)],
)
def test_durations_are_read_as_cel_writes_them(text: str, micros: int) -> None:
    assert duration_of(text) == micros


@pytest.mark.parametrize("text", ["", "10", "10 m", "1d", "5ns", "0.0000001s", "1h-3m", "99999999999h"])
def test_what_is_no_duration_of_whole_microseconds_is_refused(text: str) -> None:
    assert duration_of(text) is None


def test_odd_windows_are_written_in_microseconds() -> None:
    assert written(1) == "1us"
