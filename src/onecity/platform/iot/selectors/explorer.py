"""What the data explorer reads beside the history: datastreams to choose from, saved views, files made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts import DatastreamInfo
from onecity.platform.iot.models import HistoryExport, SavedView
from onecity.platform.iot.permissions import VIEW_DEVICES
from onecity.platform.iot.rules.search import pairs

MOST_FOUND: Final = 60
_STREAM: Final = """
    SELECT s.id, s.device_id, s.property_code, s.period, s.sub_value, s.unit, s.mapped, d.key, d.name, d.type_code
    FROM iot_datastream s JOIN iot_device d ON d.id = s.device_id
    WHERE (%s OR d.organisation_id = ANY(%s) OR d.division_code LIKE ANY(%s))
"""


@dataclass(frozen=True, slots=True)
class Stream:
    """A datastream with its device's key, name and type."""

    info: DatastreamInfo
    device_key: str
    device_name: str
    type_code: str


@dataclass(frozen=True, slots=True)
class ViewInfo:
    """A saved view. query: parameters of the explorer's address, each with its values."""

    id: int
    title: str
    query: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class ExportInfo:
    """A file that was made, or is being made: then finished_at is None."""

    id: int
    title: str
    kind: str
    readings: int
    run_id: int | None
    created_at: datetime
    finished_at: datetime | None


def streams_for(actor: Actor, ids: Sequence[int]) -> list[Stream]:
    """Return datastreams in the order asked for.

    Raises: NotFound if one does not exist or the actor may not see its device.
    """
    scope = identity.row_scope(actor, VIEW_DEVICES)
    with connection.cursor() as cursor:
        cursor.execute(f"{_STREAM} AND s.id = ANY(%s)", [*scope.parameters(), list(ids)])
        found = {row[0]: _stream(row) for row in cursor.fetchall()}
    if set(ids) - set(found):
        raise NotFound
    return [found[number] for number in ids]


def search_streams(
    actor: Actor, *, words: str = "", type_code: str = "", property_code: str = "", period: str = ""
) -> list[Stream]:
    """Return datastreams of devices that the actor may see, by the device's words, its type, property and period.

    At most `MOST_FOUND`, ordered by device. Nothing, if nothing is asked for.
    """
    asked = [
        ("d.words @> %s::varchar[]", list(pairs(words)) or None),
        ("d.type_code = %s", type_code or None),
        ("s.property_code = %s", property_code or None),
        ("s.period = %s", period or None),
    ]
    given = [(sql, value) for sql, value in asked if value is not None]
    if not given:
        return []
    scope = identity.row_scope(actor, VIEW_DEVICES)
    conditions = " AND ".join(sql for sql, _ in given)
    sql = (
        f"{_STREAM} AND d.state <> 'retired' AND {conditions} ORDER BY s.device_id, s.period, s.property_code LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*scope.parameters(), *(value for _, value in given), MOST_FOUND])
        return [_stream(row) for row in cursor.fetchall()]


def saved_views(actor: Actor) -> list[ViewInfo]:
    """Return the views that somebody saved, the newest first."""
    rows = SavedView.objects.filter(account_id=actor.account_id).order_by("-created_at", "-id")[:50]
    return [ViewInfo(row.id, row.title, row.query) for row in rows]


def exports_of(actor: Actor, *, most: int) -> list[ExportInfo]:
    """Return the files that somebody had made, the newest first."""
    rows = HistoryExport.objects.filter(account_id=actor.account_id).order_by("-created_at", "-id")[:most]
    return [
        ExportInfo(row.id, row.title, row.kind, row.readings, row.run_id, row.created_at, row.finished_at)
        for row in rows
    ]


def export_file(actor: Actor, export_id: int) -> tuple[str, str]:
    """Return the name of a file in the storage, and the one people see.

    Raises: NotFound if it is not whole yet, or somebody else's.
    """
    row = HistoryExport.objects.filter(id=export_id, account_id=actor.account_id).exclude(file="").first()
    if row is None:
        raise NotFound
    return row.file, f"{row.title}.{row.kind}"


def _stream(row: tuple[object, ...]) -> Stream:
    info = DatastreamInfo(*row[:7])  # type: ignore[arg-type]  # the columns stand in the order of the fields
    return Stream(info, str(row[7]), str(row[8]), str(row[9]))
