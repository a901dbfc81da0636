"""What tests of emergency management share: a small city with a duty room, and nobody listening."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from onecity.domains.emergency.tests.factories import Room, make_room
from onecity.kernel import bus


class Nobody:
    """A sink that drops what is announced."""

    def event(self, event: Any, payload: Any, subscriptions: Any) -> None:
        """Drop an event."""

    def job(self, code: str, arguments: Any) -> None:
        """Drop a deferred job."""

    def watched_job(self, actor: Any, code: str, title: str, arguments: Any) -> str:
        """Drop a watched job."""
        return "/jobs/1"


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Room]:
    """Make the city once for all tests of a file, in a transaction around theirs."""
    around = transaction.atomic()
    with django_db_blocker.unblock():
        around.__enter__()
        made = make_room()
    yield made
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


@pytest.fixture
def room(city: Room, db: None) -> Iterator[Room]:
    """A city with one unit grid, a duty room with its officer and leader, and a stranger of another body."""
    before = bus.installed()
    bus.install(Nobody())
    yield city
    bus.install(before)
