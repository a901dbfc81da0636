"""Turns the tree of a `$filter` or `$orderby` into SQL over an entity set's rows.

Relations to one entity become LEFT JOINs of the statement. A comparison whose path runs through a relation to many
holds if it holds for any of them: it becomes an EXISTS of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.iot.sensorthings import expressions as tree
from onecity.platform.iot.sensorthings.comparing import calculated, compared
from onecity.platform.iot.sensorthings.entities import SETS, EntitySet, Kind, Property, Relation
from onecity.platform.iot.sensorthings.functions import FUNCTIONS, check_relation
from onecity.platform.iot.sensorthings.lexer import BadExpression
from onecity.platform.iot.sensorthings.sql import Holds, Parameters, Value, WrongType

MOST_PARTS: Final = 30
_CONSTANTS: Final[tuple[tuple[type | tuple[type, ...], Holds, str], ...]] = (
    (bool, "truth", "boolean"),
    ((int, float), "number", "double precision"),
    (str, "text", "text"),
    (datetime, "instant", "timestamptz"),
    (date, "date", "date"),
    (time, "clock", "time"),
    (timedelta, "duration", "interval"),
)
"""What constants hold, the narrower type before the wider."""
_LARGEST: Final = 2**63
_MOST_BITS: Final = 1000


class NoSuchProperty(Invalid):
    """A path to a property or relation that the entity does not have."""

    code = "iot.sensorthings_property"
    message = zh("没有这个属性或关联：{path}")


class NoSuchFunction(Invalid):
    """A function that the interface does not know, or one with a wrong number of arguments."""

    code = "iot.sensorthings_function"
    message = zh("没有这个函数，或参数个数不对：{name}")


@dataclass(slots=True)
class Names:
    """Gives out aliases, each once in a statement."""

    count: int = 0

    def next(self) -> str:
        """Return an alias that nobody has."""
        self.count += 1
        return f"e{self.count}"


@dataclass(slots=True)
class _Frame:
    """What a comparison over many entities is asked of."""

    rows: list[str] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    known: dict[tuple[str, ...], str] = field(default_factory=dict)


class Compiler:
    """Compiles expressions over the rows `alias` of `entities`. joins: what the statement's FROM needs besides."""

    def __init__(
        self,
        entities: EntitySet,
        alias: str,
        *,
        parameters: Parameters,
        names: Names,
        scoped: Callable[[EntitySet, str], str],
        now: datetime,
    ) -> None:
        self._entities, self._alias = entities, alias
        self._parameters, self._names, self._scoped, self._now = parameters, names, scoped, now
        self.joins: list[str] = []
        self._known: dict[tuple[str, ...], str] = {}
        self._frame: _Frame | None = None

    def truth(self, node: tree.Node) -> str:
        """Return SQL that says whether an expression holds.

        Raises: WrongType; NoSuchProperty; NoSuchFunction.
        """
        if isinstance(node, tree.Binary) and node.operator in {"and", "or"}:
            return f"({self.truth(node.left)} {node.operator.upper()} {self.truth(node.right)})"
        if isinstance(node, tree.Negation):
            return f"(NOT COALESCE({self.truth(node.operand)}, FALSE))"
        return self._of_any(lambda: self.value(node).truth().sql)

    def value(self, node: tree.Node) -> Value:
        """Return an expression's SQL.

        Raises: WrongType; NoSuchProperty; NoSuchFunction.
        """
        match node:
            case tree.Constant(value):
                found = self._constant(value)
            case tree.Path(parts):
                found = self._path(parts)
            case tree.Call(name, arguments):
                found = self._call(name, arguments)
            case tree.Binary(operator, left, right):
                found = self._binary(operator, left, right)
            case tree.Minus(operand):
                found = _negative(self.value(operand))
            case tree.Within(operand, choices):
                found = self._within(operand, choices)
            case tree.Negation():
                found = Value("truth", self.truth(node))
        return found

    def _binary(self, operator: str, left: tree.Node, right: tree.Node) -> Value:
        if operator in tree.COMPARISONS:
            return Value("truth", compared(operator, self.value(left), self.value(right)))
        if operator in {"and", "or"}:
            return Value("truth", f"({self.truth(left)} {operator.upper()} {self.truth(right)})")
        return calculated(operator, self.value(left), self.value(right))

    def _within(self, operand: tree.Node, choices: tuple[tree.Node, ...]) -> Value:
        value = self.value(operand)
        parts = [compared("eq", value, self.value(choice)) for choice in choices]
        return Value("truth", f"({' OR '.join(parts) or 'FALSE'})")

    def _call(self, name: str, arguments: tuple[tree.Node, ...]) -> Value:
        if name == "now" and not arguments:
            return Value("instant", self._parameters.add(self._now, "timestamptz"), nullable=False)
        fewest, most, make = FUNCTIONS.get(name, (0, -1, None))
        if make is None or not fewest <= len(arguments) <= most:
            raise NoSuchFunction(params={"name": name[:60]})
        if name == "st_relate":
            check_relation(arguments[2].value if isinstance(arguments[2], tree.Constant) else None)
        return make([self.value(argument) for argument in arguments])

    def _constant(self, value: tree.Plain) -> Value:
        add = self._parameters.add
        if value is None:
            return Value("null", "NULL")
        if isinstance(value, tree.Interval):
            return Value("instant", add(value.begin, "timestamptz"), until=add(value.end, "timestamptz"))
        if isinstance(value, tree.Geography):
            return Value("geometry", f"ST_GeomFromText({add(_storable(value.text), 'text')}, 4326)")
        if isinstance(value, int) and not isinstance(value, bool):
            return self._whole(value)
        for kind, holds, cast in _CONSTANTS:
            if isinstance(value, kind):
                return Value(holds, add(_storable(value) if isinstance(value, str) else value, cast))
        raise BadExpression(params={"text": str(value)[:40]})

    def _whole(self, value: int) -> Value:
        if abs(value) < _LARGEST:
            place = self._parameters.add(value, "bigint")
            return Value("number", f"{place}::double precision", whole=place)
        if value.bit_length() > _MOST_BITS:
            raise BadExpression(params={"text": str(value)[:40]})
        return Value("number", self._parameters.add(float(value), "double precision"))

    def _path(self, parts: tuple[str, ...]) -> Value:
        if len(parts) > MOST_PARTS:
            raise BadExpression(params={"text": "/".join(parts)[:60]})
        entities, alias = self._entities, self._alias
        trail: tuple[str, ...] = ()
        rest = list(parts)
        while rest and (relation := entities.relation(rest[0])) is not None and rest[0] != "id":
            trail = (*trail, relation.name)
            alias = self._joined(entities, alias, relation, trail)
            entities = SETS[relation.target]
            rest.pop(0)
        if not rest:
            return _id_value(entities, alias, nullable=True)
        if rest[0] in {"id", "@iot.id"} and len(rest) == 1:
            return _id_value(entities, alias, nullable=alias != self._alias)
        found = entities.property(rest[0])
        if found is None:
            raise NoSuchProperty(params={"path": "/".join(parts)[:120]})
        return self._within_json(found, alias, rest[1:]) if rest[1:] else property_value(entities, found, alias)

    def _within_json(self, found: Property, alias: str, keys: list[str]) -> Value:
        if found.kind not in {Kind.JSON, Kind.PLACE, Kind.RESULT}:
            raise NoSuchProperty(params={"path": f"{found.name}/{keys[0]}"[:120]})
        way = self._parameters.add([_storable(key) for key in keys], "text[]")
        return Value("json", f"({found.sql.format(a=alias)} #> {way})")

    def _joined(self, entities: EntitySet, alias: str, relation: Relation, trail: tuple[str, ...]) -> str:
        """Return the alias of a relation's target, joined if it is not yet."""
        known = self._known.get(trail) or (self._frame and self._frame.known.get(trail))
        if known:
            return known
        other, target = self._names.next(), SETS[relation.target]
        match = relation.match.format(a=other, k=relation.key.format(a=alias))
        condition = f"{match} AND {self._scoped(target, other)}"
        rows = target.rows.format(a=other)
        inside = self._frame is not None and trail[:-1] in self._frame.known
        if relation.many:
            frame = self._frame = self._frame or _Frame()
            frame.rows.append(rows)
            frame.conditions.append(condition)
            frame.known[trail] = other
        elif inside and self._frame is not None:
            self._frame.rows.append(rows)
            self._frame.conditions.append(condition)
            self._frame.known[trail] = other
        else:
            self.joins.append(f"LEFT JOIN {_bracketed(rows)} ON {condition}")
            self._known[trail] = other
        return other

    def _of_any(self, make: Callable[[], str]) -> str:
        if self._frame is not None:
            return make()
        self._frame = _Frame()
        try:
            sql = make()
            frame = self._frame
        finally:
            self._frame = None
        if not frame.rows:
            return sql
        rows = " CROSS JOIN ".join(map(_bracketed, frame.rows))
        return f"EXISTS (SELECT FROM {rows} WHERE {' AND '.join([*frame.conditions, sql])})"


def _id_value(entities: EntitySet, alias: str, *, nullable: bool) -> Value:
    sql = entities.id.format(a=alias)
    return Value("number", f"({sql})::double precision", whole=sql, nullable=nullable)


def property_value(entities: EntitySet, found: Property, alias: str) -> Value:
    """Return a property's SQL and what it holds."""
    sql, beside = found.sql.format(a=alias), found.beside.format(a=alias)
    match found.kind:
        case Kind.TEXT:
            return Value("text", sql, nullable=False)
        case Kind.JSON:
            return Value("json", sql)
        case Kind.PLACE:
            return Value("json", sql, geometry=beside)
        case Kind.RESULT:
            return Value("json", sql, number=beside)
        case Kind.INSTANT:
            return Value("instant", sql, nullable=not found.required)
        case Kind.PERIOD:
            column = f"{alias}.phenomenon_at"
            bound = column if entities.name == "Observations" and found.name == "phenomenonTime" else ""
            return Value("instant", sql, until=beside, bound=bound)


def _bracketed(rows: str) -> str:
    return f"({rows})" if " JOIN " in rows else rows


def _negative(value: Value) -> Value:
    if value.holds == "duration":
        return Value("duration", f"(-{value.sql})")
    return Value("number", f"(-{value.real().sql})")


def _storable(text: str) -> str:
    if "\0" in text:
        raise WrongType(params={"text": "\\0"})
    return text
