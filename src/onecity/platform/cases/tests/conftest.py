"""What tests of the case engine share."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from onecity.kernel import bus
from onecity.kernel.actor import Actor
from onecity.platform.cases.contracts import OpenedCase, TaskAnswer
from onecity.platform.cases.selectors.remembered import forget_all
from onecity.platform.cases.services.completing import complete_task
from onecity.platform.cases.tests.factories import make_case, make_type, waiting_task
from onecity.platform.cases.tests.requesting import LIMITS, REQUESTS, SYSTEM
from onecity.platform.identity.tests.factories import Organisation, make_actor, make_organisation


@pytest.fixture(autouse=True)
def _nothing_remembered_from_another_test() -> Iterator[None]:
    """Each test has a database of its own; what was remembered of another one's is dropped."""
    forget_all()
    yield
    forget_all()


@pytest.fixture(autouse=True)
def _nobody_above_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine is proved alone: which domains stand above it and hear its events does not matter here."""
    monkeypatch.setattr(bus, "_subscriptions", {})


@pytest.fixture
def office() -> Organisation:
    """Where the work is done."""
    return make_organisation("指挥中心")


@pytest.fixture
def clerk(office: Organisation) -> Actor:
    """Who does the work."""
    return make_actor("cases.answer", "cases.view", organisation=office)


@pytest.fixture
def chief(office: Organisation) -> Actor:
    """Who supervises it."""
    return make_actor("cases.supervise", "cases.view", organisation=office)


@pytest.fixture
def opened(office: Organisation, now: datetime) -> OpenedCase:
    """A case of a type with requests, whose handling waits."""
    code = make_type(now=now, requests=REQUESTS, limits=LIMITS)
    made = make_case(code, organisation=office, now=now)
    complete_task(SYSTEM, task_id=waiting_task(made.id).id, answer=TaskAnswer("accept"), now=now)
    return made
