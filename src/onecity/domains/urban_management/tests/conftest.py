"""What tests of digital urban management share: a small city, its offices, and events delivered at once."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from onecity.domains.urban_management.tests.factories import Offices, make_offices
from onecity.kernel import bus


class AtOnce:
    """A sink that hands each event to whoever listens, as a worker would after the commit."""

    def event(self, event: Any, payload: Any, subscriptions: Any) -> None:
        """Hand an event over in the form in which the outbox keeps it."""
        kept = json.loads(json.dumps(payload, default=str))
        for item in subscriptions:
            if item.code.startswith("urban_management."):
                item.handler(kept)

    def job(self, code: str, arguments: Any) -> None:
        """Drop a deferred job; none belongs to this domain."""

    def watched_job(self, actor: Any, code: str, title: str, arguments: Any) -> str:
        """Drop a watched job; none belongs to this domain."""
        return "/jobs/1"


@pytest.fixture
def delivered() -> Iterator[None]:
    """Deliver what is announced at once."""
    before = bus.installed()
    bus.install(AtOnce())
    yield
    bus.install(before)


@pytest.fixture
def offices(db: None, delivered: None) -> Offices:
    """A city with one unit grid, a supervision centre, two departments and one person at each post."""
    return make_offices()
