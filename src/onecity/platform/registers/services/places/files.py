"""Taking in a file of places, whole or not at all, and withdrawing it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.contrib.gis.geos import MultiPolygon
from django.db import connection, models, transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.registers.models import Building, LandParcel, NaturalResource, PlaceFile
from onecity.platform.registers.rules.places.fields import FIELDS, PlaceKind
from onecity.platform.registers.rules.words import pairs
from onecity.platform.registers.selectors.places import may_maintain
from onecity.platform.registers.selectors.provenance import source_by_code
from onecity.platform.registers.services.places.reading import PlaceRead

PlaceRow = Building | LandParcel | NaturalResource
TABLES: Final[dict[PlaceKind, type[Building] | type[LandParcel] | type[NaturalResource]]] = {
    "building": Building,
    "parcel": LandParcel,
    "resource": NaturalResource,
}
_KEPT: Final = ("name", "division_code", "source_id", "observed_at", "file_id")


class TakenBefore(Conflict):
    """The same file has been taken in and counts."""

    code = "registers.places_taken_before"
    message = zh("这个文件已经导入过，内容完全相同")


class AlreadyWithdrawn(Conflict):
    """The file does not count any more."""

    code = "registers.places_withdrawn"
    message = zh("这个文件的导入已经撤销")


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to be taken in. digest: SM3 of its contents, hexadecimal. source: code of the data source."""

    kind: PlaceKind
    filename: str
    digest: str
    source: str
    is_made_up: bool = False


def take_places(actor: Actor, *, new: NewFile, places: Sequence[PlaceRead], now: datetime) -> PlaceFile:
    """Take in a file's places: new codes are entered, known ones are changed; what they were is kept for withdrawing.

    Raises: NotPermitted; UnknownSource; TakenBefore; Invalid without places, or while one is at fault.
    """
    if not places or any(item.faults or item.point is None for item in places):
        raise Invalid(zh("文件中没有要素，或有要素不符合要求"))
    source = source_by_code(new.source)
    if not may_maintain(actor, organisation_id=source.organisation_id):
        raise NotPermitted
    with transaction.atomic():
        _one_at_a_time()
        if PlaceFile.objects.filter(kind=new.kind, digest=new.digest, state=PlaceFile.State.TAKEN).exists():
            raise TakenBefore
        file = PlaceFile.objects.create(
            kind=new.kind,
            filename=new.filename[:200],
            digest=new.digest,
            organisation_id=source.organisation_id,
            taken_by=actor.key[:60],
            created_at=now,
        )
        table = TABLES[new.kind]
        codes = [item.values["code"] for item in places]
        standing: list[PlaceRow] = list(table._default_manager.select_for_update().filter(code__in=codes))
        known = {row.code: row for row in standing}
        for item in places:
            row = known.get(item.values["code"])
            changed = _put(row or table(created_at=now, is_made_up=new.is_made_up), item, kind=new.kind)
            if row is not None and not changed:
                file.unchanged += 1
                continue
            fresh = row or changed
            assert fresh is not None
            fresh.organisation_id, fresh.source_id = source.organisation_id, source.id
            fresh.observed_at, fresh.file = now, file
            fresh.save()
            file.taken += 1
        file.save(update_fields=["taken", "unchanged"])
        details = {"kind": new.kind, "taken": file.taken, "digest": new.digest}
        identity.record(actor, action="registers.take_places", target=f"registers.placefile:{file.id}", details=details)
    return file


def withdraw_places(actor: Actor, *, file_id: int, now: datetime) -> tuple[int, int]:
    """Withdraw a file: what it entered goes, what it changed becomes again what it was; returns how many of each.

    A place that a later file changed stays as that file left it.
    Raises: NotFound; NotPermitted; AlreadyWithdrawn.
    """
    with transaction.atomic():
        _one_at_a_time()
        file = PlaceFile.objects.select_for_update().filter(id=file_id).first()
        if file is None:
            raise NotFound
        if not may_maintain(actor, organisation_id=file.organisation_id):
            raise NotPermitted
        if file.state == PlaceFile.State.WITHDRAWN:
            raise AlreadyWithdrawn
        table = TABLES[_kind(file.kind)]
        rows: list[PlaceRow] = list(table._default_manager.select_for_update().filter(file=file))
        gone = [row.id for row in rows if not row.former]
        table._default_manager.filter(id__in=gone).delete()
        for row in rows:
            if row.former:
                _restore(row)
        file.state, file.withdrawn_by, file.withdrawn_at = PlaceFile.State.WITHDRAWN, actor.key[:60], now
        file.save()
        details = {"removed": len(gone), "restored": len(rows) - len(gone)}
        identity.record(
            actor, action="registers.withdraw_places", target=f"registers.placefile:{file.id}", details=details
        )
    return len(gone), len(rows) - len(gone)


def _put(row: PlaceRow, item: PlaceRead, *, kind: PlaceKind) -> PlaceRow | None:
    """Put a feature's values into a row; None when it says what the row says already."""
    former = _texts(row, kind) if row.id else {}
    for name, value in item.values.items():
        _set(row, name, value)
    row.words = pairs(row.name)
    row.division_code = item.division_code
    assert item.point is not None
    area = item.shape if isinstance(item.shape, MultiPolygon) else None
    if isinstance(row, Building):
        row.location, row.outline = item.point, area
    elif area is not None:
        row.outline = area
    if former and _texts(row, kind) == former:
        return None
    row.former = former
    return row


def _texts(row: PlaceRow, kind: PlaceKind) -> dict[str, str]:
    """Return a row's columns as text, so that they can be put back."""
    names = [*(item.name for item in FIELDS[kind]), *_KEPT, "outline", *(["location"] if kind == "building" else [])]
    return {name: _text(getattr(row, name)) for name in dict.fromkeys(names) if name != "code"}


def _text(value: object) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


def _restore(row: PlaceRow) -> None:
    for name, value in row.former.items():
        _set(row, name, value)
    row.words, row.former = pairs(row.name), {}
    row.save()


def _set(row: PlaceRow, name: str, text: str) -> None:
    """Put a text into a column, in the column's own type."""
    column = row._meta.get_field(name.removesuffix("_id") if name in {"source_id", "file_id"} else name)
    if not text and getattr(column, "null", False):
        setattr(row, name, None)
    elif isinstance(column, models.ForeignKey):
        setattr(row, name, int(text))
    elif isinstance(column, models.DateTimeField):
        setattr(row, name, datetime.fromisoformat(text))
    elif isinstance(column, models.DateField):
        setattr(row, name, date.fromisoformat(text))
    elif isinstance(column, models.DecimalField):
        setattr(row, name, Decimal(text))
    elif isinstance(column, models.IntegerField):
        setattr(row, name, int(text))
    else:
        setattr(row, name, text)


def _kind(text: str) -> PlaceKind:
    return next(kind for kind in TABLES if kind == text)


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('registers.places', 0))")
