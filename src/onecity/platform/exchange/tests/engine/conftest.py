"""A private PostgreSQL with a source and a target of each test's own."""

from collections.abc import Iterator

import pytest
from tests.servers.postgresql import PostgresServer

from onecity.platform.exchange.contracts.places import Place


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A server for all tests that do not kill it."""
    found = PostgresServer()
    yield found
    found.remove()


@pytest.fixture
def source(postgres: PostgresServer) -> Place:
    """An empty database."""
    return postgres.database()


@pytest.fixture
def target(postgres: PostgresServer) -> Place:
    """Another one."""
    return postgres.database()
