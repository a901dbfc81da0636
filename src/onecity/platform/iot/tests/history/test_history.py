"""One question, one answer: whatever tier it was read from, it is what all readings come to."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onecity.kernel.errors import Invalid
from onecity.platform.iot.contracts import Buckets, History, HistoryQuery
from onecity.platform.iot.models import ClosedDay, LateObservation
from onecity.platform.iot.rules.instants import DAY, HOUR, micros
from onecity.platform.iot.rules.rollups import begins, combined, ends, rolled_up
from onecity.platform.iot.selectors.history import TooMuch, asked, bucketed, history, raw_readings
from onecity.platform.iot.services import cold, rollups
from onecity.platform.iot.services.rollups import statements
from onecity.platform.iot.tests.factories import NOW, make_datastream, make_device
from onecity.platform.iot.tests.history.lying import A_DAY, A_MINUTE, AN_HOUR, Row, cold_folder, lay, roll_up
from onecity.platform.iot.tests.history.test_rollups import clear

pytestmark = pytest.mark.django_db
STEPS = (60, 300, 900, 3_600, 10_800, 86_400, 7 * 86_400)


def ask(
    *streams: int, since: datetime, until: datetime, step_s: int = 0, points: int = 0, expected_s: int = 0
) -> History:
    return asked(history(HistoryQuery(streams, since, until, step_s, points, expected_s)))


def same(one: Buckets, other: Buckets) -> None:
    for name in Buckets.__dataclass_fields__:
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-9, atol=1e-6, err_msg=name)


READING = st.tuples(
    st.integers(0, 2), st.integers(0, 6 * 24 * 12), st.one_of(st.none(), st.floats(-1e6, 1e6)), st.sampled_from("NNNTD")
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    readings=st.lists(READING, max_size=50, unique_by=lambda row: row[:2]),
    cut=st.integers(0, 50),
    settled=st.integers(0, 150),
    cold_days=st.integers(0, 7),
    step_s=st.sampled_from(STEPS),
    sparse=st.sampled_from([(0, 0), (0, 60), (4, 60), (96, 60)]),
    stretch=st.tuples(st.integers(0, 150), st.integers(1, 150)),
)
def test_every_tier_gives_the_same_answer(
    tmp_path_factory: pytest.TempPathFactory,
    readings: list,  # type: ignore[type-arg]
    cut: int,
    settled: int,
    cold_days: int,
    step_s: int,
    sparse: tuple[int, int],
    stretch: tuple[int, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clear()
    monkeypatch.setattr(statements, "SPARSE_A_DAY", sparse[0])
    monkeypatch.setattr(statements, "SPARSE_AN_HOUR", sparse[1])
    ClosedDay.objects.all().delete()
    LateObservation.objects.all().delete()
    device = make_device()
    streams = [make_datastream(device, property_code=f"p{number}").id for number in range(3)]
    rows: list[Row] = [(streams[one], NOW - 5 * n * A_MINUTE, value, letter) for one, n, value, letter in readings]
    with cold_folder(tmp_path_factory.mktemp("cold")):
        lay(rows[:cut], now=NOW)
        rollups.advance(NOW - settled * AN_HOUR)
        rollups.refresh()
        if cold_days:
            cold.freeze(NOW, after_days=cold_days)
            cold.move_due(NOW, most_s=60)
        lay(rows[cut:], now=NOW)
        since, until = NOW - (stretch[0] + stretch[1]) * AN_HOUR, NOW - stretch[0] * AN_HOUR
        step = step_s * 1_000_000
        bounds = int(begins(np.array(micros(since)), step)), int(ends(np.array(micros(until)), step))
        ids = np.array(streams, np.int32)
        found = asked(bucketed(ids, since=bounds[0], until=bounds[1], step=step, sources=Counter()))
        whole = asked(raw_readings(ids, since=bounds[0], until=bounds[1], sources=Counter()))
        expected = [row for row in sorted(rows, key=lambda row: row[:2]) if bounds[0] <= micros(row[1]) < bounds[1]]
        assert list(zip(whole.datastream.tolist(), whole.at.tolist(), strict=True)) == [
            (row[0], micros(row[1])) for row in expected
        ]
        same(found, rolled_up(whole.datastream, whole.at, whole.result, whole.quality, step=step))


def month(stream: int) -> None:
    """Store a reading each ten minutes."""
    lay([(stream, NOW - n * 10 * A_MINUTE, float(n % 50), "N") for n in range(30 * 144)], now=NOW)


def test_source_is_told() -> None:
    stream = make_datastream().id
    month(stream)
    roll_up(NOW)
    found = ask(stream, since=NOW - 10 * A_DAY, until=NOW, step_s=3_600)
    assert found.sources["hour"] >= 220
    assert found.sources["raw"] <= 90  # of today, which holds few as yet
    assert found.sources.get("day") is None
    days = ask(stream, since=NOW - 10 * A_DAY, until=NOW, step_s=86_400)
    assert days.sources["day"] == 10
    assert days.sources["raw"] == 73
    raw = ask(stream, since=NOW - A_DAY, until=NOW)
    assert raw.sources == {"raw": 144}


def test_hours_of_days_with_few_readings_are_read_from_them() -> None:
    stream = make_datastream().id
    lay([(stream, NOW - hours * AN_HOUR, 1.0, "N") for hours in range(240)], now=NOW)
    roll_up(NOW)
    found = ask(stream, since=NOW - 8 * A_DAY, until=NOW, step_s=3_600)
    assert found.sources == {"raw": 192}
    assert ask(stream, since=NOW - 8 * A_DAY, until=NOW, step_s=86_400).sources["day"] == 8


def test_points_keep_peaks() -> None:
    stream = make_datastream().id
    month(stream)
    lay([(stream, NOW - 3 * A_DAY + A_MINUTE, 1e6, "N"), (stream, NOW - 9 * A_DAY + A_MINUTE, -1e6, "N")], now=NOW)
    roll_up(NOW)
    (series,) = ask(stream, since=NOW - 30 * A_DAY, until=NOW, points=200).series
    assert series.buckets is not None
    assert len(series.at) <= 202
    assert (np.nanmax(series.buckets.high), np.nanmin(series.buckets.low)) == (1e6, -1e6)


def test_few_readings_are_given_themselves() -> None:
    stream = make_datastream().id
    lay([(stream, NOW - AN_HOUR, 1.5, "N"), (stream, NOW - 2 * AN_HOUR, None, "D")], now=NOW)
    found = ask(stream, since=NOW - A_DAY, until=NOW, points=100)
    assert found.step_s == 0
    (series,) = found.series
    assert bytes(series.quality) == b"DN"
    assert series.result[1] == 1.5


def test_gaps_are_told_for_readings_and_for_buckets() -> None:
    stream = make_datastream().id
    begin = datetime(2026, 3, 9, tzinfo=UTC)
    times = [begin + n * 10 * A_MINUTE for n in range(60) if not 20 <= n < 40]
    lay([(stream, at, 1.0, "N") for at in times], now=NOW)
    (series,) = ask(stream, since=begin, until=begin + A_DAY).series
    assert [(gap.since, gap.until) for gap in series.gaps] == [(begin + 190 * A_MINUTE, begin + 400 * A_MINUTE)]
    (series,) = ask(stream, since=begin, until=begin + A_DAY, step_s=3_600).series
    assert [(gap.since, gap.until) for gap in series.gaps] == [(begin + 4 * AN_HOUR, begin + 6 * AN_HOUR)]


def test_expected_interval_may_be_told() -> None:
    stream = make_datastream().id
    begin = datetime(2026, 3, 9, tzinfo=UTC)
    lay([(stream, begin, 1.0, "N"), (stream, begin + AN_HOUR, 1.0, "N")], now=NOW)
    assert ask(stream, since=begin, until=begin + A_DAY).series[0].gaps == ()
    assert len(ask(stream, since=begin, until=begin + A_DAY, expected_s=600).series[0].gaps) == 1


def test_one_reading_has_no_gaps() -> None:
    stream = make_datastream().id
    lay([(stream, NOW - AN_HOUR, 1.0, "N")], now=NOW)
    assert ask(stream, since=NOW - A_DAY, until=NOW, step_s=60).series[0].gaps == ()


def test_datastream_without_readings_has_an_empty_series() -> None:
    one, two = make_datastream().id, make_datastream().id
    lay([(two, NOW - AN_HOUR, 1.0, "N")], now=NOW)
    for step_s in (0, 3_600):
        found = ask(one, two, since=NOW - A_DAY, until=NOW, step_s=step_s)
        assert [(item.datastream_id, len(item.at)) for item in found.series] == [(one, 0), (two, 1)]


@pytest.mark.parametrize("step_s", [90, 7 * 60, 3_600 * 5, 86_400 + 60])
def test_step_must_fit_into_a_day(step_s: int) -> None:
    with pytest.raises(Invalid) as refusal:
        ask(1, since=NOW - A_DAY, until=NOW, step_s=step_s)
    assert set(refusal.value.fields) == {"step"}


def test_stretch_must_have_a_length() -> None:
    with pytest.raises(Invalid) as refusal:
        ask(1, since=NOW, until=NOW)
    assert set(refusal.value.fields) == {"until"}


def test_too_many_buckets_are_refused() -> None:
    with pytest.raises(TooMuch):
        ask(*range(1, 3_000), since=NOW - timedelta(days=365), until=NOW, step_s=3_600)


def test_more_readings_than_wanted_are_refused_before_they_are_fetched() -> None:
    stream = make_datastream().id
    month(stream)
    query = HistoryQuery((stream,), NOW - 30 * A_DAY, NOW)
    with pytest.raises(TooMuch):
        asked(history(query, most=100))
    assert len(asked(history(query, most=5_000)).series[0].at) == 4_319


def test_weeks_begin_on_monday() -> None:
    monday = micros(datetime(2026, 3, 8, 16, tzinfo=UTC))
    assert int(begins(np.array(micros(NOW)), 7 * DAY)) == monday
    assert int(ends(np.array(monday), 7 * DAY)) == monday


def test_stretches_add_up_to_longer_ones() -> None:
    rng = np.random.default_rng(5)
    ids = np.sort(rng.integers(1, 4, 500)).astype(np.int32)
    at = np.concatenate([np.sort(rng.choice(3 * DAY, (ids == one).sum(), replace=False)) for one in (1, 2, 3)])
    value, letters = rng.random(500), np.where(rng.random(500) < 0.2, ord("D"), ord("N")).astype(np.uint8)
    hours = rolled_up(ids, at, value, letters, step=HOUR)
    same(combined([hours], step=DAY), rolled_up(ids, at, value, letters, step=DAY))


def test_cold_days_and_readings_of_today_are_one_series(tmp_path: Path) -> None:
    stream = make_datastream().id
    month(stream)
    roll_up(NOW)
    before = ask(stream, since=NOW - 30 * A_DAY, until=NOW)
    with cold_folder(tmp_path):
        cold.freeze(NOW, after_days=3)
        cold.move_due(NOW, most_s=60)
        after = ask(stream, since=NOW - 30 * A_DAY, until=NOW)
        assert after.sources["cold"] > 3_600
        assert np.array_equal(before.series[0].at, after.series[0].at)
        assert np.array_equal(before.series[0].result, after.series[0].result)
