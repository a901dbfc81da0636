"""What waits for a grid supervisor on foot, the nearest first."""

from math import asin, cos, radians, sin, sqrt
from typing import Final

from onecity.domains.urban_management.contracts import FieldTask
from onecity.domains.urban_management.models import CaseRecord
from onecity.domains.urban_management.process import TYPE_CODE
from onecity.kernel.actor import Actor
from onecity.platform.cases.api import TaskFilter, waiting_tasks

FIELD_NODES: Final = ("verify", "check")
MOST_TASKS: Final = 200
EARTH_RADIUS_M: Final = 6_371_008.8


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


def ground_distance(first: tuple[float, float], second: tuple[float, float]) -> float:
    """Return the metres between two points (longitude, latitude; WGS 84 degrees) on a sphere: haversine formula."""
    lon1, lat1, lon2, lat2 = (radians(value) for value in (*first, *second))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(half)))


def _location(row: CaseRecord | None) -> tuple[float, float] | None:
    if row is None or row.longitude is None or row.latitude is None:
        return None
    return row.longitude, row.latitude
