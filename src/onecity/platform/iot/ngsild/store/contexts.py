"""JSON-LD contexts: served, read from elsewhere once and then kept, and remembered after processing."""

from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urljoin
from uuid import uuid4

import asyncpg
import httpx
import orjson

from onecity.kernel import clock
from onecity.platform.iot.ngsild.rules import names
from onecity.platform.iot.ngsild.rules.core import is_core
from onecity.platform.iot.ngsild.rules.problems import BadRequestData, ContextNotAvailable
from onecity.platform.iot.ngsild.rules.terms import CORE_TERMS, Terms
from onecity.platform.iot.ngsild.store.outside import broker_reach, may_reach
from onecity.web.outside import GuardedTransport

REMEMBERED: Final = 500
PATIENCE_S: Final = 5.0
LARGEST: Final = 2 << 20
DEEPEST: Final = 8
PATH: Final = "/ngsi-ld/v1/jsonldContexts/"
_FIND: Final = """
    UPDATE iot_ngsi_context SET hits = hits + 1, last_used_at = $2 WHERE url = $1 OR local_id = $1
    RETURNING body
"""
_KEEP: Final = """
    INSERT INTO iot_ngsi_context (local_id, url, kind, body, created_at, last_used_at, hits)
    VALUES ($1, $2, $3, $4::jsonb, $5, $5, 0) ON CONFLICT (url) DO UPDATE SET body = excluded.body
"""
_known: OrderedDict[bytes, Terms] = OrderedDict()


async def terms_of(pool: asyncpg.Pool, written: object) -> Terms:
    """Return the names of what a client wrote as `@context`: an address, an object, or several of them.

    Raises: BadRequestData for what is no context; ContextNotAvailable if one cannot be read.
    """
    if written in (None, "", [], {}) or is_core(written):
        return CORE_TERMS
    key = orjson.dumps(written)
    found = _known.get(key)
    if found is None:
        documents = await _documents(pool, written, base="", depth=0)
        own = [item for item in (written if isinstance(written, list) else [written]) if not is_core(item)]
        found = Terms(documents, written=own[0] if len(own) == 1 else own)
        _known[key] = found
        if len(_known) > REMEMBERED:
            _known.popitem(last=False)
    else:
        _known.move_to_end(key)
    return found


def forget() -> None:
    """Forget processed contexts; called when one has changed. Other processes forget within `FORGET_S`."""
    _known.clear()


async def host_context(pool: asyncpg.Pool, body: Mapping[str, Any], *, kind: str, base: str, now: datetime) -> str:
    """Keep a context that is to be served; returns its local identifier. base: the broker's own address."""
    local = f"urn:ngsi-ld:Context:{uuid4()}"
    await pool.execute(_KEEP, local, f"{base}{PATH}{local}", kind, orjson.dumps(body).decode(), now)
    return local


async def read_again(pool: asyncpg.Pool, url: str) -> None:
    """Read a kept context from its source again.

    Raises: ContextNotAvailable.
    """
    body = await _download(url)
    await pool.execute(_KEEP, url, url, "Cached", orjson.dumps(body).decode(), clock.real_now())
    forget()


async def _documents(pool: asyncpg.Pool, written: object, *, base: str, depth: int) -> list[Mapping[str, Any]]:
    """Return a context's objects in their order, with everything that is elsewhere read in."""
    if depth > DEEPEST:
        raise BadRequestData("@context: too many contexts within contexts")
    if isinstance(written, list):
        return [item for part in written for item in await _documents(pool, part, base=base, depth=depth)]
    if isinstance(written, Mapping):
        return [written]
    if not isinstance(written, str):
        raise BadRequestData("@context: not a context")
    url = urljoin(base, written) if base else written
    if is_core(url):
        return []
    if not names.is_uri(url):
        raise BadRequestData("@context: not a URI")
    body = await _body(pool, url)
    return await _documents(pool, body["@context"], base=url, depth=depth + 1)


async def _body(pool: asyncpg.Pool, url: str) -> Mapping[str, Any]:
    local = url.partition(PATH)[2] if PATH in url else url
    found = await pool.fetchval(_FIND, local, clock.real_now())
    if found is None and local != url:
        found = await pool.fetchval(_FIND, url, clock.real_now())
    if found is not None:
        body = orjson.loads(found)
    else:
        body = await _download(url)
        await pool.execute(_KEEP, url, url, "Cached", orjson.dumps(body).decode(), clock.real_now())
    if not isinstance(body, dict) or "@context" not in body:
        raise ContextNotAvailable(f"no context at {url}"[:300])
    return body


async def _download(url: str) -> dict[str, Any]:
    if not url.startswith(("http://", "https://")) or not await may_reach(url):
        raise ContextNotAvailable(f"not reached: {url}"[:300])
    try:
        way = GuardedTransport(broker_reach(), connections=1)
        async with httpx.AsyncClient(transport=way, timeout=PATIENCE_S, trust_env=False) as client:
            accepted = {"Accept": "application/ld+json, application/json;q=0.9"}
            async with client.stream("GET", url, headers=accepted) as answer:
                answer.raise_for_status()
                body = b""
                async for part in answer.aiter_bytes():
                    body += part
                    if len(body) > LARGEST:
                        raise ContextNotAvailable(f"too large: {url}"[:300])
        found = orjson.loads(body)
    except (httpx.HTTPError, httpx.InvalidURL, orjson.JSONDecodeError):
        raise ContextNotAvailable(f"not readable: {url}"[:300]) from None
    if not isinstance(found, dict) or "@context" not in found:
        raise ContextNotAvailable(f"no context at {url}"[:300])
    return found
