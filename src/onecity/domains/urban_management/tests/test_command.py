"""Supervision and command: who is on patrol, as far as the reader may see; positions and tracks as layers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

import pytest
from django.db import connection
from django.test import Client

from onecity.domains.urban_management import permissions
from onecity.domains.urban_management.layers import POSITIONS, TRACKS
from onecity.domains.urban_management.models import TrackPoint
from onecity.domains.urban_management.selectors.command import walker_at, walkers
from onecity.domains.urban_management.services.field import keep_points
from onecity.domains.urban_management.tests.factories import INSIDE
from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_now
from onecity.kernel.errors import NotFound
from onecity.platform.identity.tests.factories import make_actor, make_organisation, open_session, plain_actor

pytestmark = pytest.mark.django_db
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Patrol:
    """Who supervises a patrol, and how somebody joins it."""

    chief: Actor
    enlist: Callable[[], Actor]


@pytest.fixture
def patrol(db: None) -> Patrol:
    """A patrol without anybody on foot yet."""
    organisation = make_organisation("巡查中队")
    chief = make_actor(permissions.SUPERVISE, organisation=organisation)
    return Patrol(chief, lambda: make_actor(permissions.CHECK, organisation=organisation))


def on_patrol(patrol: Patrol, *, now: datetime, minutes: range = range(6)) -> Actor:
    """Let a supervisor of the patrol walk 50 m a minute up to now."""
    actor = patrol.enlist()
    points: list[dict[str, float | None]] = [
        {"stamp": float(n), "ago_s": 60.0 * n, "longitude": INSIDE[0], "latitude": INSIDE[1] - n * 0.00045}
        for n in minutes
    ]
    assert keep_points(actor, points=points, now=now) == len(points)
    return actor


def test_walker_is_listed_with_his_way_and_falls_silent(patrol: Patrol, now: datetime) -> None:
    actor = on_patrol(patrol, now=now)
    found = walkers(patrol.chief, start=now - HOUR, now=now)
    assert [(item.account_id, item.presence, item.minutes) for item in found] == [(actor.account_id, "moving", 5)]
    assert round(found[0].kilometres, 2) == 0.25
    assert walkers(patrol.chief, start=now - HOUR, now=now + 11 * MINUTE)[0].presence == "silent"
    assert walkers(patrol.chief, start=now + MINUTE, now=now + HOUR) == []


def test_walkers_of_others_are_not_seen(patrol: Patrol, now: datetime) -> None:
    on_patrol(patrol, now=now)
    stranger = make_actor(permissions.SUPERVISE, organisation=make_organisation("水务局"))
    for reader in (stranger, plain_actor()):
        assert walkers(reader, start=now - HOUR, now=now) == []
    point = TrackPoint.objects.order_by("-at")[0]
    assert walker_at(patrol.chief, point_id=point.id, start=now - HOUR, now=now).last_at == point.at
    with pytest.raises(NotFound):
        walker_at(stranger, point_id=point.id, start=now - HOUR, now=now)
    with pytest.raises(NotFound):
        walker_at(patrol.chief, point_id=0, start=now - HOUR, now=now)


def rows_of(source: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT account_id, ST_NPoints(geom) FROM ({source}) s")
        return list(cursor.fetchall())


def test_layers_give_one_position_and_tracks_split_at_silences(patrol: Patrol, now: datetime) -> None:
    actor = on_patrol(patrol, now=now, minutes=range(3))
    other = on_patrol(patrol, now=now, minutes=range(20, 22))
    assert sorted(rows_of(POSITIONS.source)) == sorted([(actor.account_id, 1), (other.account_id, 1)])
    TrackPoint.objects.filter(account_id=other.account_id).update(account_id=actor.account_id)
    assert sorted(rows_of(TRACKS.source)) == [(actor.account_id, 2), (actor.account_id, 3)]


def test_page_shows_map_and_list(patrol: Patrol) -> None:
    actor = on_patrol(patrol, now=city_now(), minutes=range(2))
    client = Client()
    client.cookies["onecity_session"] = open_session(patrol.chief.account_id)
    page = client.get("/urban/command").content.decode()
    assert "urban_management.positions" in page
    assert actor.name in page
    point = TrackPoint.objects.order_by("-at")[0]
    assert client.get(f"/urban/command/{point.id}").status_code == HTTPStatus.OK
    assert client.get("/urban/command/0").status_code == HTTPStatus.NOT_FOUND
