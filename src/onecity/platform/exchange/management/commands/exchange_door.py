"""`manage exchange_door`: the hub's door for exchange nodes."""

import asyncio
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from onecity.kernel import clock
from onecity.platform.exchange.gateways.nodes.door import run_door
from onecity.platform.exchange.services.nodes.authority import door_papers


class Command(BaseCommand):
    """Lets nodes in until asked to stop. Its certificate lasts 90 days: a start makes a new one."""

    help = "运行前置机接入口"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take where to listen."""
        parser.add_argument("--host", default="")
        parser.add_argument("--port", type=int, default=None)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the door."""
        env = settings.ENV
        port = env.node_port if options["port"] is None else options["port"]
        papers = door_papers(env.node_hosts, now=clock.real_now())
        host = options["host"] or env.node_host

        def say(listening: int) -> None:
            self.stdout.write(f"ready {listening}")
            self.stdout.flush()

        async def serve() -> None:
            door = asyncio.ensure_future(run_door(host, port, papers=papers, ready=say))
            for number in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(number, door.cancel)
            await asyncio.gather(door, return_exceptions=True)

        asyncio.run(serve())
