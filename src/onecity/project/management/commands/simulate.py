"""`manage simulate`: the demonstration's devices speak their protocols to the gateways, in the city's time."""

import asyncio
import signal
from typing import Any

import uvloop
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from onecity.demo.air.sources import city_feed
from onecity.demo.field_devices import centre_of
from onecity.demo.packs import pack_in_force
from onecity.demo.simulators.hosts import Host, Street, hosts
from onecity.demo.simulators.replay import uploads
from onecity.demo.simulators.station_line import StationLine
from onecity.kernel import clock

SAY_EVERY_S = 30.0


class Command(BaseCommand):
    """Runs every simulated device until asked to stop.

    Air stations replay the city's readings: what is past at once, the rest when it falls due. Devices of the field
    protocols measure what their simulators make up.
    """

    help = "运行演示设备模拟器"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the share of spoilt frames and the seed by which they are drawn."""
        parser.add_argument("--faults", type=float, default=0.06)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        """Open a line for every device."""
        env = settings.ENV
        feed = city_feed(pack_in_force(env.city, data=env.data), data=env.data)
        lines = [
            StationLine(
                host=env.hj212_host,
                port=env.hj212_port,
                uploads=uploads(feed, mn=station.mn, seed=options["seed"] * 1000 + number, share=options["faults"]),
                city_now=clock.city_now,
            )
            for number, station in enumerate(feed.stations)
        ]
        centre = centre_of(feed)
        streets = [
            (host, Street(env.field_host, env.field_ports.get(host.protocol, host.port), centre, clock.city_now))
            for host in hosts()
        ]
        uvloop.run(self._run(lines, streets))

    async def _run(self, lines: list[StationLine], streets: list[tuple[Host, Street]]) -> None:
        loop = asyncio.get_running_loop()
        stop = asyncio.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, stop.set)
        work = [asyncio.ensure_future(line.run()) for line in lines]
        work += [asyncio.ensure_future(host.run(street, host.devices)) for host, street in streets]
        ending = asyncio.ensure_future(stop.wait())
        while not ending.done():
            await asyncio.wait([ending, *work], timeout=SAY_EVERY_S, return_when=asyncio.FIRST_COMPLETED)
            self._say(lines, streets)
            for task in work:
                if task.done():
                    task.result()
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)

    def _say(self, lines: list[StationLine], streets: list[tuple[Host, Street]]) -> None:
        counts = [line.counts for line in lines]
        self.stdout.write(
            f"{clock.city_now().astimezone(clock.CITY_ZONE):%Y-%m-%d %H:%M} "
            f"sent={sum(item.sent for item in counts)} answered={sum(item.answered for item in counts)} "
            f"again={sum(item.sent_again for item in counts)} spoilt={sum(item.spoilt for item in counts)} "
            f"reconnected={sum(item.reconnected for item in counts)}"
        )
        for host, street in streets:
            count = street.counts
            self.stdout.write(
                f"  {host.protocol.value}: sent={count.sent} answered={count.answered} obeyed={count.obeyed} "
                f"reconnected={count.reconnected}"
            )
        self.stdout.flush()
