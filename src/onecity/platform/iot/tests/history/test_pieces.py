"""The pure parts of the history: rows as columns, stretches of time, gaps."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.iot.rules.gaps import gaps_between
from onecity.platform.iot.rules.instants import HOUR, SECOND
from onecity.platform.iot.rules.rollups import MINUTE, combined, no_buckets, rolled_up, step_for
from onecity.platform.iot.rules.stretches import Stretches, left_of, minus, shared_by, united, within
from onecity.platform.iot.selectors import columns
from onecity.platform.iot.selectors.columns import READING, blocks, ids_sql, instant_sql, parsed, readings_of
from onecity.platform.iot.services.store.wire import copy_rows

STRETCH = st.tuples(st.integers(0, 40), st.integers(1, 12)).map(lambda pair: (pair[0], pair[0] + pair[1]))
OWNED = st.lists(st.tuples(st.integers(1, 3), STRETCH), max_size=8)


def stretches(given_: list[tuple[int, tuple[int, int]]]) -> Stretches:
    ids = np.array([number for number, _ in given_], np.int32)
    since, until = (np.array([item[1][place] for item in given_], np.int64) for place in (0, 1))
    return Stretches(ids, since, until)


def instants_of(found: Stretches) -> set[tuple[int, int]]:
    rows = zip(found.datastream.tolist(), found.since.tolist(), found.until.tolist(), strict=True)
    return {(number, at) for number, since, until in rows for at in range(since, until)}


def copied(count: int) -> bytes:
    """Return a binary COPY of four-column rows, as PostgreSQL gives it."""
    row = np.zeros(count, READING)
    row["fields"] = 4
    row["datastream"], row["at"] = np.arange(count), np.arange(count) * 7
    row["result"], row["quality"] = np.where(np.arange(count) % 5, np.arange(count) / 2, np.nan), ord("N")
    return b"PGCOPY\n\xff\r\n\0" + bytes(8) + row.tobytes() + b"\xff\xff"


@given(st.integers(0, 60), st.lists(st.integers(1, 200), min_size=1, max_size=20))
def test_rows_are_the_same_however_the_bytes_are_torn(count: int, cuts: list[int]) -> None:
    data = copied(count)
    parts, at, number = [], 0, 0
    while at < len(data):
        parts.append(data[at : at + cuts[number % len(cuts)]])
        at, number = at + cuts[number % len(cuts)], number + 1
    whole = parsed(data, READING)
    torn = list(blocks(parts, READING))
    assert sum(map(len, torn)) == len(whole) == count
    assert b"".join(rows.tobytes() for rows in torn) == whole.tobytes()


def test_long_copy_comes_in_several_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "_BLOCK", 1_000)
    data = copied(200)
    found = list(blocks([data[place : place + 300] for place in range(0, len(data), 300)], READING))
    assert len(found) > 5
    assert sum(map(len, found)) == 200


def test_readings_come_sorted() -> None:
    rows = parsed(copied(5), READING)[::-1]
    found = readings_of(rows)
    assert found.datastream.tolist() == [0, 1, 2, 3, 4]
    assert np.isnan(found.result[0])


def test_numbers_are_written_for_sql_as_digits_alone() -> None:
    assert ids_sql(np.array([3, 1], np.int32)) == "'{3,1}'::integer[]"
    assert instant_sql(0) == "timestamptz '2000-01-01T00:00:00+00:00'"


@given(OWNED)
def test_united_stretches_cover_the_same_time(parts: list[tuple[int, tuple[int, int]]]) -> None:
    found = united(stretches(parts))
    assert instants_of(found) == instants_of(stretches(parts))
    rows = list(zip(found.datastream.tolist(), found.since.tolist(), found.until.tolist(), strict=True))
    assert rows == sorted(rows)
    assert all(one[0] != other[0] or one[2] < other[1] for one, other in pairwise(rows))


@given(OWNED, OWNED)
def test_what_is_left_and_what_is_shared_make_the_whole(
    whole: list[tuple[int, tuple[int, int]]], holes: list[tuple[int, tuple[int, int]]]
) -> None:
    one, other = stretches(whole), stretches(holes)
    assert instants_of(left_of(one, other)) == instants_of(one) - instants_of(other)
    assert instants_of(shared_by(one, other)) == instants_of(one) & instants_of(other)


def test_stretches_are_cut_and_bounded() -> None:
    assert minus([(0, 10)], [(2, 3), (5, 20)]) == ((0, 2), (3, 5))
    assert within([(0, 10), (20, 30)], (5, 25)) == ((5, 10), (20, 25))


def test_gap_is_told_in_readings_and_not_before_them() -> None:
    at = np.array([0, 10, 20, 100, 110], np.int64) * SECOND
    assert gaps_between(at, since=0, until=200 * SECOND) == ((20 * SECOND, 100 * SECOND),)
    assert gaps_between(at[:2], since=0, until=200 * SECOND) == ()
    assert gaps_between(at[:2], since=0, until=200 * SECOND, expected_s=2) == ((0, 10 * SECOND),)


def test_slow_series_has_no_gaps_between_its_buckets() -> None:
    at = np.arange(0, 10, 2, dtype=np.int64) * MINUTE
    once = np.ones(5, np.int64)
    bounds: dict[str, Any] = {"since": 0, "until": HOUR, "step": MINUTE, "readings": once}
    assert gaps_between(at, **bounds, expected_s=120) == ()
    assert gaps_between(at, **bounds) == ()


def test_step_is_the_finest_that_fits() -> None:
    assert step_for(HOUR, points=60) == MINUTE
    assert step_for(HOUR + 1, points=60) == 5 * MINUTE
    assert step_for(10**18, points=1) == 7 * 24 * HOUR


def test_nothing_comes_to_nothing() -> None:
    empty = no_buckets()
    assert len(rolled_up(empty.datastream, empty.at, empty.total, np.empty(0, np.uint8), step=HOUR)) == 0
    assert len(combined([], step=HOUR)) == 0
    assert copy_rows(empty.datastream, empty.at, empty.total, np.empty(0, np.uint8), received=0)[-2:] == b"\xff\xff"
