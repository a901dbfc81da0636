"""Roll-ups are what plain SQL over all readings comes to, whatever the order, the lateness and the moment of a kill."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onecity.kernel.clock import CITY_ZONE
from onecity.platform.iot.models import (
    DayRollup,
    HourRollup,
    Latest,
    MinuteRollup,
    Observation,
    Retention,
    RollupDue,
    StoreMark,
)
from onecity.platform.iot.services import rollups
from onecity.platform.iot.services.rollups import advancing, statements
from onecity.platform.iot.services.store import Store, correct, erase
from onecity.platform.iot.services.store.barrier import others_ended
from onecity.platform.iot.tests.factories import NOW, make_datastream, make_device
from onecity.platform.iot.tests.history.lying import A_DAY, A_MINUTE, AN_HOUR, Row, keys, lay, oracle, roll_up, rolled

pytestmark = pytest.mark.django_db
HOUR = datetime(2026, 3, 10, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def every_day_is_dense(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let days with few readings have their hours rolled up, too."""
    monkeypatch.setattr(statements, "SPARSE_A_DAY", 0)


def clear() -> None:
    """Take away what an example before left."""
    for model in (RollupDue, StoreMark, HourRollup, DayRollup, MinuteRollup, Observation, Latest):
        model.objects.all().delete()


READING = st.tuples(
    st.integers(0, 2), st.integers(0, 60 * 30), st.one_of(st.none(), st.floats(-1e6, 1e6)), st.sampled_from("NNNTDM")
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    readings=st.lists(READING, max_size=60, unique_by=lambda row: row[:2]),
    cuts=st.lists(st.integers(1, 15), min_size=1, max_size=8),
    work=st.lists(st.sampled_from(["advance", "refresh", "nothing", "correct", "erase"]), min_size=1, max_size=8),
    sparse=st.sampled_from([0, 5, 96]),
)
def test_any_order_of_arrival_gives_what_plain_sql_says(
    monkeypatch: pytest.MonkeyPatch,
    readings: list,  # type: ignore[type-arg]
    cuts: list[int],
    work: list[str],
    sparse: int,
) -> None:
    clear()
    monkeypatch.setattr(statements, "SPARSE_A_DAY", sparse)
    device = make_device()
    streams = [make_datastream(device, property_code=f"p{number}").id for number in range(3)]
    rows: list[Row] = [
        (streams[one], NOW - minute * A_MINUTE, value, letter) for one, minute, value, letter in readings
    ]
    store, number = Store(), 0
    while rows:
        size = cuts[number % len(cuts)]
        lay(rows[:size], now=NOW, store=store)
        _do(work[number % len(work)], rows[0], number)
        rows, number = rows[size:], number + 1
    roll_up(NOW + A_DAY)
    assert rolled("day") == oracle("day")
    dense = {(row.datastream_id, row.begins_at) for row in DayRollup.objects.filter(has_hours=True)}
    expected = [row for row in oracle("hour") if (row[0], _day(row[1])) in dense]
    assert rolled("hour") == expected
    if not sparse:
        assert expected == oracle("hour")


def _day(at: object) -> datetime:
    assert isinstance(at, datetime)
    return at.astimezone(CITY_ZONE).replace(hour=0)


def _do(what: str, row: Row, number: int) -> None:
    match what:
        case "advance":
            rollups.advance(NOW - (10 - min(number, 10)) * AN_HOUR)
        case "refresh":
            rollups.refresh()
        case "correct":
            correct(keys(row[:2], value=float(number)), now=NOW)
        case "erase":
            erase(keys(row[:2]), now=NOW)


def test_reading_that_comes_late_is_rolled_up_again() -> None:
    stream = make_datastream().id
    lay([(stream, HOUR, 1.0, "N"), (stream, HOUR + 30 * A_MINUTE, 3.0, "N")], now=NOW)
    roll_up(NOW)
    lay([(stream, HOUR + 10 * A_MINUTE, 8.0, "N")], now=NOW)
    assert RollupDue.objects.get().since_at == HOUR
    roll_up(NOW)
    row = HourRollup.objects.get()
    assert (row.readings, row.good, row.total, row.low, row.high, row.first, row.last) == (
        3,
        3,
        12.0,
        1.0,
        8.0,
        1.0,
        3.0,
    )
    assert (row.weighted, row.weighted_s) == (600 * 1.0 + 1200 * 8.0 + 1800 * 3.0, 3600.0)
    assert DayRollup.objects.get().total == 12.0


def test_reading_after_the_mark_is_not_noted() -> None:
    stream = make_datastream().id
    roll_up(NOW - 3 * AN_HOUR)
    lay([(stream, NOW - 2 * AN_HOUR, 1.0, "N")], now=NOW)
    assert not RollupDue.objects.exists()
    roll_up(NOW)
    assert HourRollup.objects.count() == 1


def test_readings_that_do_not_count_are_counted_apart() -> None:
    stream = make_datastream().id
    lay(
        [(stream, HOUR, 5.0, "D"), (stream, HOUR + A_MINUTE, None, "N"), (stream, HOUR + 2 * A_MINUTE, 7.0, "T")],
        now=NOW,
    )
    roll_up(NOW)
    row = HourRollup.objects.get()
    assert (row.readings, row.good, row.low, row.first, row.weighted_s) == (3, 1, 7.0, 7.0, 58 * 60.0)


def test_hour_without_a_good_reading_has_no_values() -> None:
    lay([(make_datastream().id, HOUR, 5.0, "D")], now=NOW)
    roll_up(NOW)
    row = HourRollup.objects.get()
    assert (row.readings, row.good, row.total, row.low, row.last, row.first_at) == (1, 0, 0.0, None, None, None)


def test_minutes_are_kept_where_they_hold_more_than_one_reading() -> None:
    dense, sparse = make_datastream().id, make_datastream().id
    rows: list[Row] = [(dense, HOUR + number * timedelta(seconds=20), float(number), "N") for number in range(180)]
    rows += [(sparse, HOUR + number * A_MINUTE, 1.0, "N") for number in range(60)]
    lay(rows, now=NOW)
    roll_up(NOW)
    minutes = list(MinuteRollup.objects.order_by("begins_at"))
    assert {row.datastream_id for row in minutes} == {dense}
    assert len(minutes) == 60
    assert (minutes[1].readings, minutes[1].total, minutes[1].weighted_s) == (3, 3.0 + 4.0 + 5.0, 60.0)


def test_minutes_that_outlive_their_readings_are_always_kept() -> None:
    Retention.objects.create(type_code="gauge.air", raw_days=30, minute_days=90, changed_at=NOW)
    lay([(make_datastream().id, HOUR, 1.0, "N")], now=NOW)
    roll_up(NOW)
    assert MinuteRollup.objects.count() == 1


def test_hours_whose_readings_are_gone_stand_as_they_are() -> None:
    stream = make_datastream().id
    lay([(stream, HOUR, 1.0, "N"), (stream, HOUR + A_DAY / 24, 2.0, "N")], now=NOW)
    roll_up(NOW)
    Retention.objects.create(type_code="", raw_days=1, raw_until=HOUR + AN_HOUR, changed_at=NOW)
    Observation.objects.all().delete()
    lay([(stream, HOUR + 2 * A_MINUTE, 9.0, "N"), (stream, HOUR + 61 * A_MINUTE, 5.0, "N")], now=NOW)
    roll_up(NOW)
    assert list(HourRollup.objects.order_by("begins_at").values_list("total", flat=True)) == [1.0, 5.0]


def test_day_with_few_readings_is_rolled_up_from_them_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "SPARSE_A_DAY", 3)
    stream = make_datastream().id
    lay([(stream, HOUR, 1.0, "N"), (stream, HOUR + AN_HOUR, 3.0, "N")], now=NOW)
    roll_up(NOW)
    day = DayRollup.objects.get()
    assert (day.readings, day.total, day.weighted_s, day.has_hours) == (2, 4.0, 7200.0, False)
    assert not HourRollup.objects.exists()


def test_day_that_turns_out_to_hold_many_gets_all_its_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "SPARSE_A_DAY", 3)
    stream = make_datastream().id
    lay([(stream, HOUR - AN_HOUR * number, 1.0, "N") for number in range(3)], now=NOW)
    roll_up(NOW)
    lay([(stream, HOUR + A_MINUTE * number, 1.0, "N") for number in (1, 2)], now=NOW)
    roll_up(NOW)
    assert HourRollup.objects.count() == 3
    assert DayRollup.objects.get().readings == 5


def test_hours_that_outlive_their_readings_are_always_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "SPARSE_A_DAY", 96)
    Retention.objects.create(type_code="", raw_days=30, changed_at=NOW)
    lay([(make_datastream().id, HOUR, 1.0, "N")], now=NOW)
    roll_up(NOW)
    assert HourRollup.objects.count() == 1


def test_long_stretch_is_rolled_up_piece_by_piece() -> None:
    stream = make_datastream().id
    lay([(stream, NOW - days * A_DAY, 1.0, "N") for days in (1, 20, 40)], now=NOW)
    assert rollups.advance(NOW)
    assert RollupDue.objects.count() == 1
    rounds = 0
    while rollups.refresh():
        rounds += 1
    assert rounds == 6
    assert rolled("hour") == oracle("hour")


def test_killed_between_its_steps_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = make_datastream().id
    roll_up(NOW - 6 * AN_HOUR)
    lay([(stream, NOW - 3 * AN_HOUR, 1.0, "N")], now=NOW)
    with monkeypatch.context() as patch:
        patch.setattr(advancing, "others_ended", lambda: False)
        assert not rollups.advance(NOW)
    assert StoreMark.objects.get().marked_at > StoreMark.objects.get().settled_at
    lay([(stream, NOW - 3 * AN_HOUR + A_MINUTE, 3.0, "N")], now=NOW)
    roll_up(NOW)
    assert rolled("hour") == oracle("hour")


def test_refresh_that_fails_leaves_everything_due(monkeypatch: pytest.MonkeyPatch) -> None:
    lay([(make_datastream().id, HOUR, 1.0, "N")], now=NOW)
    rollups.advance(NOW)
    with monkeypatch.context() as patch:
        patch.setattr(statements, "DAYS_OF_HOURS", "SELECT 1/0")
        with pytest.raises(Exception, match="division by zero"), transaction.atomic():
            rollups.refresh()
    assert RollupDue.objects.count() == 1
    assert not HourRollup.objects.exists()
    roll_up(NOW)
    assert rolled("hour") == oracle("hour")


def test_mark_never_goes_back() -> None:
    roll_up(NOW)
    assert rollups.advance(NOW - A_DAY)
    assert StoreMark.objects.get().settled_at == datetime(2026, 3, 10, 3, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
def test_mark_waits_for_who_wrote_under_the_old_one(monkeypatch: pytest.MonkeyPatch) -> None:
    other = connection.copy()
    try:
        roll_up(NOW - 6 * AN_HOUR)
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT pg_current_xact_id()")
        monkeypatch.setattr(advancing, "others_ended", partial(others_ended, patience_s=0.1))
        assert not rollups.advance(NOW)
        with other.cursor() as cursor:
            cursor.execute("ROLLBACK")
        assert rollups.advance(NOW)
    finally:
        other.close()
