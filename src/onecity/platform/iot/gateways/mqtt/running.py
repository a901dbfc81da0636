"""Puts the MQTT gateway's parts together and runs them until a signal comes."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from onecity.platform.iot.gateways.counters import Counters
from onecity.platform.iot.gateways.mqtt.link import Greeting
from onecity.platform.iot.gateways.mqtt.orders import Orders
from onecity.platform.iot.gateways.mqtt.server import MqttGateway
from onecity.platform.iot.gateways.mqtt.taking import Taker
from onecity.platform.iot.gateways.mqtt.topics import filters
from onecity.platform.iot.gateways.reporting import Reported, Reporter
from onecity.platform.iot.gateways.tracing import Tracer
from onecity.platform.iot.services.broker import BrokerKeeper
from onecity.platform.iot.services.broker_files import gateway_name
from onecity.platform.iot.services.changes import ChangeListener
from onecity.platform.iot.services.directory import Directory
from onecity.platform.iot.services.presence import Presence
from onecity.platform.iot.services.store import GroupWriter


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker is. folder: its files, if it is ours to keep.

    number: which of the gateways this is. shared: whether there is more than one, for all of them alike.
    """

    host: str
    port: int
    password: str
    number: int = 1
    shared: bool = False
    folder: Path | None = None


async def run_mqtt(broker: Broker, *, ready: Callable[[int], None]) -> None:
    """Take messages until cancelled; what was taken is committed and acknowledged before this returns.

    ready: called with the broker's port once the subscription stands.
    """
    loop = asyncio.get_running_loop()
    counters, directory, presence, writer = Counters(), Directory(), Presence(), GroupWriter()
    tracer = Tracer()
    taker = Taker(
        directory=directory,
        presence=presence,
        tracer=tracer,
        counters=counters,
        writer=writer,
        later=loop.call_soon_threadsafe,
        clock=loop.time,
    )
    gateway = MqttGateway(greeting=_greeting(broker), taker=taker, writer=writer, counters=counters)
    keeper = BrokerKeeper(broker.folder if broker.number == 1 else None, gateway_password=broker.password)
    orders = Orders(broker.password, tracer, later=loop.call_soon_threadsafe)
    listens = f"{broker.host}:{broker.port} #{broker.number}"

    def tell_broker() -> None:
        if counters.connections:  # told of new passwords, Mosquitto 2.0 parts with restored sessions that nobody holds
            keeper.look()
        if broker.number == 1:
            orders.send_waiting()

    def forget(key: str) -> None:
        keeper.note_change()
        loop.call_soon_threadsafe(directory.forget, key)

    reporter = Reporter([Reported("mqtt", listens, counters)], presence=presence, errands=[tracer.flush, tell_broker])
    listener = ChangeListener(forget)
    for thread in (writer, listener, reporter):
        thread.start()
    sending = asyncio.ensure_future(orders.keep_link(broker.host, broker.port) if broker.number == 1 else _nothing())
    try:
        await gateway.serve(broker.host, broker.port, ready=lambda: ready(broker.port))
    finally:
        sending.cancel()
        await asyncio.wait([sending])
        await asyncio.to_thread(writer.stop)
        await asyncio.sleep(0)  # what was committed last is acknowledged now
        await gateway.close()
        listener.stop()
        reporter.stop()


async def _nothing() -> None:
    """Send no orders: gateway 1 does."""


def _greeting(broker: Broker) -> Greeting:
    name = gateway_name(broker.number)
    return Greeting(name, name, broker.password, filters(shared=broker.shared))
