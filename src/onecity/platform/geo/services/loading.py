"""Loading what the map is made of; each load can be repeated and then changes nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.coordinates.points import Wgs84
from onecity.kernel.identifiers.divisions import DivisionCode, parse_division_code
from onecity.platform.geo.contracts import AreaRow, DivisionRow, Loaded, PlaceRow, RoadRow
from onecity.platform.geo.selectors.gazetteer import forget_gazetteer
from onecity.platform.geo.services.changes import layer_changed
from onecity.platform.geo.services.merging import Merge, merge_rows
from onecity.platform.identity import api as identity

_AREAS: Final = "ST_Multi(ST_CollectionExtract(ST_MakeValid(ST_Force2D(ST_GeomFromGeoJSON(geometry))), 3))"
_LINE: Final = "ST_Force2D(ST_GeomFromGeoJSON(geometry))"
_POINT: Final = "ST_SetSRID(ST_MakePoint(longitude, latitude), 4326)"
_KEPT_SHAPE: Final = "(SELECT d.geom FROM geo_division d WHERE d.id = geo_stage.id)"
_KEPT_MARK: Final = "(SELECT d.is_synthetic FROM geo_division d WHERE d.id = geo_stage.id)"

DIVISIONS: Final = Merge(
    table="geo_division",
    stage={
        "id": "bigint",
        "name": "text",
        "level": "smallint",
        "parent_code": "text",
        "geometry": "text",
        "is_synthetic": "boolean",
        "source": "text",
        "longitude": "float8",
        "latitude": "float8",
    },
    columns={
        "id": "id",
        "code": "id::text",
        "name": "name",
        "level": "level",
        "parent_code": "parent_code",
        # A load without a boundary keeps the one that is there, be it surveyed or generated.
        "geom": f"COALESCE({_AREAS}, {_KEPT_SHAPE})",
        "centre": f"COALESCE({_POINT}, ST_PointOnSurface(COALESCE({_AREAS}, {_KEPT_SHAPE})))",
        "is_synthetic": f"CASE WHEN geometry IS NULL THEN COALESCE({_KEPT_MARK}, is_synthetic) ELSE is_synthetic END",
        "source": "source",
    },
    key="id",
)
ROADS: Final = Merge(
    table="geo_road",
    stage={
        "key": "text",
        "name": "text",
        "kind": "text",
        "geometry": "text",
        "is_oneway": "boolean",
        "is_synthetic": "boolean",
        "source": "text",
    },
    columns={
        "key": "key",
        "name": "name",
        "kind": "kind",
        "geom": _LINE,
        "length_m": f"ST_Length({_LINE}::geography)",
        "is_oneway": "is_oneway",
        "is_synthetic": "is_synthetic",
        "source": "source",
    },
    key="key",
)
AREAS: Final = Merge(
    table="geo_basearea",
    stage={
        "key": "text",
        "name": "text",
        "kind": "text",
        "geometry": "text",
        "floors": "smallint",
        "is_synthetic": "boolean",
        "source": "text",
    },
    columns={
        "key": "key",
        "name": "name",
        "kind": "kind",
        "geom": _AREAS,
        "area_m2": f"ST_Area({_AREAS}::geography)",
        "floors": "floors",
        "is_synthetic": "is_synthetic",
        "source": "source",
    },
    key="key",
)
PLACES: Final = Merge(
    table="geo_place",
    stage={
        "key": "text",
        "name": "text",
        "kind": "text",
        "address": "text",
        "longitude": "float8",
        "latitude": "float8",
        "is_synthetic": "boolean",
        "source": "text",
    },
    columns={
        "key": "key",
        "name": "name",
        "kind": "kind",
        "address": "address",
        "geom": _POINT,
        "is_synthetic": "is_synthetic",
        "source": "source",
    },
    key="key",
)


@dataclass(frozen=True, slots=True)
class _Load:
    """What a load is called in the trail, and which layers it shows on."""

    action: str
    layers: tuple[str, ...]


_DIVISION_LOAD: Final = _Load(
    "geo.load_divisions",
    ("geo.boundaries", "geo.division_names", "geo.districts", "geo.subdistricts", "geo.communities"),
)
_ROAD_LOAD: Final = _Load("geo.load_roads", ("geo.main_roads", "geo.streets", "geo.lanes"))
_AREA_LOAD: Final = _Load("geo.load_areas", ("geo.areas", "geo.buildings"))
_PLACE_LOAD: Final = _Load("geo.load_places", ("geo.places",))


def load_divisions(actor: Actor, *, rows: Iterable[DivisionRow]) -> Loaded:
    """Load divisions; those that are absent stay, since codes live on. A row without a geometry keeps what is there.

    Raises: InvalidDivisionCode; BadGeometry.
    """
    staged = [_division(row) for row in rows]
    forget_gazetteer()
    return _load(actor, _DIVISION_LOAD, merge=DIVISIONS, rows=staged)


def load_roads(actor: Actor, *, rows: Iterable[RoadRow], source: str) -> Loaded:
    """Load all roads of a source; what an earlier load of it wrote and this one lacks is taken out.

    source: name of the data, shown with them.
    Raises: BadGeometry.
    """
    staged = [
        (f"{source}:{row.key}", row.name, row.kind, row.geometry, row.is_oneway, row.is_synthetic, source)
        for row in rows
    ]
    return _load(actor, _ROAD_LOAD, merge=ROADS, rows=staged, source=source)


def load_areas(actor: Actor, *, rows: Iterable[AreaRow], source: str) -> Loaded:
    """Load all base-map areas of a source; what an earlier load of it wrote and this one lacks is taken out.

    Raises: BadGeometry.
    """
    staged = [
        (f"{source}:{row.key}", row.name, row.kind, row.geometry, row.floors, row.is_synthetic, source) for row in rows
    ]
    return _load(actor, _AREA_LOAD, merge=AREAS, rows=staged, source=source)


def load_places(actor: Actor, *, rows: Iterable[PlaceRow], source: str) -> Loaded:
    """Load all places of a source; what an earlier load of it wrote and this one lacks is taken out.

    Raises: InvalidCoordinates.
    """
    staged = [_place(row, source) for row in rows]
    return _load(actor, _PLACE_LOAD, merge=PLACES, rows=staged, source=source)


def _load(
    actor: Actor, load: _Load, *, merge: Merge, rows: Sequence[Sequence[object]], source: str | None = None
) -> Loaded:
    with transaction.atomic():
        done = merge_rows(merge, rows=rows, source=source)
        if done.written or done.removed:
            details = {"source": source or "", "written": done.written, "removed": done.removed}
            identity.record(actor, action=load.action, details=details)
            for layer in load.layers:
                layer_changed(layer)
    return done


def _division(row: DivisionRow) -> Sequence[object]:
    code = parse_division_code(row.code)
    parent = row.parent_code if row.parent_code is not None else _parent(code)
    point = Wgs84(*row.centre) if row.centre else None
    longitude, latitude = (point.lon, point.lat) if point else (None, None)
    facts = (int(code.value), row.name, int(code.level), parent, row.geometry, row.is_synthetic, row.source)
    return *facts, longitude, latitude


def _place(row: PlaceRow, source: str) -> Sequence[object]:
    point = Wgs84(row.longitude, row.latitude)
    name, address = row.name[:120], row.address[:200]
    return f"{source}:{row.key}", name, row.kind, address, point.lon, point.lat, row.is_synthetic, source


def _parent(code: DivisionCode) -> str:
    return code.parent.value if code.parent else ""
