"""The SQL of OGC API Features: one page by key, or one feature; rows in scope only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from onecity.platform.geo.contracts import Box
from onecity.platform.geo.declare import Layer, LayerField
from onecity.platform.geo.rules.feature_query import FeatureQuery
from onecity.platform.identity.api import RowScope, scope_sql

DIGITS: Final = 7
"""Decimals of a degree in answers: a centimetre."""


@dataclass(slots=True)
class Statement:
    """SQL with its values, built piece by piece."""

    sql: str = ""
    values: list[object] = field(default_factory=list)

    def put(self, *values: object) -> list[str]:
        """Take values in and return their places."""
        first = len(self.values) + 1
        self.values.extend(values)
        return [f"${first + offset}" for offset in range(len(values))]


def page_sql(layer: Layer, *, query: FeatureQuery, scope: RowScope | None, types: Mapping[str, str]) -> Statement:
    """Return the statement for one page and one row more, ordered by id: `id, geometry, properties`.

    types: PostgreSQL's type of each property, so that texts of the request become values and indexes stay usable.
    """
    statement = Statement()
    conditions = _scope(statement, layer, scope)
    if query.after is not None:
        conditions.append(f"s.id > {statement.put(query.after)[0]}")
    if query.boxes:
        boxes = [f"ST_Intersects(s.geom, {_box(statement, box)})" for box in query.boxes]
        conditions.append(f"({' OR '.join(boxes)})")
    conditions.extend(_times(statement, layer, query))
    for name, value in query.equal:
        conditions.append(f"s.{name} = {statement.put(value)[0]}::text::{types[name]}")
    limit = statement.put(query.limit + 1)[0]
    statement.sql = f"{_SELECT.format(**_parts(layer))} {_where(conditions)} ORDER BY s.id LIMIT {limit}"
    return statement


def item_sql(layer: Layer, *, feature_id: int, scope: RowScope | None) -> Statement:
    """Return the statement for one feature."""
    statement = Statement()
    conditions = [*_scope(statement, layer, scope), f"s.id = {statement.put(feature_id)[0]}"]
    statement.sql = f"{_SELECT.format(**_parts(layer))} {_where(conditions)}"
    return statement


_SELECT: Final = "SELECT s.id, ST_AsGeoJSON(s.geom, {digits}) AS geometry, {properties} AS properties FROM ({source}) s"


def temporal_field(layer: Layer) -> str:
    """Return the property that `datetime` asks about, the first that is a moment; empty when there is none."""
    return next((item.name for item in layer.fields if item.kind == "moment"), "")


def _parts(layer: Layer) -> dict[str, object]:
    pairs = ", ".join(f"'{item.name}', {_value(item)}" for item in layer.fields)
    return {"digits": DIGITS, "source": layer.source, "properties": f"json_build_object({pairs})::text"}


def _value(item: LayerField) -> str:
    if item.kind == "moment":
        return f"""to_char(s.{item.name} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""
    return f"s.{item.name}::float8" if item.kind == "number" else f"s.{item.name}"


def _scope(statement: Statement, layer: Layer, scope: RowScope | None) -> list[str]:
    if not layer.scoped or scope is None:
        return []
    first = len(statement.values) + 1
    statement.put(*scope.parameters())
    return [scope_sql(first=first, organisation="s.organisation_id", division="s.division_code")]


def _box(statement: Statement, box: Box) -> str:
    west, south, east, north = (f"{place}::float8" for place in statement.put(*box))
    if box[0] < box[2] and box[1] < box[3]:
        return f"ST_MakeEnvelope({west}, {south}, {east}, {north}, 4326)"
    # A box without width or height is a point or a line: as an area it would touch nothing.
    return f"ST_SetSRID(ST_Envelope(ST_MakeLine(ST_MakePoint({west}, {south}), ST_MakePoint({east}, {north}))), 4326)"


def _times(statement: Statement, layer: Layer, query: FeatureQuery) -> list[str]:
    name = temporal_field(layer)
    conditions = []
    if name and query.start is not None:
        conditions.append(f"s.{name} >= {statement.put(query.start)[0]}")
    if name and query.end is not None:
        conditions.append(f"s.{name} <= {statement.put(query.end)[0]}")
    return conditions


def _where(conditions: Sequence[str]) -> str:
    return f"WHERE {' AND '.join(conditions)}" if conditions else ""
