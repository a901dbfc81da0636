"""`manage tell_subscriptions`: tells subscriptions of applications by webhook and MQTT."""

import asyncio
import signal
from typing import Any

import uvloop
from django.conf import settings
from django.core.management.base import BaseCommand

from onecity.platform.iot.gateways.subscriptions.running import Equipment, run_courier
from onecity.platform.iot.services.subscriptions.addresses import webhook_reach

HOUR_S = 3_600


class Command(BaseCommand):
    """Tells until asked to stop."""

    help = "向应用投递订阅的事件"

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the courier."""
        uvloop.run(self._until_signalled())

    async def _until_signalled(self) -> None:
        env = settings.ENV
        equipment = Equipment(
            database_url=env.database_url,
            reach=webhook_reach(),
            broker_host=env.broker_host,
            broker_port=env.broker_port,
            broker_password=env.broker_password,
            expires_in_s=env.feed_hours * HOUR_S,
        )
        work = asyncio.ensure_future(run_courier(equipment, ready=self._say_ready))
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, work.cancel)
        await asyncio.gather(work, return_exceptions=True)

    def _say_ready(self) -> None:
        self.stdout.write("ready 0")
        self.stdout.flush()
