"""What waits for a grid supervisor on foot, the nearest first; and where he walked."""

from datetime import datetime
from typing import Final

from onecity.domains.urban_management.contracts import FieldTask
from onecity.domains.urban_management.models import CaseRecord, TrackPoint
from onecity.domains.urban_management.process import TYPE_CODE
from onecity.domains.urban_management.rules.walking import Point, Walk, ground_distance, walk_of
from onecity.kernel.actor import Actor
from onecity.platform.cases.api import TaskFilter, waiting_tasks

FIELD_NODES: Final = ("verify", "check")
MOST_TASKS: Final = 200


def field_tasks(actor: Actor, *, near: tuple[float, float] | None = None) -> list[FieldTask]:
    """Return the checks that wait for the actor: by distance from `near` (longitude, latitude), else by their limit."""
    page = waiting_tasks(actor, filters=TaskFilter(type_code=TYPE_CODE), size=MOST_TASKS)
    rows = [row for row in page.rows if row.node in FIELD_NODES]
    places = CaseRecord.objects.in_bulk([row.case_id for row in rows])
    found = []
    for row in rows:
        known = places.get(row.case_id)
        location = _location(known)
        metres = ground_distance(near, location) if near and location else None
        found.append(
            FieldTask(
                row.id, row.node, row.name, row.number, row.title, row.address, row.light, row.due_at, location, metres
            )
        )
    return sorted(found, key=lambda item: item.metres if item.metres is not None else float("inf")) if near else found


def walk_of_day(account_id: int, *, start: datetime, end: datetime) -> Walk:
    """Return a supervisor's walk between two instants, both included. The caller has checked that he may be seen."""
    rows = TrackPoint.objects.filter(account_id=account_id, at__gte=start, at__lte=end).order_by("at", "id")
    return walk_of([Point(row.at, row.longitude, row.latitude, row.accuracy_m) for row in rows])


def _location(row: CaseRecord | None) -> tuple[float, float] | None:
    if row is None or row.longitude is None or row.latitude is None:
        return None
    return row.longitude, row.latitude
