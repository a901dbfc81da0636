"""What tests of the case engine share."""

from collections.abc import Iterator

import pytest

from onecity.kernel import bus
from onecity.platform.cases.selectors.remembered import forget_all


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
