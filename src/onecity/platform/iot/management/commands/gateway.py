"""`manage gateway hj212|mqtt`: a gateway process."""

from collections.abc import Coroutine
from typing import Any

import uvloop
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from onecity.platform.iot.gateways.hj212.running import run_hj212
from onecity.platform.iot.gateways.limits import Limits
from onecity.platform.iot.gateways.mqtt.running import Broker, run_mqtt
from onecity.platform.iot.gateways.signals import until_signalled
from onecity.platform.iot.services.broker_files import GATEWAYS


class Command(BaseCommand):
    """Speaks a device protocol until asked to stop."""

    help = "运行设备接入网关"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the protocol; for TCP where to listen, for MQTT where the broker is and which gateway this is."""
        parser.add_argument("protocol", choices=["hj212", "mqtt"])
        parser.add_argument("--host", default="")
        parser.add_argument("--port", type=int, default=None)
        parser.add_argument("--number", type=int, default=1, choices=range(1, GATEWAYS + 1))
        parser.add_argument("--shared", action="store_true", help="several gateways divide the work")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the gateway."""
        work = self._hj212(options) if options["protocol"] == "hj212" else self._mqtt(options)
        uvloop.run(until_signalled(work))

    def _hj212(self, options: dict[str, Any]) -> Coroutine[Any, Any, None]:
        env = settings.ENV
        limits = Limits(
            longest=env.hj212_longest,
            connections=env.hj212_connections,
            per_address=env.hj212_per_address,
            frames_per_s=env.hj212_frames_per_second,
            share_port=options["shared"],
        )
        port = env.hj212_port if options["port"] is None else options["port"]
        return run_hj212(options["host"] or env.hj212_host, port, limits=limits, ready=self._say_ready)

    def _mqtt(self, options: dict[str, Any]) -> Coroutine[Any, Any, None]:
        env = settings.ENV
        broker = Broker(
            host=options["host"] or env.broker_host,
            port=options["port"] or env.broker_port,
            password=env.broker_password,
            number=options["number"],
            shared=options["shared"],
            folder=env.broker_folder,
        )
        return run_mqtt(broker, ready=self._say_ready)

    def _say_ready(self, port: int) -> None:
        self.stdout.write(f"ready {port}")
        self.stdout.flush()
