"""What tests of welfare share: a small city, its departments, and events delivered at once."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from onecity.domains.welfare.services import following
from onecity.domains.welfare.tests.factories import Offices, Tables, make_offices
from onecity.kernel import bus
from onecity.platform.cases import events as cases


class AtOnce:
    """A sink that hands events of cases to welfare, at the moment they tell of."""

    def __init__(self, now: Any) -> None:
        self.now = now
        self.jobs: list[tuple[str, Any]] = []

    def event(self, event: Any, payload: Any, subscriptions: Any) -> None:
        """Hand an event over in the form in which the outbox keeps it."""
        kept = json.loads(json.dumps(payload, default=str))
        if event.code == cases.TASK_OPENED.code:
            following.note_task(kept, now=payload["at"])
        if event.code == cases.CASE_CLOSED.code:
            following.note_closed(kept, now=payload["at"])

    def job(self, code: str, arguments: Any) -> None:
        """Keep a deferred job."""
        self.jobs.append((code, arguments))

    def watched_job(self, actor: Any, code: str, title: str, arguments: Any) -> str:
        """Keep a watched job."""
        self.jobs.append((code, arguments))
        return "/jobs/1"


@pytest.fixture
def delivered(now: Any) -> Iterator[None]:
    """Deliver what is announced at once."""
    before = bus.installed()
    bus.install(AtOnce(now))
    yield
    bus.install(before)


@pytest.fixture
def offices(db: None, delivered: None, now: Any) -> Offices:
    """A street, a county, and one person at each post."""
    return make_offices(now)


@pytest.fixture
def tables(db: None) -> Tables:
    """The departments."""
    return Tables()
