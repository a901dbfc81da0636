"""One request of SensorThings: GET, POST, PATCH, PUT, DELETE of a resource path.

The same methods serve single requests, the parts of a batch and messages of MQTT.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

import asyncpg
import orjson

from onecity.kernel import clock
from onecity.kernel.errors import Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.iot.sensorthings.access import Visitor
from onecity.platform.iot.sensorthings.clerks import Clerks
from onecity.platform.iot.sensorthings.entities import NoSuchPath
from onecity.platform.iot.sensorthings.observing.arrays import create_observations
from onecity.platform.iot.sensorthings.observing.single import Observing
from onecity.platform.iot.sensorthings.options import Options
from onecity.platform.iot.sensorthings.paths import ResourcePath, path_of
from onecity.platform.iot.sensorthings.serving import Reading, answer, entity_text, json_of, key_of
from onecity.platform.iot.sensorthings.writing.desk import Desk
from onecity.platform.iot.sensorthings.writing.desks import change, make, remove
from onecity.platform.iot.sensorthings.writing.patching import patched
from onecity.web.hot import HotResponse

JSON_PATCH: Final = "application/json-patch+json"
_JSON: Final = "application/json; charset=utf-8"
Done = TypeVar("Done")


class NotJson(Invalid):
    """A body that is no JSON."""

    code = "iot.sensorthings_json"
    message = zh("请求正文不是有效的 JSON")


@dataclass(slots=True)
class Service:
    """What a request is answered with. read, write: the visitor's rows; write is None while only reading.

    base: the service's address with a slash. touched: entities made and changed, for who listens.
    """

    pool: asyncpg.Pool
    clerks: Clerks
    observing: Observing
    read: Visitor
    write: Visitor | None
    base: str
    touched: list[tuple[str, int]] = field(default_factory=list)

    async def get(self, path: str, query: Mapping[str, str]) -> HotResponse:
        """Answer a GET."""
        return await answer(self._reading(), path, query)

    async def post(self, path_text: str, body: bytes) -> HotResponse:
        """Make an entity, in the collection that the path names; or observations from data arrays.

        Source: OGC 18-088, 10.2 (create an entity), 12.2 (data array).
        """
        told = json(body)
        if path_text.strip("/") == "CreateObservations":
            return await create_observations(self, told)
        path = path_of(path_text)
        if path.names or path.ending or not path.last.many:
            raise NoSuchPath(params={"path": path.text[:120]})
        given = self._plainly(path) or await self._given(path)
        if path.last.entities.name == "Observations" and self.observing.takes(told, given):
            return await self.observing.post(self, told, given)
        number = await self._work(lambda desk: make(desk, path.last.entities.name, told, given=given))
        link = f"{self.base}{path.last.entities.name}({number})"
        found = await self._reading().fetch(
            self._reading().reader().single(path.last.entities, key=number, options=Options())
        )
        shown = str(found[0]["j"]) if found else "{}"
        return HotResponse(shown.encode(), status=201, content_type=_JSON, headers={"location": link})

    async def patch(self, path_text: str, body: bytes, *, content_type: str) -> HotResponse:
        """Change an entity by what is told of it, or by operations of a JSON Patch.

        Source: OGC 18-088, 10.3 (update an entity).
        """
        path, number = await self._one(path_text)
        told = json(body)
        if content_type.partition(";")[0].strip().lower() == JSON_PATCH:
            told = await self._patched(path, told)
        await self._work(lambda desk: change(desk, path.last.entities.name, number, told, replace=False))
        return await self._shown(path, number)

    async def put(self, path_text: str, body: bytes) -> HotResponse:
        """Replace an entity; its id and relations stay."""
        path, number = await self._one(path_text)
        told = json(body)
        await self._work(lambda desk: change(desk, path.last.entities.name, number, told, replace=True))
        return await self._shown(path, number)

    async def delete(self, path_text: str) -> HotResponse:
        """Delete an entity and what cannot be without it."""
        path, number = await self._one(path_text)
        await self._work(lambda desk: remove(desk, path.last.entities.name, number))
        return HotResponse(status=200, content_type=_JSON)

    def writer(self) -> Visitor:
        """Return who writes; a service that was opened for reading has none."""
        assert self.write is not None
        return self.write

    async def _work(self, work: Callable[[Desk], Done]) -> Done:
        writer = self.writer()
        desk = desk_of(writer)
        done = await self.clerks.run(lambda: work(desk))
        self.touched += desk.touched
        return done

    def _plainly(self, path: ResourcePath) -> dict[str, int]:
        """Return what `Datastreams(1)/Observations` gives without asking: the Datastream is looked up anyway."""
        first = path.steps[0]
        plain = len(path.steps) == 2 and first.entities.name == "Datastreams"
        if plain and first.id is not None and path.last.entities.name == "Observations":
            return {"Datastream": first.id}
        return {}

    async def _given(self, path: ResourcePath) -> dict[str, int]:
        """Return the relations that follow from where an entity is posted: `Things(1)/Datastreams` gives its Thing."""
        if path.last.relation is None:
            return {}
        key = await key_of(self._reading(), path.steps, path)
        before = path.steps[-2].entities
        back = next(item for item in path.last.entities.relations if item.target == before.name)
        return {back.name: key}

    async def _one(self, path_text: str) -> tuple[ResourcePath, int]:
        path = path_of(path_text)
        if path.names or path.ending or path.last.many:
            raise NoSuchPath(params={"path": path.text[:120]})
        if len(path.steps) > 1:
            return path, await key_of(self._reading(), path.steps, path)
        assert path.last.id is not None
        return path, path.last.id

    async def _patched(self, path: ResourcePath, operations: object) -> dict[str, object]:
        names = tuple(item.name for item in path.last.entities.properties)
        before = json_of(await entity_text(self._reading(), path, Options(select=names)))
        after = patched(before, operations)
        changed = {name: value for name, value in after.items() if before.get(name) != value or name not in before}
        gone = {name: None for name in before if name not in after}
        return {**changed, **gone}

    async def _shown(self, path: ResourcePath, number: int) -> HotResponse:
        statement = self._reading().reader().single(path.last.entities, key=number, options=Options())
        rows = await self._reading().fetch(statement)
        if not rows:
            raise NotFound
        return HotResponse(str(rows[0]["j"]).encode(), content_type=_JSON)

    def _reading(self) -> Reading:
        return Reading(self.pool, self.read.scope, self.base, clock.city_now())


def desk_of(writer: Visitor) -> Desk:
    """Return the desk of one request's changes."""
    now = clock.city_now()
    exact = now.replace(microsecond=now.microsecond // 1000 * 1000)
    return Desk(writer.actor, writer.scope, writer.organisation_id, writer.division_code, exact)


def json(body: bytes) -> object:
    """Return a body as JSON.

    Raises: NotJson.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise NotJson from None
