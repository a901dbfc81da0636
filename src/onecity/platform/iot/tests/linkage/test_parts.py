"""Conditions from parts: they mean what they say, and every one of them is taken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.iot.rules.conditions import Mode, Observed, condition_of
from onecity.platform.iot.rules.conditions.parts import (
    COMPARISONS,
    JOINS,
    NUMBERED,
    QUANTITIES,
    Parts,
    Row,
    condition_text,
    ending_text,
    parts_of,
)
from onecity.platform.iot.rules.conditions.plain import Threshold, threshold_of

numbers = st.floats(-1e6, 1e6) | st.integers(-100, 100).map(float)
rows = st.builds(
    Row,
    st.sampled_from(NUMBERED),
    st.sampled_from(["pm2_5", "co/hour", "co/hour/Avg"]),
    st.integers(1, 7 * 86_400),
    st.sampled_from(sorted(COMPARISONS)),
    numbers,
    st.none() | numbers,
)
parts = st.builds(
    Parts,
    st.lists(rows, min_size=1, max_size=4).map(tuple),
    st.sampled_from(sorted(JOINS)),
    st.sampled_from(QUANTITIES),
    st.integers(1, 1000),
)


@given(parts, st.sampled_from(Mode))
def test_all_parts_make_conditions_that_are_taken(given_parts: Parts, mode: Mode) -> None:
    assert condition_of(condition_text(given_parts, mode=mode), mode=mode).needs
    ending = ending_text(given_parts, mode=mode)
    assert (ending == "") is all(row.end_value is None for row in given_parts.rows)
    assert not ending or condition_of(ending, mode=mode).needs


@given(parts)
def test_parts_are_read_as_they_are_kept(given_parts: Parts) -> None:
    assert parts_of(given_parts.plain()) == given_parts


@pytest.mark.parametrize(
    "stored", [{}, {"rows": 3}, {"rows": [{"x": 1}], "join": "and"}, {"rows": [], "join": "nor", "number": 1}]
)
def test_what_is_no_parts_is_passed_over(stored: dict[str, object]) -> None:
    assert parts_of(stored) is None


def test_parts_say_what_they_mean() -> None:
    two = Parts((Row("mean", "pm2_5", 600, ">", 75, 60), Row("age", "co", 60, ">=", 30)))
    assert condition_text(two, mode=Mode.EACH) == (
        '(mean("pm2_5", duration("10m")) > 75.0) && (age("co") >= duration("30m"))'
    )
    assert ending_text(two, mode=Mode.EACH) == (
        '(mean("pm2_5", duration("10m")) <= 60.0) || (age("co") < duration("30m"))'
    )
    few = Parts((Row("count", "co", 3600, "<", 3),), quantity="filter", number=2)
    assert condition_text(few, mode=Mode.TOGETHER) == (
        'devices.filter(d, d.count("co", duration("1h")) < 3).size() >= 2'
    )
    rising = Parts((Row("rate", "level", 600, ">", 0.5, 0.1),), join="or", quantity="all")
    assert ending_text(rising, mode=Mode.TOGETHER) == (
        '!(devices.all(d, d.count("level", duration("10m")) > 1 && d.rate("level", duration("10m")) > 0.1))'
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('last("co") > 5.0', Threshold(Observed("co"), "above", 5.0)),
        ('last("co/hour") < -5.0', Threshold(Observed("co", "hour"), "below", -5.0)),
        ('last("co") >= 5.0', None),
        ('5.0 < last("co")', None),
        ('mean("co", duration("1m")) > 5.0', None),
        ('last("co") > 5.0 && last("pm2_5") > 1.0', None),
        ('device("A").last("co") > 5.0', None),
        ('last("co") > 5.0 + 1.0', None),
        ('count("co", duration("1m")) > 5', None),
    ],
)
def test_plain_thresholds_are_recognised(text: str, found: Threshold | None) -> None:
    assert threshold_of(condition_of(text, mode=Mode.EACH)) == found


def test_thresholds_over_all_together_are_none() -> None:
    condition = condition_of('devices.exists(d, d.last("co") > 5.0)', mode=Mode.TOGETHER)
    assert threshold_of(condition) is None
