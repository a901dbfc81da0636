"""What every test needs: real PostgreSQL, city time under control, real files where they are at hand."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, connections, transaction
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import override_settings
from hypothesis import settings as hypothesis_settings

hypothesis_settings.register_profile("onecity", deadline=None)  # nothing is timed
hypothesis_settings.load_profile("onecity")

NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
_COLUMNS = """
    SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
    WHERE attrelid = ('public.' || quote_ident(%s))::regclass AND attnum > 0 AND NOT attisdropped
        AND attgenerated = ''
"""


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name bytes by their argument: an archive holds the second of its making, and workers must collect the same."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture
def now() -> datetime:
    """A Tuesday noon in the city."""
    return NOON


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder with real files; tests that need it are skipped with a message where it is not at hand."""
    return _folder("ONECITY_DATA", "the real files of shared/data")


@pytest.fixture(scope="session")
def standards() -> Path:
    """The folder with the standards' tables and vectors."""
    return _folder("ONECITY_STANDARDS", "the tables and vectors of shared/standards")


def _folder(name: str, what: str) -> Path:
    place = os.environ.get(name, "")
    if not place or not Path(place).is_dir():
        pytest.skip(f"needs {what}: set {name}")
    return Path(place)


@pytest.fixture(autouse=True, scope="session")
def _exchange_reaches_temporary_folders() -> None:
    """Let connectors work in the folders of tests, which lie outside those of the installation."""
    from onecity.platform.exchange.connectors import folders

    folders.restrict([])


@pytest.fixture(autouse=True, scope="session")
def _connections_end_with_their_work() -> None:
    """Close connections of other threads as soon as they are done, so that the test database can be dropped."""
    connections.settings["default"]["CONN_MAX_AGE"] = 0


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Set the test database up, and keep aside what migrations wrote: tests with real commits empty every table."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS kept CASCADE")
        cursor.execute("CREATE SCHEMA kept")
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            if not model._meta.managed or table == "django_migrations":
                continue
            cursor.execute(f'SELECT EXISTS (SELECT 1 FROM "{table}")')
            if cursor.fetchone() == (True,):
                cursor.execute(f'CREATE TABLE kept."{table}" AS TABLE "{table}"')


@cache
def _filled_tables() -> str:
    """Return the question which tables hold other rows than migrations wrote, and whether those must come back.

    Emptying all tables, hundreds and most of them empty, takes seconds; most tests fill a dozen.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = 'kept'::regnamespace")
        kept = {name for (name,) in cursor.fetchall()}
    questions = []
    for table in sorted(connection.introspection.django_table_names(only_existing=True, include_views=False)):
        changed = f'EXISTS (SELECT FROM public."{table}")'
        if table in kept:
            changed = (
                f'EXISTS (TABLE public."{table}" EXCEPT TABLE kept."{table}")'
                f' OR (SELECT count(*) FROM public."{table}") <> (SELECT count(*) FROM kept."{table}")'
            )
        questions.append(f"SELECT '{table}', {table in kept} WHERE {changed}")
    return " UNION ALL ".join(questions)


def _back_to_what_migrations_wrote() -> None:
    """Empty what tests with real commits filled, and put back the rows that stood there at first.

    Triggers are off meanwhile: guards would refuse, counters would count. Sequences go on: what is cached by a key must
    not meet that key again. References are checked at the end.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_filled_tables())
        filled = dict(cursor.fetchall())
        cursor.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
        watched = filled.keys() & {name for (name,) in cursor.fetchall()}
        for table in watched:
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        for table in filled:
            cursor.execute(f'DELETE FROM "{table}"')
        for table in (name for name, returns in filled.items() if returns):
            cursor.execute(_COLUMNS, [table])
            (names,) = cursor.fetchone() or ("",)
            cursor.execute(
                f'INSERT INTO "{table}" ({names}) OVERRIDING SYSTEM VALUE SELECT {names} FROM kept."{table}"'
            )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in watched:
            cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')


@pytest.fixture(autouse=True, scope="session")
def _tables_are_emptied_where_they_are_filled() -> Iterator[None]:
    """Let tests with real commits clean up after themselves quickly; what migrations wrote comes back."""
    original = DatabaseOperations.execute_sql_flush

    def flush(self: DatabaseOperations, sql_list: list[str]) -> None:
        _back_to_what_migrations_wrote()

    DatabaseOperations.execute_sql_flush = flush  # type: ignore[method-assign]
    yield
    DatabaseOperations.execute_sql_flush = original  # type: ignore[method-assign]


@pytest.fixture(autouse=True, scope="session")
def _files_lie_in_a_folder_of_their_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what tests upload away from this checkout's own files."""
    place = {"OPTIONS": {"location": str(tmp_path_factory.mktemp("media"))}}
    with override_settings(STORAGES={**settings.STORAGES, "default": {**settings.STORAGES["default"], **place}}):
        yield


class Heard:
    """A sink that keeps what was announced instead of queueing it."""

    def __init__(self) -> None:
        self.events: list[tuple[str, dict[str, object]]] = []
        self.jobs: list[tuple[str, dict[str, object]]] = []

    def event(self, event: Any, payload: Any, subscriptions: Any) -> None:
        """Keep an event that somebody listens to."""
        self.events.append((event.code, dict(payload)))

    def job(self, code: str, arguments: Any) -> None:
        """Keep a deferred job."""
        self.jobs.append((code, dict(arguments)))

    def watched_job(self, actor: Any, code: str, title: str, arguments: Any) -> str:
        """Keep a job that somebody watches."""
        self.jobs.append((code, dict(arguments)))
        return "/jobs/1"


@pytest.fixture
def heard() -> Iterator[Heard]:
    """What the code under test announces and defers."""
    from onecity.kernel import bus

    before = bus.installed()
    sink = Heard()
    bus.install(sink)
    yield sink
    bus.install(before)


@pytest.fixture
def run_queue(transactional_db: None) -> Callable[[], int]:
    """Run everything that stands in the queue, as a worker would, until it is empty; returns how many tasks ran."""
    from asgiref.sync import async_to_sync
    from procrastinate.contrib.django import app

    with connection.cursor() as cursor:  # what an earlier test committed and nobody worked off
        cursor.execute("DELETE FROM procrastinate_events")
        cursor.execute("DELETE FROM procrastinate_jobs")

    def run() -> int:
        from procrastinate.contrib.django.models import ProcrastinateJob

        waiting = ProcrastinateJob.objects.filter(status="todo").count()
        with app.replace_connector(app.connector.get_worker_connector()) as worker:  # type: ignore[attr-defined]

            async def work() -> None:
                async with worker.open_async():
                    await worker.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)

            async_to_sync(work)()
        return waiting

    return run
