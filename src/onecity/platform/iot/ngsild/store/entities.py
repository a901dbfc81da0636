"""Writing entities: one transaction for a request, in which history and notifications are written too."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import asyncpg
import orjson

from onecity.platform.identity.api import scope_sql
from onecity.platform.iot.ngsild.rules import changes
from onecity.platform.iot.ngsild.rules.attributes import MAIN
from onecity.platform.iot.ngsild.rules.entities import Entity
from onecity.platform.iot.ngsild.rules.problems import Problem, ResourceNotFound
from onecity.platform.iot.ngsild.store.rows import COLUMNS, Caller, entity_of, instant_of

MOST_NUMBERS: Final = 200
_LOCK: Final = f"""
    SELECT {COLUMNS} FROM iot_ngsi_entity e
    WHERE e.tenant = $1 AND e.uri = ANY($2) AND {scope_sql(first=3)} ORDER BY e.uri FOR UPDATE
"""
_TAKEN: Final = "SELECT uri FROM iot_ngsi_entity WHERE tenant = $1 AND uri = ANY($2)"
_INSERT: Final = """
    INSERT INTO iot_ngsi_entity
        (tenant, uri, types, scopes, attributes, content, organisation_id, division_code, created_at, modified_at)
    VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, '', $8, $9) ON CONFLICT (tenant, uri) DO NOTHING RETURNING id
"""
_UPDATE: Final = """
    UPDATE iot_ngsi_entity SET types = $2, scopes = $3, attributes = $4, content = $5::jsonb, modified_at = $6,
        created_at = $7 WHERE id = $1
"""
_DELETE: Final = "DELETE FROM iot_ngsi_entity WHERE id = ANY($1)"
_FORGET: Final = (
    "DELETE FROM iot_ngsi_value WHERE entity_id = ANY($1)",
    "DELETE FROM iot_ngsi_place WHERE entity_id = ANY($1)",
)
_NUMBERS: Final = """
    INSERT INTO iot_ngsi_value (entity_id, attribute, number, several) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
"""
_PLACES: Final = """
    INSERT INTO iot_ngsi_place (entity_id, attribute, place)
    VALUES ($1, $2, ST_MakeValid(ST_SetSRID(ST_GeomFromGeoJSON($3), 4326)))
"""
_TENANT: Final = "INSERT INTO iot_ngsi_tenant (name, created_at) VALUES ($1, $2) ON CONFLICT DO NOTHING"


@dataclass(slots=True)
class Changed:
    """An entity before and after a change; None: it was not there, or is gone."""

    before: Entity | None
    after: Entity | None

    @property
    def uri(self) -> str:
        """Return the identifier."""
        entity = self.after or self.before
        assert entity is not None
        return entity.uri


@dataclass(slots=True)
class Outcome:
    """What became of several entities: which succeeded, and the problem of each that did not."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    problems: dict[str, Problem] = field(default_factory=dict)
    changed: list[Changed] = field(default_factory=list)


Change = Callable[[Entity], None]


class EntityWriter:
    """Writes entities on one connection, within its caller's transaction."""

    def __init__(self, connection: asyncpg.Connection, caller: Caller, *, now: str) -> None:
        self._connection, self._caller, self._now = connection, caller, now
        self._locked: dict[str, tuple[int, Entity]] = {}

    async def lock(self, uris: Iterable[str]) -> dict[str, Entity]:
        """Return those of these entities that are there and may be changed, locked; in one order for all writers."""
        rows = await self._connection.fetch(
            _LOCK, self._caller.tenant, sorted(set(uris)), *self._caller.changes.parameters()
        )
        self._locked.update({row["uri"]: (row["id"], entity_of(row)) for row in rows})
        return {row["uri"]: self._locked[row["uri"]][1] for row in rows}

    async def taken(self, uris: Sequence[str]) -> set[str]:
        """Return those of these identifiers that are used, also where the caller may not see them."""
        rows = await self._connection.fetch(_TAKEN, self._caller.tenant, list(uris))
        return {row["uri"] for row in rows}

    async def create(self, entity: Entity) -> Changed | None:
        """Keep a new entity; None if one with its identifier is there already."""
        changes.stamp_new(entity, now=self._now)
        if self._caller.tenant:
            await self._connection.execute(_TENANT, self._caller.tenant, instant_of(self._now))
        number = await self._connection.fetchval(
            _INSERT, self._caller.tenant, entity.uri, entity.types, entity.scopes, list(entity.attributes),
            orjson.dumps(entity.attributes).decode(), self._caller.organisation_id, instant_of(entity.created_at),
            instant_of(entity.modified_at),
        )  # fmt: skip
        if number is None:
            return None
        await self._index(number, entity)
        return Changed(None, entity)

    async def change(self, uri: str, change: Change) -> Changed:
        """Change an entity that was locked before.

        Raises: ResourceNotFound, and what `change` raises; then nothing is written.
        """
        number, entity = self._of(uri)
        after = Entity(
            entity.uri, list(entity.types), changes.copied(entity.attributes), list(entity.scopes),
            entity.created_at, entity.modified_at,
        )  # fmt: skip
        change(after)
        await self._connection.execute(
            _UPDATE, number, after.types, after.scopes, list(after.attributes),
            orjson.dumps(after.attributes).decode(), instant_of(after.modified_at), instant_of(after.created_at),
        )  # fmt: skip
        if _facts(entity) != _facts(after):
            for statement in _FORGET:
                await self._connection.execute(statement, [number])
            await self._index(number, after)
        self._locked[uri] = (number, after)
        return Changed(entity, after)

    async def delete(self, uri: str) -> Changed:
        """Take away an entity that was locked before.

        Raises: ResourceNotFound.
        """
        number, entity = self._of(uri)
        for statement in (*_FORGET, _DELETE):
            await self._connection.execute(statement, [number])
        del self._locked[uri]
        return Changed(entity, None)

    def _of(self, uri: str) -> tuple[int, Entity]:
        if uri not in self._locked:
            raise ResourceNotFound(f"no entity {uri}")
        return self._locked[uri]

    async def _index(self, number: int, entity: Entity) -> None:
        numbers, places = _facts(entity)
        if numbers:
            often = Counter(iri for iri, _ in numbers)
            rows = [(number, iri, value, often[iri] > 1) for iri, value in sorted(numbers)]
            await self._connection.executemany(_NUMBERS, rows)
        if places:
            await self._connection.executemany(_PLACES, [(number, *item) for item in places])


def _facts(entity: Entity) -> tuple[set[tuple[str, float]], list[tuple[str, str]]]:
    """Return the numbers and the geometries that an entity's attributes say."""
    numbers: set[tuple[str, float]] = set()
    places = []
    for iri, instances in entity.attributes.items():
        for instance in instances:
            value = instance.get(MAIN[instance["type"]])
            if instance["type"] == "GeoProperty":
                places.append((iri, orjson.dumps(value).decode()))
            else:
                numbers.update((iri, number) for number in _numbers(value))
    return numbers, places


def _numbers(value: Any) -> list[float]:
    items = value[:MOST_NUMBERS] if isinstance(value, list) else [value]
    return [float(item) for item in items if isinstance(item, int | float) and not isinstance(item, bool)]
