"""What tests of the hotline share: a small city, its desks, and events delivered at once."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from onecity.domains.hotline.tests.factories import Desks, make_desks
from onecity.kernel import bus
from onecity.platform.cases.tests.factories import forget_all  # type: ignore[attr-defined]  # theirs, for tests


class AtOnce:
    """A sink that hands each event to whoever listens, as a worker would after the commit."""

    def event(self, event: Any, payload: Any, subscriptions: Any) -> None:
        """Hand an event over in the form in which the outbox keeps it."""
        kept = json.loads(json.dumps(payload, default=str))
        for item in subscriptions:
            if item.code.startswith("hotline."):
                item.handler(kept)

    def job(self, code: str, arguments: Any) -> None:
        """Drop a deferred job."""

    def watched_job(self, actor: Any, code: str, title: str, arguments: Any) -> str:
        """Drop a watched job."""
        return "/jobs/1"


@pytest.fixture
def delivered() -> Iterator[None]:
    """Deliver what is announced at once."""
    before = bus.installed()
    bus.install(AtOnce())
    yield
    bus.install(before)


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Desks]:
    """Make the city once for all tests of a file, in a transaction around theirs; it takes longer than most tests."""
    around = transaction.atomic()
    before = bus.installed()
    with django_db_blocker.unblock():
        around.__enter__()
        bus.install(AtOnce())
        made = make_desks()
        bus.install(before)
    yield made
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


@pytest.fixture
def desks(city: Desks, db: None, delivered: None) -> Iterator[Desks]:
    """A city with one unit grid, a hotline, a petition office, four bodies and one person at each desk."""
    yield city
    forget_all()  # what a test has loaded goes with its transaction, and so must what is remembered of it
