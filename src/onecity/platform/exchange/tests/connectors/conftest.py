"""Each kind of connector with a real server, under one name for the tests that all must pass."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.servers.mariadb import MariaDb, running_mariadb

from onecity.platform.exchange.contracts.places import Place


@pytest.fixture(scope="session")
def _mariadb_server() -> Iterator[MariaDb]:
    with running_mariadb() as server:
        yield server


@pytest.fixture
def mariadb(_mariadb_server: MariaDb) -> Iterator[MariaDb]:
    """A MariaDB whose database is empty when a test begins."""
    yield _mariadb_server
    _mariadb_server.empty()


@pytest.fixture
def sqlite_place(tmp_path: Path) -> Place:
    """A file that does not exist yet."""
    return Place("sqlite", {"path": str(tmp_path / "people.db")})


@pytest.fixture
def mysql_place(mariadb: MariaDb) -> Place:
    """The database of that MariaDB."""
    return mariadb.place()
