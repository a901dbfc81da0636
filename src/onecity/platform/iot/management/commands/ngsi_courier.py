"""`manage ngsi_courier`: delivers the notifications of NGSI-LD subscriptions."""

import asyncio
import signal
from typing import Any

import uvloop
from django.conf import settings
from django.core.management.base import BaseCommand

from onecity.platform.iot.ngsild.delivery.running import run_courier


class Command(BaseCommand):
    """Delivers until asked to stop."""

    help = "投递情境订阅的通知"

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the courier."""
        uvloop.run(self._until_signalled())

    async def _until_signalled(self) -> None:
        work = asyncio.ensure_future(run_courier(settings.ENV.database_url, ready=self._say_ready))
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, work.cancel)
        await asyncio.gather(work, return_exceptions=True)

    def _say_ready(self) -> None:
        self.stdout.write("ready 0")
        self.stdout.flush()
