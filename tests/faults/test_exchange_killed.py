"""Kill -9 of the engine, of its source and of its target, while rows land and while they are applied: the run goes on,
nothing is lost, nothing comes twice, and its counts are those of a run that nobody disturbed."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.faults.exchange_process import plan_of
from tests.gateways.harness import ROOT, until
from tests.servers.postgresql import PostgresServer, rows_of

from onecity.platform.exchange.contracts.outcomes import BadRow, Counts, Outcome
from onecity.platform.exchange.contracts.places import Place
from onecity.platform.exchange.engine.run import run
from onecity.platform.exchange.tests.engine.flows import Notes, add_people, everything, make_people

pytestmark = pytest.mark.faults
ROWS = 12_000
PAUSES_S = (0.2,) * 50


@pytest.fixture(scope="module")
def ends() -> Iterator[tuple[PostgresServer, PostgresServer]]:
    """Two servers of this module's own."""
    servers = PostgresServer(), PostgresServer()
    yield servers
    for server in servers:
        server.remove()


@pytest.fixture
def places(ends: tuple[PostgresServer, PostgresServer]) -> tuple[Place, Place]:
    """People at the source, and at the target some that are out of date."""
    source, target = (server.database() for server in ends)
    make_people(source, ROWS)
    make_people(target, 1500)
    rows_of(target, "UPDATE people SET name = '旧' WHERE id <= 300")
    return source, target


def given(loading: str = "swap", *, reading: str = "full", parts: int = 1) -> dict[str, str]:
    return {"loading": loading, "reading": reading, "parts": str(parts)}


class Engine:
    """The engine's process."""

    def __init__(self, folder: Path, places: Sequence[Place], asked: dict[str, str]) -> None:
        source, target = places
        file = folder / "plan.json"
        file.write_text(
            json.dumps({**asked, "source": dict(source.options), "target": dict(target.options), "run": "r"})
        )
        self.told: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.exchange_process", str(file)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._ears = threading.Thread(target=self._hear, daemon=True)
        self._ears.start()

    def _hear(self) -> None:
        assert self.process.stdout is not None
        self.told.extend(line for line in self.process.stdout)

    def kill_when(self, holds: Callable[[list[str]], bool]) -> None:
        assert self.process.stdout is not None
        until(lambda: holds(self.told), within=60, what="the moment to kill")
        self.process.kill()
        self.process.wait()
        self._ears.join()
        self.process.stdout.close()


def blocks_told(told: Sequence[str]) -> int:
    return max((int(line.split()[1]) for line in told if line.startswith("blocks")), default=0)


class Killer(Notes):
    """A journal that has something happen when so many blocks have landed."""

    def __init__(self, *, at: int, happen: Callable[[], None]) -> None:
        super().__init__()
        self._at, self._happen, self._done = at, happen, False

    def progress(self, counts: Counts, blocks: int) -> None:
        super().progress(counts, blocks)
        if blocks >= self._at and not self._done:
            self._done = True
            self._happen()


def undisturbed(
    places: tuple[Place, Place], ends: tuple[PostgresServer, PostgresServer], asked: dict[str, str]
) -> Outcome:
    """Return what the run comes to where nobody disturbs it."""
    other = ends[1].database()
    make_people(other, 1500)
    rows_of(other, "UPDATE people SET name = '旧' WHERE id <= 300")
    return run(plan_of(asked, places[0], other), run="undisturbed", journal=Notes())


def check(places: tuple[Place, Place], found: Outcome, wanted: Outcome, bad: Sequence[BadRow] | None = None) -> None:
    source, target = places
    good = [row for row in everything(source) if row[3] != 2]
    assert [row for row in everything(target) if row[3] != 2 or row[0] > 1500] == good
    assert found.counts == wanted.counts
    assert found.reconciled
    assert (found.source_sums, found.target_sums) == (wanted.source_sums, wanted.target_sums)
    assert found.failed_checks == {"sex": ROWS // 3}
    if bad is not None:
        assert [row.row_number for row in bad] == [i for i in range(1, ROWS + 1) if i % 3 == 2]
    assert rows_of(target, "SELECT count(*) FROM pg_class WHERE relname LIKE 'stage\\_%'") == [(0,)]


@pytest.mark.parametrize("loading", ["swap", "merge"])
@pytest.mark.parametrize("parts", [1, 3])
def test_killed_engine_goes_on(
    tmp_path: Path, places: tuple[Place, Place], ends: tuple[PostgresServer, PostgresServer], loading: str, parts: int
) -> None:
    asked = given(loading, parts=parts)
    for blocks in (2, 15, 30):
        Engine(tmp_path, places, asked).kill_when(lambda told, blocks=blocks: blocks_told(told) >= blocks)  # type: ignore[misc]
    landed = rows_of(places[1], "SELECT sum(block) FROM (SELECT block FROM onecity_exchange.progress UNION ALL"
                                " SELECT block FROM onecity_exchange.progress_unlogged) p")  # fmt: skip
    assert int(landed[0][0]) >= 29
    check(places, run(plan_of(asked, *places), run="r", journal=Notes()), undisturbed(places, ends, asked))


@pytest.mark.parametrize("loading", ["swap", "merge"])
def test_engine_killed_while_applying_goes_on(
    tmp_path: Path, places: tuple[Place, Place], ends: tuple[PostgresServer, PostgresServer], loading: str
) -> None:
    asked = given(loading)
    with holding(places[1]):
        engine = Engine(tmp_path, places, asked)
        until(lambda: waits_for_lock(places[1]), within=60, what="the engine at the lock")
        engine.kill_when(lambda told: "applying\n" in told)
    check(places, run(plan_of(asked, *places), run="r", journal=Notes()), undisturbed(places, ends, asked))


def test_engine_killed_after_applying_tells_the_same(
    tmp_path: Path, places: tuple[Place, Place], ends: tuple[PostgresServer, PostgresServer]
) -> None:
    asked = given("merge")
    engine = Engine(tmp_path, places, asked)
    until(lambda: any(line.startswith("Outcome") for line in engine.told), within=60)
    engine.kill_when(lambda _: True)
    rows_of(places[0], "UPDATE people SET name = 'x' WHERE id = 1")
    again = run(plan_of(asked, *places), run="r", journal=Notes())
    rows_of(places[0], "UPDATE people SET name = '张1' WHERE id = 1")
    check(places, again, undisturbed(places, ends, asked))


@pytest.mark.parametrize("loading", ["swap", "merge"])
@pytest.mark.parametrize("end", [0, 1], ids=["source", "target"])
def test_killed_server_is_waited_for(
    places: tuple[Place, Place], ends: tuple[PostgresServer, PostgresServer], loading: str, end: int
) -> None:
    asked = given(loading)

    def happen() -> None:
        ends[end].kill()
        ends[end].start()

    notes = Killer(at=20, happen=happen)
    found = run(plan_of(asked, *places), run="r", journal=notes, pauses_s=PAUSES_S)
    check(places, found, undisturbed(places, ends, asked), notes.every_bad)


@pytest.mark.parametrize("loading", ["swap", "merge", "merge_delete"])
def test_target_killed_while_applying_is_waited_for(
    places: tuple[Place, Place], ends: tuple[PostgresServer, PostgresServer], loading: str
) -> None:
    asked = given(loading)
    found: list[Any] = []
    with holding(places[1]):
        thread = threading.Thread(
            target=lambda: found.append(run(plan_of(asked, *places), run="r", journal=Notes(), pauses_s=PAUSES_S))
        )
        thread.start()
        until(lambda: waits_for_lock(places[1]), within=60, what="the engine at the lock")
        ends[1].kill()
    ends[1].start()
    thread.join(120)
    check(places, found[0], undisturbed(places, ends, asked))


def test_changes_survive_every_kill(
    tmp_path: Path, places: tuple[Place, Place], ends: tuple[PostgresServer, PostgresServer]
) -> None:
    asked = given("merge", reading="changes")
    source, target = places
    rows_of(source, "UPDATE people SET sex = 1")
    first = run(plan_of(asked, *places), run="first", journal=Notes())
    add_people(source, ROWS + 1, ROWS + 3000)
    rows_of(source, "UPDATE people SET sex = 0, name = '新' WHERE id % 2 = 0")
    rows_of(source, "DELETE FROM people WHERE id % 5 = 0")
    rows_of(source, "UPDATE people SET sex = 1")

    def happen() -> None:
        for server in ends:
            server.kill()
            server.start()

    notes = Killer(at=20, happen=happen)
    found = run(plan_of(asked, *places), run="r", journal=notes, since=first.position, pauses_s=PAUSES_S)
    assert everything(target) == everything(source)
    assert found.reconciled
    assert found.counts.deleted == ROWS // 5
    slot = rows_of(source, "SELECT slot_name FROM pg_replication_slots WHERE database = current_database()")[0][0]
    rows_of(source, f"SELECT pg_drop_replication_slot('{slot}')")


class holding:  # noqa: N801  # reads as the statement it stands in
    """Somebody else reads the target for as long as the block lasts, so that applying has to wait."""

    def __init__(self, place: Place) -> None:
        self._link = psycopg.connect(
            f"host={place.options['host']} dbname={place.options['database']} user={place.options['user']}"
        )

    def __enter__(self) -> None:
        self._link.execute("LOCK TABLE people IN SHARE ROW EXCLUSIVE MODE")

    def __exit__(self, *_: object) -> None:
        self._link.close()


def waits_for_lock(place: Place) -> bool:
    return bool(
        rows_of(
            place,
            "SELECT 1 FROM pg_locks l JOIN pg_class c ON c.oid = l.relation"
            " WHERE NOT l.granted AND c.relname = 'people'",
        )
    )
