"""What tests of the hotline share: a small city, its desks, and events delivered at once."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from onecity.domains.hotline.tests.factories import Desks, make_desks
from onecity.kernel import bus


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


@pytest.fixture
def desks(db: None, delivered: None) -> Desks:
    """A city with one unit grid, a hotline, a petition office, three bodies and one person at each desk."""
    return make_desks()
