"""Supervision and command: who is on patrol, as far as the reader may see; positions and tracks as layers."""

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
from onecity.domains.urban_management.tests.factories import INSIDE, Offices
from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_now
from onecity.kernel.errors import NotFound
from onecity.platform.identity.tests.factories import make_actor, open_session, plain_actor

pytestmark = pytest.mark.django_db
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def on_patrol(offices: Offices, *, now: datetime, minutes: range = range(6)) -> Actor:
    """Let a supervisor of the centre walk 50 m a minute up to now."""
    actor = make_actor(permissions.CHECK, organisation=offices.centre)
    points: list[dict[str, float | None]] = [
        {"stamp": float(n), "ago_s": 60.0 * n, "longitude": INSIDE[0], "latitude": INSIDE[1] - n * 0.00045}
        for n in minutes
    ]
    assert keep_points(actor, points=points, now=now) == len(points)
    return actor


def test_walker_is_listed_with_his_way_and_falls_silent(offices: Offices, now: datetime) -> None:
    actor = on_patrol(offices, now=now)
    found = walkers(offices.leader, start=now - HOUR, now=now)
    assert [(item.account_id, item.presence, item.minutes) for item in found] == [(actor.account_id, "moving", 5)]
    assert round(found[0].kilometres, 2) == 0.25
    assert walkers(offices.leader, start=now - HOUR, now=now + 11 * MINUTE)[0].presence == "silent"
    assert walkers(offices.leader, start=now + MINUTE, now=now + HOUR) == []


def test_walkers_of_others_are_not_seen(offices: Offices, now: datetime) -> None:
    on_patrol(offices, now=now)
    stranger = make_actor(permissions.SUPERVISE, organisation=offices.bureau)
    for reader in (stranger, plain_actor()):
        assert walkers(reader, start=now - HOUR, now=now) == []
    point = TrackPoint.objects.order_by("-at")[0]
    assert walker_at(offices.leader, point_id=point.id, start=now - HOUR, now=now).last_at == point.at
    with pytest.raises(NotFound):
        walker_at(stranger, point_id=point.id, start=now - HOUR, now=now)
    with pytest.raises(NotFound):
        walker_at(offices.leader, point_id=0, start=now - HOUR, now=now)


def rows_of(source: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT account_id, ST_NPoints(geom) FROM ({source}) s")
        return list(cursor.fetchall())


def test_layers_give_one_position_and_tracks_split_at_silences(offices: Offices, now: datetime) -> None:
    actor = on_patrol(offices, now=now, minutes=range(3))
    other = on_patrol(offices, now=now, minutes=range(20, 22))
    assert sorted(rows_of(POSITIONS.source)) == sorted([(actor.account_id, 1), (other.account_id, 1)])
    TrackPoint.objects.filter(account_id=other.account_id).update(account_id=actor.account_id)
    assert sorted(rows_of(TRACKS.source)) == [(actor.account_id, 2), (actor.account_id, 3)]


def test_page_shows_map_and_list(offices: Offices) -> None:
    actor = on_patrol(offices, now=city_now(), minutes=range(2))
    client = Client()
    client.cookies["onecity_session"] = open_session(offices.leader.account_id)
    page = client.get("/urban/command").content.decode()
    assert "urban_management.positions" in page
    assert actor.name in page
    point = TrackPoint.objects.order_by("-at")[0]
    assert client.get(f"/urban/command/{point.id}").status_code == HTTPStatus.OK
    assert client.get("/urban/command/0").status_code == HTTPStatus.NOT_FOUND
