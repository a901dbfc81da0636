"""Who works on what: one worker on a run, and no more workers on a source than it bears.

Session locks of the database: a worker that dies lets go of them with its connection.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection

from onecity.platform.exchange.models import Connection
from onecity.platform.exchange.services.flows.connections import MOST_AT_ONCE

RUNS: Final = 0x0C17_0E01
SOURCES: Final = 0x0C17_0E02


@contextmanager
def run_alone(run_id: int) -> Iterator[bool]:
    """Hold a run; yields whether nobody else holds it."""
    with _lock(RUNS, run_id % 2**31) as held:
        yield held


@contextmanager
def place_at(source: Connection) -> Iterator[bool]:
    """Take one of a source's places; yields whether one was free."""
    for number in range(source.at_once):
        with _lock(SOURCES, source.id % 2**24 * MOST_AT_ONCE + number) as held:
            if held:
                yield True
                return
    yield False


@contextmanager
def _lock(space: int, number: int) -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [space, number])
        held = bool(cursor.fetchone()[0])
    try:
        yield held
    finally:
        if held and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [space, number])
