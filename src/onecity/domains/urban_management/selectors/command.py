"""Supervision and command 监督指挥: who is on patrol, where he was last, how far he walked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from onecity.domains.urban_management.models import TrackPoint
from onecity.domains.urban_management.permissions import SUPERVISE
from onecity.domains.urban_management.rules.walking import GAP, Walk
from onecity.domains.urban_management.selectors.field_work import walk_of_day
from onecity.domains.urban_management.selectors.naming import person_name
from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.identity.api import row_scope

MOST_WALKERS: Final = 200
Presence = Literal["moving", "silent"]


@dataclass(frozen=True, slots=True)
class Walker:
    """A supervisor on patrol. last_at: his newest position; presence: silent when it is older than a gap."""

    account_id: int
    name: str
    last_at: datetime
    longitude: float
    latitude: float
    metres: float
    moving: timedelta
    presence: Presence

    @property
    def kilometres(self) -> float:
        """Return how far he walked, in kilometres."""
        return self.metres / 1000

    @property
    def minutes(self) -> int:
        """Return how long he walked, in whole minutes."""
        return round(self.moving.total_seconds() / 60)


def walkers(actor: Actor, *, start: datetime, now: datetime) -> Sequence[Walker]:
    """Return who told a position between start and now, of organisations that the actor supervises, newest first."""
    scope = row_scope(actor, SUPERVISE)
    seen = TrackPoint.objects.filter(at__gte=start, at__lte=now)
    if not scope.everything:
        seen = seen.filter(organisation_id__in=scope.organisation_ids)
    newest = seen.order_by("account_id", "-at", "-id").distinct("account_id")
    rows = sorted(newest, key=lambda row: row.at, reverse=True)[:MOST_WALKERS]
    return [_walker(row, walk_of_day(row.account_id, start=start, end=now), now) for row in rows]


def walker_at(actor: Actor, *, point_id: int, start: datetime, now: datetime) -> Walker:
    """Return the supervisor whose position the map shows under a number.

    Raises: NotFound also where the actor may not see him.
    """
    row = TrackPoint.objects.filter(id=point_id).first()
    found = next(
        (item for item in walkers(actor, start=start, now=now) if row and item.account_id == row.account_id), None
    )
    if found is None:
        raise NotFound(zh("没有这个监督员的今日轨迹"))
    return found


def _walker(row: TrackPoint, walk: Walk, now: datetime) -> Walker:
    presence: Presence = "silent" if now - row.at > GAP else "moving"
    name = person_name(f"account:{row.account_id}")
    return Walker(row.account_id, name, row.at, row.longitude, row.latitude, walk.metres, walk.moving, presence)
