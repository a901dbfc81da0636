"""The door's server: one port, certificates on both sides, calls in threads."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

import msgspec
from aiohttp import web
from django.db import close_old_connections

from onecity.kernel import clock
from onecity.kernel.errors import NotFound, OneCityError, Unavailable
from onecity.platform.exchange.codecs.frames import BadFrame
from onecity.platform.exchange.connectors.contract import RowsRefused
from onecity.platform.exchange.contracts.nodes import Fault
from onecity.platform.exchange.gateways.nodes import answers, guard
from onecity.platform.exchange.models import ExchangeNode
from onecity.platform.exchange.services.nodes.authority import DoorPapers
from onecity.platform.exchange.services.nodes.tasks import RunStopped, note_seen

LARGEST: Final = 256 << 20
THREADS: Final = 8
WAIT_S: Final = 20.0
CLOSE_S: Final = 2.0
LOOK_EVERY_S: Final = 1.0
_POOL: Final = web.AppKey("pool", ThreadPoolExecutor)
_STATUS: Final = {"unreachable": 503, "stop": 409, "rows": 422, "refused": 422, "unknown": 404}


async def run_door(host: str, port: int, *, papers: DoorPapers, ready: Callable[[int], None]) -> None:
    """Serve until cancelled. ready: called with the port once it listens."""
    runner = web.AppRunner(application(), access_log=None, shutdown_timeout=CLOSE_S)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port, ssl_context=guard.context(papers))
        await site.start()
        ready(runner.addresses[0][1])
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


def application() -> web.Application:
    """Return the door's application."""
    app = web.Application(client_max_size=LARGEST)
    app[_POOL] = ThreadPoolExecutor(THREADS, thread_name_prefix="door")
    app.on_cleanup.append(_close)
    app.router.add_post("/v1/hello", _hello)
    app.router.add_post("/v1/work", _work)
    app.router.add_post("/v1/tasks/{task:[0-9]{1,18}}/{call:[a-z/]+}", _task)
    return app


async def _hello(request: web.Request) -> web.Response:
    body = await request.read()
    return await _answer(request, lambda node: answers.hello(node, body))


async def _work(request: web.Request) -> web.Response:
    """Answer as soon as there is work, or after a while that there is none; either way the node was seen."""
    loop = asyncio.get_running_loop()
    end = loop.time() + WAIT_S
    while True:
        answer = await _answer(request, answers.work)
        if answer.status != 204 or loop.time() >= end:
            return answer
        await asyncio.sleep(LOOK_EVERY_S)


async def _task(request: web.Request) -> web.Response:
    call, task = request.match_info["call"], int(request.match_info["task"])
    if call not in answers.CALLS:
        raise web.HTTPNotFound
    body = await request.read()
    part = int(request.query.get("part", "0")) if request.query.get("part", "0").isdigit() else 0
    return await _answer(request, lambda node: answers.on_task(node, task, call, body, part))


async def _answer(request: web.Request, ask: Callable[[ExchangeNode], bytes | None]) -> web.Response:
    mark = guard.fingerprint(request)
    pool = request.app[_POOL]
    return await asyncio.get_running_loop().run_in_executor(pool, partial(_asked, mark, ask))


def _asked(mark: str, ask: Callable[[ExchangeNode], bytes | None]) -> web.Response:
    close_old_connections()
    try:
        node = guard.node_of(mark)
        if node is None:
            return web.Response(status=403)
        note_seen(node, now=clock.real_now())
        body = ask(node)
        return web.Response(status=204) if body is None else web.Response(body=body)
    except (OneCityError, RowsRefused) as refused:
        return _refusal(refused)
    except (msgspec.DecodeError, BadFrame):
        return web.Response(status=400)
    finally:
        close_old_connections()


def _refusal(refused: OneCityError | RowsRefused) -> web.Response:
    match refused:
        case RowsRefused():
            rows = tuple((row, code, sentence) for row, (code, sentence) in refused.rows.items())
            return _fault(Fault("rows", "", rows))
        case RunStopped():
            return _fault(Fault("stop", refused.sentence()))
        case NotFound():
            return _fault(Fault("unknown", refused.sentence()))
        case Unavailable():
            return _fault(Fault("unreachable", refused.sentence()))
        case _:
            return _fault(Fault("refused", refused.sentence()))


def _fault(fault: Fault) -> web.Response:
    return web.Response(status=_STATUS[fault.kind], body=msgspec.json.encode(fault), content_type="application/json")


async def _close(app: web.Application) -> None:
    app[_POOL].shutdown(wait=False, cancel_futures=True)
