"""Who sends faster than the database takes is slowed down first, and refused only when it lasts."""

import asyncio
from collections.abc import Iterator

import pytest

from onecity.kernel.errors import Unavailable
from onecity.platform.iot.sensorthings.observing import receiving
from onecity.platform.iot.sensorthings.observing.receiving import Observer
from onecity.platform.iot.services.store.writer import GroupWriter

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("heard")]


@pytest.fixture
def observer() -> Iterator[Observer]:
    made = Observer()
    yield made
    made.stop()


def test_sender_waits_until_there_is_room(observer: Observer, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = iter([True, True, True])
    monkeypatch.setattr(GroupWriter, "full", property(lambda _: next(looks, False)))
    assert asyncio.run(observer.store([], things=[])) == []
    assert next(looks, None) is None


def test_sender_is_refused_when_no_room_comes(observer: Observer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "ROOM_S", 0.02)
    monkeypatch.setattr(GroupWriter, "full", property(lambda _: True))
    with pytest.raises(Unavailable):
        asyncio.run(observer.store([], things=[]))
