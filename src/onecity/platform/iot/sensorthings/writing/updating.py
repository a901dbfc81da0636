"""Changing entities: PATCH, PUT and what relations follow."""

from collections.abc import Callable, Mapping
from typing import Final

from django.db.models import Model

from onecity.platform.iot.models import (
    Datastream,
    Device,
    StaDatastream,
    StaFeature,
    StaHistoricalLocation,
    StaThing,
    StaThingLocation,
)
from onecity.platform.iot.rules.search import pairs
from onecity.platform.iot.sensorthings.entities import SETS, EntitySet, Relation
from onecity.platform.iot.sensorthings.writing.creating import told_many, unit_code
from onecity.platform.iot.sensorthings.writing.desk import Desk
from onecity.platform.iot.sensorthings.writing.fields import BadEntity, Body, columns_of
from onecity.platform.iot.sensorthings.writing.links import forget_places, place_thing, remember_place, show_device

_COLUMNS: Final[Mapping[str, str]] = {
    "Thing": "thing_id",
    "Sensor": "sensor_id",
    "ObservedProperty": "observed_property_id",
}
_CHILDREN: Final[Mapping[tuple[str, str], str]] = {
    ("Things", "Datastreams"): "Thing",
    ("Sensors", "Datastreams"): "Sensor",
    ("ObservedProperties", "Datastreams"): "ObservedProperty",
}


def update(desk: Desk, entities: str, number: int, body: object, *, replace: bool) -> None:
    """Change an entity. replace: what the body does not tell becomes empty (PUT); else it stays (PATCH).

    Relations may only be told by reference here. Runs in the caller's transaction.
    Raises: NotFound; CityOwned; BadEntity; BadTime.
    Source: OGC 18-088, 10.3.1 (update an entity).
    """
    kind = SETS[entities]
    if not isinstance(body, dict):
        raise BadEntity(params={"field": entities})
    row = desk.row(kind, number)
    columns = columns_of(kind, body, partial=not replace)
    for relation in kind.relations:
        if relation.name in body and not relation.many:
            columns[_COLUMNS[relation.name]] = _reference(desk, relation, body[relation.name])
    _check_links(desk, kind, body)
    for name, value in columns.items():
        setattr(row, name, value)
    if columns:
        row.save(update_fields=list(columns))
    _follow(row, columns)
    for relation in kind.relations:
        if relation.many and relation.name in body:
            _relink(desk, entities, number, relation, body)
    desk.note(entities, number)


def _reference(desk: Desk, relation: Relation, value: object) -> int:
    number = desk.reference(relation.target, value)
    if number is None:
        raise BadEntity(params={"field": relation.name})
    return number


def _check_links(desk: Desk, kind: EntitySet, body: Body) -> None:
    """Refuse entities told within a change before anything of it is done."""
    for relation in kind.relations:
        if not relation.many or relation.name not in body:
            continue
        if relation.target == "Observations":
            raise BadEntity(params={"field": relation.name})
        for value in told_many(body, relation):
            _reference(desk, relation, value)


def _relink(desk: Desk, entities: str, number: int, relation: Relation, body: Body) -> None:
    ids = [_reference(desk, relation, value) for value in told_many(body, relation)]
    parent = _CHILDREN.get((entities, relation.name))
    if parent is not None:
        for child in ids:
            update(desk, relation.target, child, {parent: {"@iot.id": number}}, replace=False)
    else:
        _LINKERS[entities, relation.target](desk, number, ids)


def _link_histories(desk: Desk, number: int, ids: list[int]) -> None:
    StaHistoricalLocation.objects.filter(id__in=ids).update(thing_id=number)


def _link_things(desk: Desk, number: int, ids: list[int]) -> None:
    for thing in ids:
        place_thing(desk, thing, [number])


def _link_stays(desk: Desk, number: int, ids: list[int]) -> None:
    for history in ids:
        remember_place(desk, history, [number])


def _link_places(desk: Desk, number: int, ids: list[int]) -> None:
    forget_places(number)
    remember_place(desk, number, ids)


_LINKERS: Final[Mapping[tuple[str, str], Callable[[Desk, int, list[int]], None]]] = {
    ("Things", "Locations"): place_thing,
    ("Things", "HistoricalLocations"): _link_histories,
    ("Locations", "Things"): _link_things,
    ("Locations", "HistoricalLocations"): _link_stays,
    ("HistoricalLocations", "Locations"): _link_places,
}


def _follow(row: Model, columns: Mapping[str, object]) -> None:
    """Let the store's own rows, and the map, follow a change."""
    if isinstance(row, StaThing) and "name" in columns:
        device = Device.objects.get(id=row.id)
        Device.objects.filter(id=row.id).update(name=row.name[:80], words=pairs(f"{row.name[:80]} {device.key}"))
    if isinstance(row, StaDatastream):
        _follow_datastream(row, columns)
    if "geometry" in columns and not isinstance(row, StaFeature):
        for thing_id in StaThingLocation.objects.filter(location_id=row.pk).values_list("thing_id", flat=True):
            show_device(thing_id)


def _follow_datastream(row: StaDatastream, columns: Mapping[str, object]) -> None:
    if "unit" in columns:
        Datastream.objects.filter(id=row.id).update(unit=unit_code(row.unit))
    if "thing_id" in columns:
        thing = StaThing.objects.get(id=row.thing_id)
        owner = {"organisation_id": thing.organisation_id, "division_code": thing.division_code}
        StaDatastream.objects.filter(id=row.id).update(**owner)
        Datastream.objects.filter(id=row.id).update(device_id=thing.id, sub_value=f"ds{row.id}")
