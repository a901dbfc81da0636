"""Days that left the database are whole, wherever a process was killed, and late readings find their way."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from django.db import connection, connections

from onecity.platform.identity.tests.factories import AuditEntry
from onecity.platform.iot.contracts import Outcome
from onecity.platform.iot.models import ClosedDay, HourRollup, LateObservation, QuarantinedMessage
from onecity.platform.iot.rules.instants import DAY, day_date, day_number, instant, micros
from onecity.platform.iot.selectors.cold import cold_folder as folder
from onecity.platform.iot.selectors.history import asked, raw_readings
from onecity.platform.iot.selectors.history.driving import _answered
from onecity.platform.iot.services import cold, rollups
from onecity.platform.iot.services.cold import compacting, files, moving
from onecity.platform.iot.services.cold.files import write_day
from onecity.platform.iot.services.rollups import statements
from onecity.platform.iot.services.store import Store, correct, erase
from onecity.platform.iot.services.store.partitions import ensure_days, existing_days, partition_of
from onecity.platform.iot.tests.factories import NOW, make_batch, make_datastream
from onecity.platform.iot.tests.history.lying import A_DAY, A_MINUTE, AN_HOUR, Row, cold_folder, keys, lay, roll_up

pytestmark = pytest.mark.django_db
OLD = datetime(2026, 1, 5, 6, tzinfo=UTC)
AFTER_DAYS = 30


@pytest.fixture(autouse=True)
def place(tmp_path: Path) -> Iterator[Path]:
    """A folder for this test's cold days."""
    with cold_folder(tmp_path / "cold") as place:
        yield place


def everything(*streams: int) -> list[tuple[int, datetime, float | None, str]]:
    """Return all readings of datastreams, wherever they lie."""
    ids = np.array(sorted(streams), np.int32)
    bounds = {"since": micros(OLD - 10 * A_DAY), "until": micros(NOW + A_DAY)}
    found = asked(raw_readings(ids, **bounds, sources=Counter()))
    columns = (found.datastream, found.at, found.result, found.quality)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [(one, instant(at), None if np.isnan(value) else value, chr(letter)) for one, at, value, letter in rows]


def close() -> None:
    """Close old days."""
    rollups.advance(NOW)
    cold.freeze(NOW, after_days=AFTER_DAYS)


def move() -> int:
    """Close old days and move them."""
    close()
    return cold.move_due(NOW, most_s=60)


def some(*streams: int) -> list[Row]:
    """Return readings of an old day, one of them without a value, and of today."""
    rows: list[Row] = [(one, OLD + number * A_MINUTE, float(number), "N") for one in streams for number in range(20)]
    return [*rows, (streams[0], OLD + AN_HOUR, None, "D"), (streams[0], NOW, 99.0, "N")]


def test_cold_day_reads_as_before() -> None:
    one, two = make_datastream().id, make_datastream().id
    lay(some(one, two), now=NOW)
    before = everything(one, two)
    assert len(before) == 42
    assert move() >= 1
    assert micros(OLD) // DAY not in existing_days()
    row = ClosedDay.objects.get(day=OLD.date())
    assert (row.state, row.readings, len(row.files)) == ("cold", 41, 1)
    assert everything(one, two) == before
    assert AuditEntry.objects.filter(action="iot.move_day").exists()


def test_files_are_sorted_compressed_and_as_the_list_says() -> None:
    one, two = make_datastream().id, make_datastream().id
    lay(some(two, one), now=NOW)
    move()
    (facts,) = ClosedDay.objects.get(day=OLD.date()).files
    file = pq.ParquetFile(folder() / facts["name"])
    table = file.read()
    ids, at = table["datastream_id"].to_numpy(), table["phenomenon_at"].cast("int64").to_numpy()
    assert np.array_equal(np.lexsort((at, ids)), np.arange(len(ids)))
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"
    assert (facts["rows"], facts["first"], facts["last"]) == (41, min(one, two), max(one, two))
    assert facts["digest"] == sha256((folder() / facts["name"]).read_bytes()).hexdigest()


def test_day_that_roll_ups_did_not_reach_stays_open() -> None:
    lay(some(make_datastream().id), now=NOW)
    rollups.advance(OLD)
    assert cold.freeze(NOW, after_days=AFTER_DAYS) == 0
    rollups.advance(NOW)
    assert cold.freeze(NOW, after_days=AFTER_DAYS) >= 1


def test_young_days_stay_and_zero_moves_nothing() -> None:
    stream = make_datastream().id
    lay([(stream, NOW - 5 * A_DAY, 1.0, "N")], now=NOW)
    assert cold.freeze(NOW, after_days=0) == 0
    close()
    assert not ClosedDay.objects.filter(day=(NOW - 5 * A_DAY).date()).exists()


@pytest.mark.parametrize("frozen_only", [True, False])
def test_late_reading_of_a_closed_day_is_stored_once(frozen_only: bool) -> None:
    stream = make_datastream().id
    lay(some(stream), now=NOW)
    close()
    if not frozen_only:
        move()
    late: list[Row] = [
        (stream, OLD + AN_HOUR * 2, 5.0, "N"),
        (stream, OLD, 0.0, "N"),
        (stream, OLD + A_MINUTE, 7.7, "N"),
    ]
    assert lay(late, now=NOW) == [Outcome.STORED, Outcome.REPEATED, Outcome.CONFLICTING]
    assert lay(late[:1], now=NOW) == [Outcome.REPEATED]
    assert lay([(stream, OLD + AN_HOUR * 2, 6.0, "N")], now=NOW) == [Outcome.CONFLICTING]
    assert (stream, OLD + AN_HOUR * 2, 5.0, "N") in everything(stream)
    move()
    assert len(everything(stream)) == 23


def test_conflict_with_a_cold_day_goes_to_the_quarantine() -> None:
    stream = make_datastream().id
    lay(some(stream), now=NOW)
    move()
    Store().record([make_batch((stream, OLD, 123.0))], now=NOW)
    assert QuarantinedMessage.objects.get().reason == "conflicting_repeat"


def test_first_reading_of_a_datastream_may_be_of_a_cold_day() -> None:
    lay(some(make_datastream().id), now=NOW)
    move()
    new = make_datastream().id
    assert lay([(new, OLD, 1.0, "N"), (new, NOW, 2.0, "N")], now=NOW) == [0, 0]
    assert [row[2] for row in everything(new)] == [1.0, 2.0]


def test_closed_day_gets_no_partition_again() -> None:
    lay(some(make_datastream().id), now=NOW)
    move()
    ensure_days([micros(OLD) // DAY])
    assert micros(OLD) // DAY not in existing_days()


def test_late_readings_are_taken_into_the_files() -> None:
    stream = make_datastream().id
    lay(some(stream), now=NOW)
    move()
    lay([(stream, OLD + AN_HOUR * 2, 5.0, "N")], now=NOW)
    correct(keys((stream, OLD), value=-1.0), now=NOW)
    erase(keys((stream, OLD + A_MINUTE)), now=NOW)
    before = everything(stream)
    assert len(before) == 22
    assert cold.compact_due(NOW + A_MINUTE, most_s=60) == 0
    assert cold.compact_due(NOW + 2 * AN_HOUR, most_s=60) == 1
    assert not LateObservation.objects.exists()
    assert everything(stream) == before
    row = ClosedDay.objects.get(day=OLD.date())
    assert (row.generation, row.readings) == (2, 21)


def test_reading_that_changes_while_files_are_made_stays_beside_them(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = make_datastream().id
    lay(some(stream), now=NOW)
    move()
    lay([(stream, OLD + AN_HOUR * 2, 5.0, "N")], now=NOW)
    original = write_day

    def meanwhile(*given: object, **named: object) -> object:
        found = original(*given, **named)  # type: ignore[arg-type]
        correct(keys((stream, OLD + AN_HOUR * 2), value=6.0), now=NOW)
        return found

    monkeypatch.setattr(compacting, "write_day", meanwhile)
    assert compacting.compact(OLD.date(), now=NOW)
    assert LateObservation.objects.get().result == 6.0
    assert (stream, OLD + AN_HOUR * 2, 6.0, "N") in everything(stream)


def test_file_that_gives_back_something_else_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = make_datastream().id
    lay(some(stream), now=NOW)
    close()
    original = files._finished

    def spoilt(path: Path) -> object:
        table = pq.read_table(path)
        pq.write_table(table.slice(1), path)
        return original(path)

    monkeypatch.setattr(files, "_finished", spoilt)
    with pytest.raises(files.NotWhole):
        cold.move_due(NOW, most_s=60)
    assert micros(OLD) // DAY in existing_days()


def test_file_of_a_move_that_was_killed_is_swept_away(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = make_datastream().id
    lay(some(stream), now=NOW)
    close()
    before = everything(stream)
    with monkeypatch.context() as patch:
        patch.setattr(moving, "asdict", lambda file: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            cold.move_due(NOW, most_s=60)
    assert everything(stream) == before
    orphans = list(folder().glob("*/*/*.parquet"))
    assert orphans
    assert cold.sweep() == 0
    assert cold.sweep(grace_s=-1) == len(orphans)
    assert move() >= 1
    assert cold.sweep(grace_s=-1) == 0
    assert everything(stream) == before


def test_late_reading_of_a_cold_day_is_rolled_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "SPARSE_A_DAY", 0)
    stream = make_datastream().id
    lay(some(stream), now=NOW)
    move()
    lay([(stream, OLD + 30 * A_MINUTE, 1000.0, "N")], now=NOW)
    roll_up(NOW)
    first = HourRollup.objects.get(begins_at=OLD)
    assert (first.readings, first.high, first.total) == (21, 1000.0, sum(range(20)) + 1000.0)


def test_question_asked_while_a_day_moves_is_answered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = make_datastream().id
    lay(some(stream), now=NOW)
    close()
    before = everything(stream)
    ids = np.array([stream], np.int32)
    asking = raw_readings(ids, since=micros(OLD - A_DAY), until=micros(NOW + A_DAY), sources=Counter())
    answers = [_answered(next(asking))]
    assert cold.move_due(NOW, most_s=60) >= 1

    def go_on() -> None:
        while True:
            answers.append(_answered(asking.send(answers[-1])))

    with pytest.raises(StopIteration) as end:
        go_on()
    assert len(end.value.value) == len(before)
    assert len(answers) > 6


@pytest.mark.django_db(transaction=True)
def test_day_in_use_is_moved_later() -> None:
    stream = make_datastream().id
    lay(some(stream), now=NOW)
    close()
    table = partition_of(micros(OLD) // DAY)
    reader = connections["default"].copy()
    try:
        reader.set_autocommit(False)
        with reader.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN ACCESS SHARE MODE")
        moved = ClosedDay.objects.filter(state="cold").count()
        cold.move_due(NOW, most_s=60)
        assert ClosedDay.objects.get(day=OLD.date()).state == "frozen"
        assert moved == 0
    finally:
        reader.rollback()
        reader.close()
    assert cold.move_due(NOW, most_s=60) >= 1
    assert ClosedDay.objects.get(day=OLD.date()).state == "cold"
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [table])
        assert cursor.fetchone()[0] is None


def test_days_are_numbered_alike() -> None:
    assert day_number(date(2000, 1, 2)) == 1
    assert day_date(1) == date(2000, 1, 2)
