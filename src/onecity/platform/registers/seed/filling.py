"""Filling the register with made-up people: blocks sealed and sent by COPY, side by side, indexes built afterwards."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import django
import numpy as np
from django.db import connection, connections, transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid
from onecity.kernel.text import zh
from onecity.platform.geo.api import divisions
from onecity.platform.identity.api import Sealer, record, sealer
from onecity.platform.registers.contracts.provenance import SourceInfo
from onecity.platform.registers.models import Person
from onecity.platform.registers.seed.names import name_book
from onecity.platform.registers.seed.people import BLOCK, MOST_BLOCKS, Ground, make_people
from onecity.platform.registers.seed.sending import Numbering, send

COMMUNITY_LEVEL: Final = 5
OBSERVED: Final = datetime(2026, 1, 1, tzinfo=UTC)
TABLES: Final = ("registers_personaddress", "registers_household", "registers_person", "registers_residence")
Say = Callable[[int, int, float], None]


class PeopleThere(Conflict):
    """The register is not empty; made-up people are not mixed with others."""

    code = "registers.people_there"
    message = zh("人口库中已有人员，不能再生成模拟人口")


@dataclass(frozen=True, slots=True)
class Filling:
    """What a block needs to be made anywhere. data: folder with name tables, or None."""

    people: int
    blocks: int
    ground: Ground
    numbering: Numbering
    data: Path | None
    sealer: Sealer
    seed: int


def fill(
    actor: Actor,
    *,
    people: int,
    source: SourceInfo,
    data: Path | None,
    now: datetime,
    processes: int = 2,
    seed: int = 0,
    say: Say | None = None,
) -> int:
    """Fill an empty register with made-up people; returns how many. The same seed makes the same people.

    now: city time. processes: 1 works in this process. say: told people done, people in all, seconds since the start.
    Raises: PeopleThere; Invalid for more people than numbers.
    """
    blocks = -(-people // BLOCK)
    if blocks > MOST_BLOCKS or people < 1:
        raise Invalid(fields={"people": zh("人数应在 1 到 2500 万之间")})
    if Person.objects.exists():
        raise PeopleThere
    began = time.monotonic()
    numbering = Numbering(source.id, source.organisation_id, OBSERVED, now)
    filling = Filling(people, blocks, _ground(), numbering, data, sealer(), seed)
    done = 0
    with _without_indexes() if blocks > 1 else nullcontext():
        for count in _work(filling, processes):
            done += count
            if say:
                say(done, people, time.monotonic() - began)
    with transaction.atomic(), connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")
        cursor.execute(f"ANALYZE {', '.join(TABLES)}")
        record(actor, action="registers.generate_population", details={"people": done, "seed": seed})
    return done


def one_block(filling: Filling, number: int) -> int:
    """Make, seal and send one block in a transaction; returns how many people."""
    count = min(BLOCK, filling.people - number * BLOCK)
    people = make_people(
        number,
        count=count,
        blocks=filling.blocks,
        book=name_book(filling.data),
        ground=filling.ground,
        seed=filling.seed,
    )
    with transaction.atomic():
        send(people, first=number * BLOCK + 1, numbering=filling.numbering, sealer=filling.sealer)
    return count


def _work(filling: Filling, processes: int) -> Iterator[int]:
    if processes == 1 or filling.blocks == 1:
        yield from (one_block(filling, number) for number in range(filling.blocks))
        return
    connections.close_all()
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=django.setup) as pool:
        for done in as_completed([pool.submit(one_block, filling, number) for number in range(filling.blocks)]):
            yield done.result()


def _ground() -> Ground:
    """Return the city's communities; a made-up city of 1,000 where none is loaded."""
    codes = [item.code for item in divisions(level=COMMUNITY_LEVEL)]
    codes = [code for code in codes if len(code) == 12] or [
        f"2201{2 + number // 100:02}{1 + number // 10 % 10:03}{1 + number % 10:03}" for number in range(1_000)
    ]
    return Ground(np.array(sorted(codes)))


@contextmanager
def _without_indexes() -> Iterator[None]:
    """Take the tables' foreign keys and indexes away while they are filled, and build them again afterwards."""
    with connection.cursor() as cursor:
        cursor.execute(_KEYS, [list(TABLES)])
        keys = cursor.fetchall()
        cursor.execute(_INDEXES, [list(TABLES)])
        indexes = cursor.fetchall()
        for table, name, _ in keys:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for name, _, constraint, table in indexes:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"' if constraint else f'DROP INDEX "{name}"')
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET maintenance_work_mem = '1GB'")
            for name, definition, constraint, table in indexes:
                cursor.execute(
                    f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {constraint}' if constraint else definition
                )
            for table, name, definition in keys:
                cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
            cursor.execute("RESET maintenance_work_mem")


_KEYS: Final = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'f' AND conrelid = ANY(%s::regclass[]) ORDER BY conname
"""
_INDEXES: Final = """
    SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid), pg_get_constraintdef(c.oid),
        i.indrelid::regclass::text
    FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype = 'u'
    WHERE i.indrelid = ANY(%s::regclass[]) AND NOT i.indisprimary ORDER BY 1
"""
