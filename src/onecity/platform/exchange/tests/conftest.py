"""What the tests of exchange share: a department's database, and freshness of what processes keep."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from onecity.platform.exchange.services.flows import limits
from onecity.platform.exchange.tests.departments import Department, department


@pytest.fixture(scope="session")
def _department(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Department]:
    with django_db_blocker.unblock(), department() as made:
        yield made


@pytest.fixture
def dept(_department: Department) -> Department:
    """A department's database with four people and nothing at the hub."""
    _department.fresh()
    return _department


@pytest.fixture
def _no_limits() -> Iterator[None]:
    """Let a test install limits of its own."""
    before = list(limits._source)
    yield
    limits._source[:] = before
