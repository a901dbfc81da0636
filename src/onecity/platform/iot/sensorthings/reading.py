"""One statement for each request: a page of entities with everything that is expanded in it.

SELECT entity JSON, keys FROM rows LEFT JOIN what filters need WHERE path AND scope AND filter ORDER BY … LIMIT n+1
            └─ expanded relations: subselects that gather JSON, correlated with the row
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from onecity.platform.identity.api import RowScope
from onecity.platform.iot.sensorthings import expressions as tree
from onecity.platform.iot.sensorthings.compiling import Compiler, Names, NoSuchProperty
from onecity.platform.iot.sensorthings.entities import SETS, EntitySet, Relation
from onecity.platform.iot.sensorthings.options import Expand, Options
from onecity.platform.iot.sensorthings.paging import Key, after, sort_keys
from onecity.platform.iot.sensorthings.shaping import entity, members, row_sql
from onecity.platform.iot.sensorthings.sight import Sight
from onecity.platform.iot.sensorthings.sql import Parameters

COUNTED_UP_TO = 1_000_000


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with its parameters. keys: what the page is sorted by. components: of a data array."""

    sql: str
    values: Sequence[object]
    keys: tuple[Key, ...] = ()
    components: tuple[str, ...] = ()


class Reader:
    """Builds statements for one request. base: the service's address, ending in a slash."""

    def __init__(self, *, scope: RowScope, base: str, now: datetime) -> None:
        self._base_text, self._now = base, now
        self._parameters = Parameters()
        self._sight = Sight(scope, self._parameters)
        self._names = Names()
        self._base_place = ""

    def page(self, entities: EntitySet, *, relation: Relation | None, key: int | None, options: Options) -> Statement:
        """Return the statement of a page: columns are the JSON, then the sort keys; one row more than the page holds.

        relation, key: by which the entities are found; None for the whole set.
        """
        alias = self._names.next()
        conditions = [self._sight.of(entities, alias), *self._reached(relation, alias, key)]
        compiler = self._compiler(entities, alias)
        if options.filter is not None:
            conditions.append(compiler.truth(options.filter))
        keys = sort_keys(entities, alias, options.order, compiler)
        if options.token:
            conditions += after(keys, options.token, self._parameters)
        components: list[str] = []
        if options.data_array:
            components, shown = row_sql(entities, alias, select=options.select)
        else:
            shown = self._entity(entities, alias, options)
        columns = [f"{shown} AS j", *(f"{item.sql} AS k{place}" for place, item in enumerate(keys))]
        if options.data_array:
            columns.append(f"{alias}.datastream_id AS stream")
        skip = 0 if options.token else options.skip
        sql = (
            f"SELECT {', '.join(columns)} FROM {' '.join([entities.rows.format(a=alias), *compiler.joins])}"
            f" WHERE {' AND '.join(conditions)} ORDER BY {_order(keys)}"
            f" LIMIT {options.size + 1:d} OFFSET {skip:d}"
        )
        return Statement(sql, self._parameters.values, keys, tuple(components))

    def count(self, entities: EntitySet, *, relation: Relation | None, key: int | None, options: Options) -> Statement:
        """Return the statement that counts what a collection holds, at most `COUNTED_UP_TO` and one."""
        alias = self._names.next()
        inner = self._counted(entities, alias, self._reached(relation, alias, key), options.filter)
        return Statement(f"SELECT count(*) FROM ({inner} LIMIT {COUNTED_UP_TO + 1}) c", self._parameters.values)

    def single(self, entities: EntitySet, *, key: int, options: Options) -> Statement:
        """Return the statement of one entity."""
        alias = self._names.next()
        found = entities.by_id.format(a=alias, k=self._parameters.add(key, "bigint"))
        shown = self._entity(entities, alias, options)
        condition = f"{found} AND {self._sight.of(entities, alias)}"
        return Statement(
            f"SELECT {shown} AS j FROM {entities.rows.format(a=alias)} WHERE {condition} LIMIT 1",
            self._parameters.values,
        )

    def _base(self) -> str:
        """Return SQL of the service's address; a parameter only where it is used."""
        if not self._base_place:
            self._base_place = self._parameters.add(self._base_text, "text")
        return self._base_place

    def _reached(self, relation: Relation | None, alias: str, key: int | None) -> list[str]:
        if relation is None:
            return []
        return [relation.match.format(a=alias, k=self._parameters.add(key, "bigint"))]

    def _counted(self, entities: EntitySet, alias: str, reached: list[str], wanted: tree.Node | None) -> str:
        conditions = [self._sight.of(entities, alias), *reached]
        compiler = self._compiler(entities, alias)
        if wanted is not None:
            conditions.append(compiler.truth(wanted))
        rows = " ".join([entities.rows.format(a=alias), *compiler.joins])
        return f"SELECT 1 FROM {rows} WHERE {' AND '.join(conditions)}"

    def _compiler(self, entities: EntitySet, alias: str) -> Compiler:
        return Compiler(
            entities,
            alias,
            parameters=self._parameters,
            names=self._names,
            scoped=self._sight.of,
            now=self._now,
        )

    def _entity(self, entities: EntitySet, alias: str, options: Options) -> str:
        parts = members(entities, alias, options=options, base=self._base)
        return entity([*parts, *(self._expanded(entities, alias, item) for item in options.expand)])

    def _expanded(self, entities: EntitySet, alias: str, expand: Expand) -> str:
        relation = next((item for item in entities.relations if item.name == expand.relation), None)
        if relation is None:
            raise NoSuchProperty(params={"path": expand.relation[:120]})
        if not relation.many:
            target, other = SETS[relation.target], self._names.next()
            match = relation.match.format(a=other, k=relation.key.format(a=alias))
            shown = self._entity(target, other, expand.options)
            condition = f"{match} AND {self._sight.of(target, other)}"
            inner = f"SELECT {shown} FROM {target.rows.format(a=other)} WHERE {condition} LIMIT 1"
            return f"concat(',\"{relation.name}\":', COALESCE(({inner}), 'null'))"
        return self._gathered(entities, alias, relation, expand.options)

    def _gathered(self, entities: EntitySet, alias: str, relation: Relation, options: Options) -> str:
        """Return SQL of an expanded collection: its entities, its count if asked for, a link to what does not fit."""
        target, other = SETS[relation.target], self._names.next()
        key = relation.key.format(a=alias)
        conditions = [relation.match.format(a=other, k=key), self._sight.of(target, other)]
        compiler = self._compiler(target, other)
        if options.filter is not None:
            conditions.append(compiler.truth(options.filter))
        keys = sort_keys(target, other, options.order, compiler)
        shown = self._entity(target, other, options)
        size = f"{options.size:d}"  # a number of ours, no text: plans know how few rows are wanted
        rows = " ".join([target.rows.format(a=other), *compiler.joins])
        inner = (
            f"SELECT {shown} AS j FROM {rows} WHERE {' AND '.join(conditions)} ORDER BY {_order(keys)}"
            f" LIMIT {options.size + 1:d} OFFSET {options.skip:d}"
        )
        link = "NULL"
        if options.size:
            more = self._parameters.add(next_query(options), "text")
            owner = f"{self._base()}, '{entities.name}(', {entities.id.format(a=alias)}, ')/{relation.name}'"
            link = (
                f"CASE WHEN count(*) > {size}"
                f" THEN concat(',\"{relation.name}@iot.nextLink\":', to_json(concat({owner}, {more}))) END"
            )
        counted = self._count_member(relation, key, options) if options.count else "NULL"
        return (
            f"(SELECT concat({counted}, ',\"{relation.name}\":[', string_agg(q.j, ',' ORDER BY q.n)"
            f" FILTER (WHERE q.n <= {size}), ']', {link})"
            f" FROM (SELECT row_number() OVER () AS n, z.j FROM ({inner}) z) q)"
        )

    def _count_member(self, relation: Relation, key: str, options: Options) -> str:
        target, alias = SETS[relation.target], self._names.next()
        rows = self._counted(target, alias, [relation.match.format(a=alias, k=key)], options.filter)
        return f"concat(',\"{relation.name}@iot.count\":', (SELECT count(*) FROM ({rows}) c))"


def next_query(options: Options) -> str:
    """Return the query of the page that follows: `?$top=…&$skip=…` and whatever else was asked for."""
    texts = {name: text for name, text in options.texts if name not in {"$skip", "$skiptoken"}}
    texts["$top"] = str(options.size)
    texts["$skip"] = str(options.skip + options.size)
    return "?" + "&".join(f"{name}={quote(text, safe=_UNQUOTED)}" for name, text in texts.items())


_UNQUOTED = "()$,/:;'=@*"


def _order(keys: Sequence[Key]) -> str:
    return ", ".join(item.order for item in keys)
