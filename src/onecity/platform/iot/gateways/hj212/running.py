"""Puts the HJ 212 gateway's parts together and runs them until a signal comes."""

import asyncio
from collections.abc import Callable

from onecity.platform.iot.gateways.counters import Counters
from onecity.platform.iot.gateways.hj212.orders import Orders
from onecity.platform.iot.gateways.hj212.server import Hj212Server
from onecity.platform.iot.gateways.hj212.taking import Taker
from onecity.platform.iot.gateways.houses import raise_file_limit
from onecity.platform.iot.gateways.limits import Limits
from onecity.platform.iot.gateways.reporting import Reported, Reporter
from onecity.platform.iot.gateways.tracing import Tracer
from onecity.platform.iot.services.changes import ChangeListener
from onecity.platform.iot.services.directory import Directory
from onecity.platform.iot.services.presence import Presence
from onecity.platform.iot.services.store import GroupWriter


async def run_hj212(host: str, port: int, *, limits: Limits, ready: Callable[[int], None]) -> None:
    """Serve until cancelled; what was taken is committed before this returns. ready: called with the port."""
    raise_file_limit()
    loop = asyncio.get_running_loop()
    counters, directory, presence = Counters(), Directory(), Presence()
    writer = GroupWriter()
    tracer = Tracer()
    orders = Orders(tracer, loop.call_soon_threadsafe)
    taker = Taker(
        directory=directory,
        presence=presence,
        counters=counters,
        orders=orders,
        tracer=tracer,
        later=loop.call_soon_threadsafe,
        clock=loop.time,
    )
    server = Hj212Server(taker=taker, writer=writer, counters=counters, limits=limits)
    started: asyncio.Future[int] = loop.create_future()
    started.add_done_callback(lambda done: ready(done.result()))
    reported = Reported("hj212", f"{host}:{port}", counters)
    reporter = Reporter([reported], presence=presence, errands=[tracer.flush, orders.send_waiting])

    def forget(key: str) -> None:
        loop.call_soon_threadsafe(directory.forget, key)

    listener = ChangeListener(forget)
    writer.start()
    listener.start()
    reporter.start()
    try:
        await server.serve(host, port, started=started)
    finally:
        await asyncio.to_thread(writer.stop)
        listener.stop()
        reporter.stop()
