"""Vector tiles of any declared layers: `/tiles/base/{z}/{x}/{y}`, `/tiles/geo.grid,geo.places/{z}/{x}/{y}`."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Final

import asyncpg
from django.conf import settings

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid, NotFound
from onecity.kernel.registry import Registry
from onecity.kernel.text import zh
from onecity.platform.geo.declare import Layer
from onecity.platform.geo.hot.cache import WORTH_PACKING, Kept, Key, TileCache, mark_of
from onecity.platform.geo.hot.hearing import Hearing, OpenConnection
from onecity.platform.geo.registries import BASE, BASE_LAYERS, layers
from onecity.platform.geo.rules.tiles import FULL_DETAIL, HALF_WORLD, Tile, parse_tile
from onecity.platform.geo.selectors.tile_sql import MOST_FEATURES, tile_sql
from onecity.platform.identity.api import row_scope_on
from onecity.web.access import PUBLIC, permission
from onecity.web.hot import HotRequest, HotResponse, Road

MEDIA_TYPE: Final = "application/vnd.mapbox-vector-tile"
MOST_LAYERS: Final = 12
METRES_PER_DEGREE: Final = HALF_WORLD / 180


class NoSuchLayer(NotFound):
    """No module declares this layer."""

    code = "no_such_layer"
    message = zh("没有这个图层")


class TileServer:
    """Answers tiles of a registry's layers; keeps those that all see alike and that do not change all the time."""

    def __init__(
        self, *, registry: Callable[[], Registry[Layer]], open_connection: OpenConnection, largest: Callable[[], int]
    ) -> None:
        self._registry = registry
        self._open = open_connection
        self._largest = largest
        self._statements: dict[tuple[tuple[str, ...], bool, bool], str] = {}
        self._cache: TileCache | None = None
        self._hearing: Hearing | None = None

    @property
    def cache(self) -> TileCache:
        """The tiles kept in this process; listening begins with the first use, inside the event loop."""
        if self._cache is None:
            self._cache = TileCache(largest=self._largest())
            self._hearing = Hearing(self._cache, open_connection=self._open)
            self._hearing.begin()
        return self._cache

    async def close(self) -> None:
        """Stop listening and give the tiles up."""
        if self._hearing is not None:
            await self._hearing.close()
        self._cache = self._hearing = None

    async def answer(self, request: HotRequest) -> HotResponse:
        """Answer one tile; 204 when there is nothing in it, 304 when the visitor has it already.

        Raises: NoSuchTile; NoSuchLayer; SignInNeeded, NotPermitted for a layer that the actor may not see.
        """
        tile = parse_tile(*(request.path_values[name] for name in ("z", "x", "y")))
        wanted = self._wanted(request.path_values["layers"])
        for layer in wanted:
            if layer.permission:
                permission(layer.permission).check(request.actor)
        shown = tuple(layer for layer in wanted if layer.min_zoom <= tile.z <= layer.max_zoom)
        if not shown:
            return HotResponse(status=204, content_type=MEDIA_TYPE, headers=_headers(wanted))
        if any(layer.live or layer.scoped for layer in shown):
            body = await self._made(request, shown, tile)
            return _response(request, Kept(body, mark_of(body)), headers=_headers(shown))
        return await self._kept(request, shown, tile)

    async def _kept(self, request: HotRequest, shown: Sequence[Layer], tile: Tile) -> HotResponse:
        codes = tuple(layer.code for layer in shown)
        key: Key = (codes, tile)
        kept = self.cache.get(key)
        if kept is None:
            generation = self.cache.generation(codes)
            body = await self._made(request, shown, tile)
            kept = Kept(body, mark_of(body))
            self.cache.put(key, kept, generation=generation)
            return _response(request, kept, headers=_headers(shown))
        packed = None
        if len(kept.body) >= WORTH_PACKING and "gzip" in request.headers.get("accept-encoding", ""):
            packed = self.cache.packed(key, kept)
        return _response(request, kept, headers=_headers(shown), packed=packed)

    async def _made(self, request: HotRequest, shown: Sequence[Layer], tile: Tile) -> bytes:
        scopes = [
            value
            for layer in shown
            if layer.scoped
            for value in await _scope(request.pool, request.actor, layer.permission)
        ]
        values = (*tile.square, *tile.box, tile.tolerance_m / METRES_PER_DEGREE, *scopes)
        coarse = tile.z < FULL_DETAIL
        body, fullest = await request.pool.fetchrow(self._sql(shown, coarse=coarse, thinned=False), *values)
        if fullest > MOST_FEATURES:
            body, _ = await request.pool.fetchrow(self._sql(shown, coarse=coarse, thinned=True), *values)
        assert isinstance(body, bytes)
        return body

    def _sql(self, shown: Sequence[Layer], *, coarse: bool, thinned: bool) -> str:
        key = (tuple(layer.code for layer in shown), coarse, thinned)
        found = self._statements.get(key)
        if found is None:
            found = self._statements[key] = tile_sql(shown, coarse=coarse, thinned=thinned)
        return found

    def _wanted(self, text: str) -> tuple[Layer, ...]:
        codes = BASE_LAYERS if text == BASE else tuple(dict.fromkeys(text.split(",")))
        if len(codes) > MOST_LAYERS:
            raise Invalid(zh("一个瓦片最多包含 {most} 个图层"), params={"most": MOST_LAYERS})
        found = [self._registry().get(code) for code in codes]
        known = tuple(layer for layer in found if layer is not None)
        if len(known) < len(codes):
            raise NoSuchLayer
        return known


async def _scope(pool: asyncpg.Pool, actor: Actor, code: str) -> tuple[bool, list[int], list[str]]:
    return (await row_scope_on(pool, actor, permission=code)).parameters()


def _headers(shown: Sequence[Layer]) -> Mapping[str, str]:
    """Let browsers keep tiles and ask each time whether they are still good; proxies only what everybody may see."""
    reach = "private" if any(layer.permission for layer in shown) else "public"
    return {"cache-control": f"{reach}, no-cache", "vary": "accept-encoding"}


def _response(
    request: HotRequest, kept: Kept, *, headers: Mapping[str, str], packed: bytes | None = None
) -> HotResponse:
    headers = {**headers, "etag": kept.mark}
    known = {mark.strip() for mark in request.headers.get("if-none-match", "").split(",")}
    if kept.mark in known:
        return HotResponse(status=304, content_type=MEDIA_TYPE, headers=headers)
    if not kept.body:
        return HotResponse(status=204, content_type=MEDIA_TYPE, headers=headers)
    if packed is not None:
        return HotResponse(packed, content_type=MEDIA_TYPE, headers={**headers, "content-encoding": "gzip"})
    return HotResponse(kept.body, content_type=MEDIA_TYPE, headers=headers)


async def _connect() -> asyncpg.Connection:
    return await asyncpg.connect(settings.ENV.database_url, timeout=10)


@cache
def tile_server() -> TileServer:
    """Return this process's tile server."""
    return TileServer(
        registry=layers, open_connection=_connect, largest=lambda: settings.ENV.tile_cache_mb * 1024 * 1024
    )


async def _answer(request: HotRequest) -> HotResponse:
    return await tile_server().answer(request)


async def close_tiles() -> None:
    """Stop listening for changes; called when the process stops."""
    await tile_server().close()


_NUMBER: Final = {"type": "integer", "minimum": 0}
TILE_ROADS: Final = (
    Road(
        "GET",
        "/tiles/{layers}/{z}/{x}/{y}",
        PUBLIC,  # every layer has a rule of its own, which `answer` checks
        _answer,
        {
            "summary": "矢量瓦片",
            "description": "layers 为图层编码，多个用逗号分开；base 为底图。只含调用者有权查看的内容。",
            "tags": ["geo"],
            "parameters": [
                {"name": "layers", "in": "path", "required": True, "schema": {"type": "string"}},
                *({"name": name, "in": "path", "required": True, "schema": _NUMBER} for name in ("z", "x", "y")),
            ],
            "responses": {
                "200": {"description": "瓦片", "content": {MEDIA_TYPE: {}}},
                "204": {"description": "瓦片内没有内容"},
                "304": {"description": "与调用者已有的相同"},
            },
        },
    ),
)
