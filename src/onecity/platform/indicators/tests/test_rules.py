"""Periods, verdicts and written values."""

from datetime import UTC, datetime
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.kernel.clock import CITY_ZONE
from onecity.platform.indicators.rules import period, verdict, written

EARLY = datetime(2026, 3, 9, 16, 30, tzinfo=UTC)  # half past midnight on the tenth, in the city


@pytest.mark.parametrize(
    ("kind", "start"),
    [("now", EARLY), ("today", datetime(2026, 3, 9, 16, tzinfo=UTC)), ("month", datetime(2026, 2, 28, 16, tzinfo=UTC))],
)
def test_period_begins_at_the_citys_midnight(kind: Literal["now", "today", "month"], start: datetime) -> None:
    span = period(kind, now=EARLY, zone=CITY_ZONE)
    assert span.start == start
    assert span.end == EARLY


@pytest.mark.parametrize(
    ("value", "better", "expected"),
    [
        (95.0, "higher", "good"),
        (90.0, "higher", "good"),
        (82.0, "higher", "near"),
        (80.0, "higher", "bad"),
        (5.0, "lower", "good"),
        (95.0, "lower", "near"),
        (120.0, "lower", "bad"),
        (None, "higher", "none"),
        (1.0, "neither", "none"),
    ],
)
def test_verdict_compares_with_the_target(
    value: float | None, better: Literal["higher", "lower", "neither"], expected: str
) -> None:
    assert verdict(value, target=90.0, better=better) == expected


def test_without_target_there_is_no_verdict() -> None:
    assert verdict(1.0, target=None, better="higher") == "none"


@given(st.floats(min_value=0, max_value=1e6), st.floats(min_value=1, max_value=1e6))
def test_a_better_value_never_gets_a_worse_verdict(value: float, target: float) -> None:
    order = ["bad", "near", "good"]
    here = order.index(verdict(value, target=target, better="higher"))
    assert order.index(verdict(value * 1.5, target=target, better="higher")) >= here


def test_values_are_written_for_people() -> None:
    assert written(None, decimals=0) == "—"
    assert written(1234567.891, decimals=1) == "1,234,567.9"
