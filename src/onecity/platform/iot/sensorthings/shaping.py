"""The JSON of entities, as SQL texts: PostgreSQL writes it, Python only passes it on."""

from collections.abc import Callable, Sequence

from onecity.platform.iot.sensorthings.compiling import NoSuchProperty
from onecity.platform.iot.sensorthings.entities import EntitySet, Kind, Property
from onecity.platform.iot.sensorthings.options import Options

_MILLIS, _MICROS = """'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'""", """'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'"""
CONTROL = ("id", "@iot.id", "selfLink", "@iot.selfLink")


def members(entities: EntitySet, alias: str, *, options: Options, base: Callable[[], str]) -> list[str]:
    """Return SQL texts, each a member with a comma before it or NULL.

    base: gives SQL of the service's address with a slash.
    Raises: NoSuchProperty for a `$select` of what is not there.
    """
    chosen, expanded = set(options.select), {item.relation for item in options.expand}
    _check(entities, chosen)
    number = entities.id.format(a=alias)
    found = []
    if not chosen or chosen & {"id", "@iot.id"}:
        found.append(f"concat(',\"@iot.id\":', {number})")
    if not chosen or chosen & set(CONTROL):
        found.append(f'concat(\',"@iot.selfLink":"\', {_link(entities, number, base)}"\')')
    for item in entities.properties:
        if not chosen or item.name in chosen:
            found.append(_member(item, alias))
    for relation in entities.relations:
        if relation.name in chosen or (not chosen and relation.name not in expanded):
            link = _link(entities, number, base)
            found.append(f'concat(\',"{relation.name}@iot.navigationLink":"\', {link}/{relation.name}"\')')
    return found


def _link(entities: EntitySet, number: str, base: Callable[[], str]) -> str:
    """Return the beginning of SQL arguments for an entity's address; the text that follows it ends the quote."""
    return f"{base()}, '{entities.name}(', {number}, ')"


def entity(parts: Sequence[str]) -> str:
    """Return SQL of an object of these members."""
    groups = [", ".join(parts[begin : begin + 50]) for begin in range(0, len(parts), 50)]
    whole = " || ".join(f"concat({group})" for group in groups) or "''"
    return f"'{{' || substr({whole}, 2) || '}}'"


def value_sql(item: Property, alias: str) -> str:
    """Return SQL of a property's JSON text; NULL where it has no value."""
    sql, beside = item.sql.format(a=alias), item.beside.format(a=alias)
    match item.kind:
        case Kind.TEXT:
            return f"to_json({sql})::text"
        case Kind.JSON | Kind.PLACE | Kind.RESULT:
            return f"({sql})::text"
        case Kind.INSTANT:
            return f"'\"' || {_time(sql)} || '\"'"
        case Kind.PERIOD:
            return f"'\"' || {_time(sql)} || concat('/' || {_time(beside)}, '\"')"


def _time(sql: str) -> str:
    """Return SQL that writes an instant as `times.written` does.

    No function of the database's own: one that is not inlined costs ten times as much.
    """
    if sql.startswith("(SELECT"):  # asked once, not for each place at which it stands
        return f"(SELECT {_time('v.at')} FROM (SELECT {sql} AS at OFFSET 0) v)"
    exact = f"date_trunc('milliseconds', {sql}) = {sql}"
    return f"to_char({sql} AT TIME ZONE 'UTC', CASE WHEN {exact} THEN {_MILLIS} ELSE {_MICROS} END)"


def row_sql(entities: EntitySet, alias: str, *, select: Sequence[str]) -> tuple[list[str], str]:
    """Return the components of a data array and SQL of one row of it.

    Raises: NoSuchProperty.
    Source: OGC 18-088, 12.1 (data array extension).
    """
    _check(entities, set(select))
    names = ["id", *(item.name for item in entities.properties)]
    chosen = [name for name in names if not select or name in select or (name == "id" and "@iot.id" in select)]
    parts = []
    for name in chosen:
        item = entities.property(name)
        parts.append(f"COALESCE({value_sql(item, alias)}, 'null')" if item else f"{entities.id.format(a=alias)}::text")
    return chosen, "'[' || concat_ws(','" + "".join(f", {part}" for part in parts) + ") || ']'"


def _member(item: Property, alias: str) -> str:
    value = value_sql(item, alias)
    if item.shown_null:
        value = f"COALESCE({value}, 'null')"
    return f"',\"{item.name}\":' || {value}"


def _check(entities: EntitySet, chosen: set[str]) -> None:
    for name in sorted(chosen):
        if name not in CONTROL and not entities.property(name) and not entities.relation(name):
            raise NoSuchProperty(params={"path": name[:120]})
