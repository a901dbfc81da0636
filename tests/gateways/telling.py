"""A courier of subscriptions in this process, and short ways to subscribe and to have something happen."""

import asyncio
import ipaddress
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from tests.gateways.brokers import PASSWORD
from tests.gateways.harness import running, url_of_database

from onecity.kernel import clock
from onecity.kernel.actor import Actor
from onecity.platform.identity.tests.factories import Organisation, make_actor, make_organisation
from onecity.platform.iot.contracts.subscriptions import EventFilter, Issued, NewSubscription
from onecity.platform.iot.gateways.subscriptions.running import Equipment, run_courier
from onecity.platform.iot.models import Device
from onecity.platform.iot.permissions import SUBSCRIBE, VIEW_ALARMS, VIEW_DEVICES
from onecity.platform.iot.services.store import record
from onecity.platform.iot.services.subscriptions.making import make_subscription
from onecity.platform.iot.tests.factories import make_batch, make_datastream
from onecity.web.outside import Reach

LOOPBACK = Reach((ipaddress.ip_network("127.0.0.1/32"),))
RIGHTS = (SUBSCRIBE, VIEW_DEVICES, VIEW_ALARMS)


@contextmanager
def courier(*, reach: Reach = LOOPBACK, broker: Any = None) -> Iterator[None]:
    """Run a courier in a thread."""
    host, port = ("127.0.0.1", broker.port) if broker else ("127.0.0.1", 9)
    equipment = Equipment(url_of_database(), reach, host, port, PASSWORD, 3_600)
    with running(lambda ready: run_courier(equipment, ready=lambda: ready(0) if ready else None)):
        yield


def integrator(organisation: Organisation | None = None) -> Actor:
    """Return somebody who may subscribe."""
    if organisation is not None:
        return make_actor(*RIGHTS, organisation=organisation)
    return make_actor(*RIGHTS, organisation=make_organisation("数据局"), everywhere=True)


def subscribed(
    actor: Actor, address: str = "", *, channel: str = "webhook", topics: Sequence[str] = ("readings",), **how: Any
) -> Issued:
    """Subscribe."""
    asked = EventFilter(**how.pop("filter", {}))
    new = NewSubscription("测试订阅", channel, tuple(topics), asked, address, **how)
    return make_subscription(actor, new=new, now=clock.real_now())


class Gauge:
    """A device whose readings are recorded one by one."""

    def __init__(self, device: Device, property_code: str = "pm2_5") -> None:
        self.device = device
        self._stream = make_datastream(device, property_code=property_code)
        self._at = clock.real_now().replace(microsecond=0) - timedelta(hours=1)

    def read(self, *values: float) -> datetime:
        """Record readings, each a second after the last."""
        points = []
        for value in values:
            self._at += timedelta(seconds=1)
            points.append((self._stream.id, self._at, value))
        record([make_batch(*points)], now=clock.real_now())
        return self._at


def settle(seconds: float = 0.3) -> None:
    """Give the courier time to do what it must not."""
    asyncio.run(asyncio.sleep(seconds))
