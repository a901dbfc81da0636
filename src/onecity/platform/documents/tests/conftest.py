"""A holder of the tests' own: a shelf that some may read."""

from collections.abc import Callable

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from onecity.kernel.actor import Actor
from onecity.kernel.registry import Registry
from onecity.platform.documents import selectors
from onecity.platform.documents.declare import Holder
from onecity.platform.documents.services import files
from onecity.platform.documents.tests import samples
from onecity.platform.identity.tests.factories import make_actor, make_organisation

SHELF = "test.shelf"
Readers = set[tuple[str, int]]


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, int]]:
    """Who may read which shelf, as (actor key, shelf id); declares the holder `test.shelf`."""
    allowed: set[tuple[str, int]] = set()
    registry = Registry(Holder)
    may_read: Callable[[Actor, int], bool] = lambda actor, shelf: (actor.key, shelf) in allowed  # noqa: E731
    registry.add(Holder(SHELF, "书架", may_read), owner="test")
    monkeypatch.setattr(files, "holders", lambda: registry)
    monkeypatch.setattr(selectors, "holders", lambda: registry)
    return allowed


def upload(content: bytes = samples.PDF, name: str = "通知.pdf") -> "ContentFile[bytes]":
    """Return a file on its way in."""
    return ContentFile(content, name=name)


def stored_names() -> set[str]:
    """Return the names of everything that lies in the storage."""
    return {
        f"{folder}/{name}"
        for folder in (default_storage.listdir("")[0] if default_storage.exists("") else [])
        for name in default_storage.listdir(folder)[1]
    }


@pytest.fixture
def actor(readers: Readers) -> Actor:
    """Somebody who may read shelf 7."""
    made = make_actor(organisation=make_organisation())
    readers.add((made.key, 7))
    return made
