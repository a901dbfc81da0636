"""Making entities, with whatever is told within them."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from django.db import connection

from onecity.kernel.errors import Invalid
from onecity.platform.iot.declare import Period, Protocol
from onecity.platform.iot.models import (
    Datastream,
    Device,
    StaDatastream,
    StaFeature,
    StaHistoricalLocation,
    StaLocation,
    StaObservedProperty,
    StaSensor,
    StaThing,
)
from onecity.platform.iot.rules.search import pairs
from onecity.platform.iot.sensorthings.entities import SETS, Relation
from onecity.platform.iot.sensorthings.observing.deep import observe_within
from onecity.platform.iot.sensorthings.writing.desk import Desk
from onecity.platform.iot.sensorthings.writing.fields import BadEntity, Body, columns_of
from onecity.platform.iot.sensorthings.writing.links import place_thing, remember_place

TYPE_CODE: Final = "iot.sensorthings"
DEEPEST: Final = 12
Given = Mapping[str, int]
_INVERSE: Final = {
    ("Things", "Datastreams"): "Thing",
    ("Things", "HistoricalLocations"): "Thing",
    ("Sensors", "Datastreams"): "Sensor",
    ("ObservedProperties", "Datastreams"): "ObservedProperty",
    ("Datastreams", "Observations"): "Datastream",
    ("FeaturesOfInterest", "Observations"): "FeatureOfInterest",
}


class TooDeep(Invalid):
    """Entities told within entities beyond all measure."""

    code = "iot.sensorthings_deep"


def create(desk: Desk, entities: str, body: object, *, given: Given | None = None, depth: int = 0) -> int:
    """Make an entity and what is told within it; returns its id. given: relations that follow from where it was told.

    Runs in the caller's transaction, in which `onecity.sensorthings` is on (see `quietly`).
    Raises: BadEntity; BadTime; CityOwned; TooDeep.
    Source: OGC 18-088, 10.2.1 (create an entity), 10.2.1.2 (deep insert).
    """
    if not isinstance(body, dict):
        raise BadEntity(params={"field": entities})
    if depth > DEEPEST:
        raise TooDeep
    ids = dict(given or {})
    if entities == "Observations":
        return _observe(desk, body, ids, depth)
    columns = columns_of(SETS[entities], body, partial=False)
    for relation in SETS[entities].relations:
        if not relation.many and relation.name not in ids:
            ids[relation.name] = _one(desk, relation, body, depth)
    number = _MAKERS[entities](desk, columns, ids)
    desk.note(entities, number)
    _fill(desk, entities, number, body, depth)
    _place(desk, entities, number, ids)
    return number


def quietly() -> None:
    """Keep the triggers from entering what this transaction makes as devices of the city."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL onecity.sensorthings = 'on'")


def _one(desk: Desk, relation: Relation, body: Body, depth: int) -> int:
    value = body.get(relation.name)
    if value is None:
        raise BadEntity(params={"field": relation.name})
    number = desk.reference(relation.target, value)
    return create(desk, relation.target, value, depth=depth + 1) if number is None else number


def told_many(body: Body, relation: Relation) -> Sequence[object]:
    """Return what a body tells of a relation to many; nothing if it tells nothing.

    Raises: BadEntity.
    """
    value = body.get(relation.name, [])
    if not isinstance(value, list):
        raise BadEntity(params={"field": relation.name})
    return value


def _fill(desk: Desk, entities: str, number: int, body: Body, depth: int) -> None:
    """Make or link what is told within an entity that was just made, and put Things where they are."""
    linked: list[int] = []
    for relation in SETS[entities].relations:
        for value in told_many(body, relation) if relation.many else ():
            inverse = _INVERSE.get((entities, relation.name))
            if inverse:
                _make_child(desk, relation, value, given={inverse: number}, depth=depth)
                continue
            child = desk.reference(relation.target, value)
            if child is None:
                child = create(desk, relation.target, value, depth=depth + 1)
            linked.append(child)
            if entities == "Locations":
                _place(desk, entities, number, {relation.target: child})
    if entities == "Things" and linked:
        place_thing(desk, number, linked)
    elif entities == "HistoricalLocations":
        remember_place(desk, number, linked)


def _make_child(desk: Desk, relation: Relation, value: object, *, given: Given, depth: int) -> None:
    """Make an entity that belongs to the one just made; one that exists belongs to another already."""
    if relation.target != "Observations" and desk.reference(relation.target, value) is not None:
        raise BadEntity(params={"field": relation.name})
    create(desk, relation.target, value, given=given, depth=depth + 1)


def _place(desk: Desk, entities: str, number: int, given: Given) -> None:
    """Link an entity that was posted below one with which it stands in a relation of many to many."""
    if entities == "Locations" and "Things" in given:
        place_thing(desk, given["Things"], [number])
    elif entities == "Locations" and "HistoricalLocations" in given:
        remember_place(desk, given["HistoricalLocations"], [number])
    elif entities == "Things" and "Locations" in given:
        place_thing(desk, number, [given["Locations"]])
    elif entities == "HistoricalLocations" and "Locations" in given:
        remember_place(desk, number, [given["Locations"]])


def _observe(desk: Desk, body: Body, ids: dict[str, int], depth: int) -> int:
    for relation in SETS["Observations"].relations:
        if relation.name in ids or relation.name not in body:
            continue
        ids[relation.name] = _one(desk, relation, body, depth)
    if "Datastream" not in ids:
        raise BadEntity(params={"field": "Datastream"})
    number = observe_within(desk, body, datastream_id=ids["Datastream"], feature_id=ids.get("FeatureOfInterest"))
    desk.note("Observations", number)
    return number


def _thing(desk: Desk, columns: Mapping[str, object], ids: Given) -> int:
    name = str(columns["name"])
    key = f"sta-{secrets.token_hex(8)}"
    device = Device.objects.create(
        key=key,
        name=name[:80],
        type_code=TYPE_CODE,
        protocol=Protocol.HTTP,
        words=pairs(f"{name[:80]} {key}"),
        created_at=desk.now,
        **desk.owner(),
    )
    StaThing.objects.create(id=device.id, **columns, **desk.owner())
    return int(device.id)


def _datastream(desk: Desk, columns: Mapping[str, object], ids: Given) -> int:
    thing = StaThing.objects.get(id=ids["Thing"])
    stream = Datastream.objects.create(
        device_id=thing.id,
        property_code=f"op{ids['ObservedProperty']}",
        period=Period.REAL_TIME,
        sub_value=_free_sub_value(thing.id, f"op{ids['ObservedProperty']}"),
        unit=unit_code(columns["unit"]),
        wire_name=str(columns["name"])[:80],
        mapped=False,
        created_at=desk.now,
    )
    StaDatastream.objects.create(
        id=stream.id,
        thing=thing,
        sensor_id=ids["Sensor"],
        observed_property_id=ids["ObservedProperty"],
        organisation_id=thing.organisation_id,
        division_code=thing.division_code,
        **columns,
    )
    return int(stream.id)


def unit_code(unit: object) -> str:
    """Return what the city's pages write behind a value of this unit."""
    symbol = unit.get("symbol") if isinstance(unit, dict) else None
    return str(symbol)[:20] if symbol else ""


def _free_sub_value(device_id: int, property_code: str) -> str:
    """Return "" for a Thing's first Datastream of a property, so that rules apply to it, else something of its own."""
    there = Datastream.objects.filter(device_id=device_id, property_code=property_code).exists()
    return f"ds{secrets.token_hex(6)}" if there else ""


def _history(desk: Desk, columns: Mapping[str, object], ids: Given) -> int:
    thing = StaThing.objects.get(id=ids["Thing"])
    row = StaHistoricalLocation.objects.create(
        thing=thing, organisation_id=thing.organisation_id, division_code=thing.division_code, **columns
    )
    return int(row.id)


def _plain(table: "type[StaLocation | StaSensor | StaObservedProperty | StaFeature]") -> "Maker":
    return lambda desk, columns, ids: int(table._default_manager.create(**columns, **desk.owner()).pk)


Maker = Callable[[Desk, Mapping[str, object], Given], int]
_MAKERS: Final[Mapping[str, Maker]] = {
    "Things": _thing,
    "Locations": _plain(StaLocation),
    "HistoricalLocations": _history,
    "Datastreams": _datastream,
    "Sensors": _plain(StaSensor),
    "ObservedProperties": _plain(StaObservedProperty),
    "FeaturesOfInterest": _plain(StaFeature),
}
