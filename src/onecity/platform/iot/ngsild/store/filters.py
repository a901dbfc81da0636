"""Queries as SQL: parameters only, and indexed conditions beside those that decide."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, assert_never

from onecity.platform.iot.ngsild.rules import moments
from onecity.platform.iot.ngsild.rules.geometry import LOCATION, GeoQuery
from onecity.platform.iot.ngsild.rules.names import NGSI
from onecity.platform.iot.ngsild.rules.paths import json_path
from onecity.platform.iot.ngsild.rules.problems import BadRequestData
from onecity.platform.iot.ngsild.rules.queries import All, Between, Compares, Either, Exists, Leaf, Node, OneOf
from onecity.platform.iot.ngsild.rules.selections import Every, One, Selection, Some, scope_pattern

_COLUMNS: Final = {f"{NGSI}createdAt": "e.created_at", f"{NGSI}modifiedAt": "e.modified_at"}
_RELATIONS: Final = {
    "within": "ST_Within({place}, {shape})",
    "contains": "ST_Contains({place}, {shape})",
    "intersects": "ST_Intersects({place}, {shape})",
    "equals": "ST_Equals({place}, {shape})",
    "overlaps": "ST_Overlaps({place}, {shape})",
    "disjoint": "NOT ST_Intersects({place}, {shape})",
}


@dataclass(slots=True)
class Parameters:
    """The values of a statement, in the order of their numbers."""

    values: list[object] = field(default_factory=list)

    def add(self, value: object, kind: str) -> str:
        """Return the place that stands for a value of an SQL type."""
        self.values.append(value)
        return f"${len(self.values)}::{kind}"


def types_sql(selection: Selection, parameters: Parameters) -> str:
    """Return the condition on `e.types`."""
    match selection:
        case One(name):
            return f"e.types @> {parameters.add([name], 'text[]')}"
        case Every(parts):
            return "(" + " AND ".join(types_sql(part, parameters) for part in parts) + ")"
        case Some(parts):
            plain = [part.name for part in parts if isinstance(part, One)]
            found = [types_sql(part, parameters) for part in parts if not isinstance(part, One)]
            if plain:
                found.append(f"e.types && {parameters.add(plain, 'text[]')}")
            return "(" + " OR ".join(found) + ")"
        case _:
            assert_never(selection)


def scopes_sql(selection: Selection, parameters: Parameters) -> str:
    """Return the condition on `e.scopes`."""
    match selection:
        case One(name):
            pattern = parameters.add(scope_pattern(name), "text")
            return f"EXISTS (SELECT FROM unnest(e.scopes) AS one(scope) WHERE one.scope ~ {pattern})"
        case Every(parts):
            return "(" + " AND ".join(scopes_sql(part, parameters) for part in parts) + ")"
        case Some(parts):
            return "(" + " OR ".join(scopes_sql(part, parameters) for part in parts) + ")"
        case _:
            assert_never(selection)


def query_sql(node: Node, parameters: Parameters) -> str:
    """Return the condition on `e.content`."""
    match node:
        case All(parts):
            return "(" + " AND ".join(query_sql(part, parameters) for part in parts) + ")"
        case Either(parts):
            return "(" + " OR ".join(query_sql(part, parameters) for part in parts) + ")"
        case _:
            return _leaf_sql(node, parameters)


def helped_by(node: Node, parameters: Parameters) -> list[str]:
    """Return conditions that follow from a query and that the index of numbers answers.

    All limits of an attribute are held against one number; where an attribute says several, each limit may hold of
    another, so such entities are always looked at.
    """
    leaves = node.parts if isinstance(node, All) else (node,)
    bounds: dict[str, list[tuple[str, float]]] = {}
    for leaf in leaves:
        found = _bounds(leaf)
        if found:
            bounds.setdefault(found[0], []).extend(found[1])
    return [_numbers_sql(iri, limits, parameters) for iri, limits in bounds.items()]


def _numbers_sql(iri: str, limits: Sequence[tuple[str, float]], parameters: Parameters) -> str:
    attribute = parameters.add(iri, "text")
    held = " AND ".join(f"v.number {operator} {parameters.add(number, 'float8')}" for operator, number in limits)
    one = f"SELECT v.entity_id FROM iot_ngsi_value v WHERE v.attribute = {attribute} AND {held}"
    others = f"SELECT v.entity_id FROM iot_ngsi_value v WHERE v.attribute = {attribute} AND v.several"
    return f"e.id IN ({one} UNION ALL {others})"


def place_sql(query: GeoQuery, parameters: Parameters) -> str:
    """Return the condition on where an entity is."""
    near = place_condition(query, "p.place", parameters)
    attribute = parameters.add(query.attribute, "text")
    return f"e.id IN (SELECT p.entity_id FROM iot_ngsi_place p WHERE p.attribute = {attribute} AND {near})"


def device_place_sql(query: GeoQuery, parameters: Parameters) -> str:
    """Return the condition on where a device of the city is."""
    if query.attribute != LOCATION:
        return "false"
    return f"(d.location IS NOT NULL AND {place_condition(query, 'd.location', parameters)})"


def place_condition(query: GeoQuery, place: str, parameters: Parameters) -> str:
    """Return the condition on one geometry, given as SQL."""
    shape = f"ST_MakeValid(ST_GeomFromGeoJSON({parameters.add(query.geometry, 'text')}))"
    if query.relation != "near":
        return _RELATIONS[query.relation].format(place=place, shape=shape)
    if query.farthest is not None:
        distance = parameters.add(query.farthest, "float8")
        return f"ST_DWithin({place}::geography, {shape}::geography, {distance})"
    distance = parameters.add(query.nearest, "float8")
    return f"ST_Distance({place}::geography, {shape}::geography) >= {distance}"


def _leaf_sql(leaf: Leaf, parameters: Parameters) -> str:
    column = _COLUMNS.get(leaf.path.chain[0]) if len(leaf.path.chain) == 1 else None
    if column:
        return _column_sql(leaf, column, parameters)
    if isinstance(leaf, Exists) and len(leaf.path.chain) == 1 and not leaf.path.inside:
        return f"e.attributes @> {parameters.add([leaf.path.chain[0]], 'text[]')}"
    path = f"{parameters.add(json_path(leaf), 'text')}::jsonpath"
    # Only equality is found by the index of the attributes. For anything else the operator would let a plan for
    # unknown values walk the whole index, so the function asks, which no index answers.
    return f"e.content @? {path}" if _is_equality(leaf) else f"jsonb_path_exists(e.content, {path}, silent => true)"


def _is_equality(leaf: Leaf) -> bool:
    if isinstance(leaf, OneOf):
        return not leaf.negated
    return isinstance(leaf, Compares) and leaf.operator == "=="


def _column_sql(leaf: Leaf, column: str, parameters: Parameters) -> str:
    if isinstance(leaf, Exists):
        return "true"
    if isinstance(leaf, Compares) and leaf.literal.kind == "instant":
        operator = {"==": "=", "!=": "<>"}.get(leaf.operator, leaf.operator)
        moment = moments.instant(leaf.literal.text, where="q")
        return f"{column} {operator} {parameters.add(moment, 'timestamptz')}"
    if isinstance(leaf, Between) and leaf.low.kind == "instant":
        low, high = (moments.instant(item.text, where="q") for item in (leaf.low, leaf.high))
        inside = f"{column} BETWEEN {parameters.add(low, 'timestamptz')} AND {parameters.add(high, 'timestamptz')}"
        return f"NOT ({inside})" if leaf.negated else inside
    raise BadRequestData("q: createdAt and modifiedAt are compared with a date and time")


def _bounds(leaf: Node) -> tuple[str, list[tuple[str, float]]] | None:
    """Return an attribute and the limits of its number, where a condition says so."""
    if not isinstance(leaf, Compares | Between | OneOf) or len(leaf.path.chain) != 1 or leaf.path.inside:
        return None
    if isinstance(leaf, Compares) and leaf.literal.kind == "number" and leaf.operator != "!=":
        return leaf.path.chain[0], [(leaf.operator.replace("==", "="), float(leaf.literal.text))]
    if isinstance(leaf, Between) and leaf.low.kind == "number" and not leaf.negated:
        return leaf.path.chain[0], [(">=", float(leaf.low.text)), ("<=", float(leaf.high.text))]
    return None
