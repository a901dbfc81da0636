"""`manage simulate`: the demonstration's air stations speak HJ 212 to the gateway, in the city's time."""

import asyncio
import signal
from typing import Any

import uvloop
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from onecity.demo.air.sources import city_feed
from onecity.demo.packs import pack_in_force
from onecity.demo.simulators.replay import uploads
from onecity.demo.simulators.station_line import StationLine
from onecity.kernel import clock

SAY_EVERY_S = 30.0


class Command(BaseCommand):
    """Replays the city's readings until asked to stop: what is past at once, the rest when it falls due."""

    help = "运行监测站点模拟器"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the share of spoilt frames and the seed by which they are drawn."""
        parser.add_argument("--faults", type=float, default=0.06)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        """Open a line for every station."""
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
        uvloop.run(self._run(lines))

    async def _run(self, lines: list[StationLine]) -> None:
        loop = asyncio.get_running_loop()
        stop = asyncio.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, stop.set)
        work = [asyncio.ensure_future(line.run()) for line in lines]
        ending = asyncio.ensure_future(stop.wait())
        while not ending.done():
            await asyncio.wait([ending, *work], timeout=SAY_EVERY_S, return_when=asyncio.FIRST_COMPLETED)
            self._say(lines)
            for task in work:
                if task.done():
                    task.result()
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)

    def _say(self, lines: list[StationLine]) -> None:
        counts = [line.counts for line in lines]
        self.stdout.write(
            f"{clock.city_now().astimezone(clock.CITY_ZONE):%Y-%m-%d %H:%M} "
            f"sent={sum(item.sent for item in counts)} answered={sum(item.answered for item in counts)} "
            f"again={sum(item.sent_again for item in counts)} spoilt={sum(item.spoilt for item in counts)} "
            f"reconnected={sum(item.reconnected for item in counts)}"
        )
        self.stdout.flush()
