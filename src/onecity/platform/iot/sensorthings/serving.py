"""Answers to GET: resolves the path, asks one statement, wraps what comes back."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import asyncpg
import orjson

from onecity.kernel.errors import Invalid, NotFound, Unavailable
from onecity.kernel.text import zh
from onecity.platform.identity.api import RowScope
from onecity.platform.iot.sensorthings.compiling import NoSuchProperty
from onecity.platform.iot.sensorthings.entities import SETS, NoSuchPath
from onecity.platform.iot.sensorthings.lexer import BadExpression
from onecity.platform.iot.sensorthings.options import Options, options_of
from onecity.platform.iot.sensorthings.paging import token
from onecity.platform.iot.sensorthings.paths import ResourcePath, Step, path_of
from onecity.platform.iot.sensorthings.reading import COUNTED_UP_TO, Reader, Statement, next_query
from onecity.platform.iot.sensorthings.resolving import resolved
from onecity.platform.iot.sensorthings.root import service_root
from onecity.web.hot import HotResponse

PATIENCE_S: Final = 30.0
_ESTIMATE: Final = """
    SELECT COALESCE(sum(greatest(c.reltuples, 0)), 0)::bigint FROM pg_partition_tree('iot_observation') t
    JOIN pg_class c ON c.oid = t.relid WHERE t.isleaf
"""
_TEXT: Final = "text/plain; charset=utf-8"


class Unanswerable(Invalid):
    """PostgreSQL refuses what a request asks for: a geometry that is none, a number out of range."""

    code = "iot.sensorthings_value"
    message = zh("查询中的取值无法处理：{text}")


@dataclass(frozen=True, slots=True)
class Reading:
    """For whom is read, and how links begin. base: the service's address with a slash. now: city time."""

    pool: asyncpg.Pool
    scope: RowScope
    base: str
    now: datetime

    def reader(self) -> Reader:
        """Return a builder for one more statement."""
        return Reader(scope=self.scope, base=self.base, now=self.now)

    async def fetch(self, statement: Statement) -> list[asyncpg.Record]:
        """Return a statement's rows.

        Raises: Unanswerable; Unavailable if it takes too long.
        """
        try:
            async with asyncio.timeout(PATIENCE_S):
                rows: list[asyncpg.Record] = await self.pool.fetch(statement.sql, *statement.values)
        except (asyncpg.DataError, asyncpg.InternalServerError, ValueError, OverflowError) as error:
            raise Unanswerable(params={"text": str(error)[:120]}) from None
        except TimeoutError:
            raise Unavailable(zh("查询耗时过长，请缩小范围")) from None
        return rows


async def answer(reading: Reading, path_text: str, query: Mapping[str, str]) -> HotResponse:
    """Answer a GET.

    Raises: NoSuchPath; BadExpression and the other errors of query options.
    """
    if not path_text.strip("/"):
        return _json(orjson.dumps(service_root(reading.base)))
    path = path_of(path_text)
    options = options_of(query)
    if path.names:
        return await _property(reading, path)
    if path.last.many:
        return await _collection(reading, path, options)
    return await _single(reading, path, options)


async def _single(reading: Reading, path: ResourcePath, options: Options) -> HotResponse:
    _check_single(options)
    if path.ending == "$ref":
        options = replace(options, select=("@iot.selfLink",), expand=())
    return _json((await entity_text(reading, path, options)).encode())


async def entity_text(reading: Reading, path: ResourcePath, options: Options) -> str:
    last = path.last
    number = last.id if len(path.steps) == 1 else await key_of(reading, path.steps, path)
    assert number is not None
    statement = reading.reader().single(last.entities, key=number, options=options)
    rows = await reading.fetch(statement)
    if not rows:
        raise NotFound(zh("没有这个实体：{path}"), params={"path": path.text[:120]})
    return str(rows[0]["j"])


async def key_of(reading: Reading, steps: tuple[Step, ...], path: ResourcePath) -> int:
    """Return the id of the entity to which steps lead, or the key by which a following relation finds its entities."""
    statement = resolved(steps, scope=reading.scope)
    rows = await reading.fetch(statement)
    if not rows or rows[0][0] is None:
        raise NotFound(zh("没有这个实体：{path}"), params={"path": path.text[:120]})
    return int(rows[0][0])


async def _property(reading: Reading, path: ResourcePath) -> HotResponse:
    name = path.names[0]
    shown = json_of(await entity_text(reading, path, Options(select=(name,))))
    value = shown.get("@iot.id" if name == "id" else name)
    for key in path.names[1:]:
        value = _within(value, key, path)
    if value is None:
        return HotResponse(status=204)
    if path.ending == "$value":
        text = value if isinstance(value, str) else orjson.dumps(value).decode()
        return HotResponse(text.encode(), content_type=_TEXT)
    return _json(orjson.dumps({path.names[-1]: value}))


def _within(value: object, key: str, path: ResourcePath) -> object:
    if isinstance(value, dict) and key in value:
        return value[key]
    if isinstance(value, list) and key.isdigit() and int(key) < len(value):
        return value[int(key)]
    raise NoSuchPath(params={"path": path.text[:120]})


async def _collection(reading: Reading, path: ResourcePath, options: Options) -> HotResponse:
    last = path.last
    key = await key_of(reading, path.steps, path) if last.relation else None
    if path.ending == "$count":
        return HotResponse(str(await _counted(reading, path, options, key)).encode(), content_type=_TEXT)
    if path.ending == "$ref":
        options = replace(options, select=("@iot.selfLink",), expand=())
    if options.data_array and last.entities.name != "Observations":
        raise BadExpression(params={"text": "$resultFormat=dataArray"})
    statement = reading.reader().page(last.entities, relation=last.relation, key=key, options=options)
    rows = await reading.fetch(statement)
    page = rows[: options.size]
    parts = []
    if options.count:
        parts.append(f'"@iot.count":{await _counted(reading, path, options, key)}')
    if len(rows) > len(page) and page:
        link = _next_link(reading, path, options, statement, page[-1])
        parts.append(f'"@iot.nextLink":{orjson.dumps(link).decode()}')
    value = _arrays(reading, statement, page) if options.data_array else ",".join(row["j"] for row in page)
    parts.append(f'"value":[{value}]')
    return _json(("{" + ",".join(parts) + "}").encode())


def _next_link(
    reading: Reading, path: ResourcePath, options: Options, statement: Statement, last: asyncpg.Record
) -> str:
    ending = f"/{path.ending}" if path.ending else ""
    resource = path.text.removesuffix(ending)
    found = token(statement.keys, [last[f"k{place}"] for place in range(len(statement.keys))])
    return f"{reading.base}{resource}{ending}{next_query(options)}" + (f"&$skiptoken={found}" if found else "")


async def _counted(reading: Reading, path: ResourcePath, options: Options, key: int | None) -> int:
    """Return how many entities a collection holds: exactly up to a million, beyond it as the statistics estimate."""
    last = path.last
    statement = reading.reader().count(last.entities, relation=last.relation, key=key, options=options)
    found = int((await reading.fetch(statement))[0][0])
    if found <= COUNTED_UP_TO:
        return found
    if last.entities is SETS["Observations"] and options.filter is None and key is None and reading.scope.everything:
        return max(found, int(await reading.pool.fetchval(_ESTIMATE)))
    return found


def _arrays(reading: Reading, statement: Statement, page: list[asyncpg.Record]) -> str:
    """Return the page as data arrays, one for each Datastream in the order in which they come."""
    groups: dict[int, list[str]] = {}
    for row in page:
        groups.setdefault(row["stream"], []).append(row["j"])
    components = orjson.dumps(statement.components).decode()
    found = []
    for stream, own in groups.items():
        link = orjson.dumps(f"{reading.base}Datastreams({stream})").decode()
        found.append(
            f'{{"Datastream@iot.navigationLink":{link},"components":{components},'
            f'"dataArray@iot.count":{len(own)},"dataArray":[{",".join(own)}]}}'
        )
    return ",".join(found)


def json_of(text: str) -> dict[str, object]:
    """Return an object that PostgreSQL wrote."""
    value = orjson.loads(text)
    assert isinstance(value, dict)
    return value


def _check_single(options: Options) -> None:
    wrong = {name for name, _ in options.texts} - {"$select", "$expand"}
    if wrong:
        raise NoSuchProperty(zh("单个实体不支持这些查询选项：{path}"), params={"path": ", ".join(sorted(wrong))})


def _json(body: bytes) -> HotResponse:
    return HotResponse(body, content_type="application/json; charset=utf-8")
