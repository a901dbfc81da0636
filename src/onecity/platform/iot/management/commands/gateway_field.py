"""`manage gateway_field`: the gateway for every field protocol."""

from collections.abc import Mapping
from typing import Any

import uvloop
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from onecity.platform.iot.gateways.field.registry import entries
from onecity.platform.iot.gateways.field.running import run_field
from onecity.platform.iot.gateways.limits import Limits
from onecity.platform.iot.gateways.signals import until_signalled


class Command(BaseCommand):
    """Speaks with devices until asked to stop."""

    help = "运行现场协议接入网关"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take where to listen and which protocols to speak; all of them without any named."""
        parser.add_argument("protocols", nargs="*", choices=[*[entry.code.value for entry in entries()], []])
        parser.add_argument("--host", default="")
        parser.add_argument("--any-port", action="store_true", help="listen on free ports")
        parser.add_argument("--shared", action="store_true", help="several gateways divide the work")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the gateway."""
        env = settings.ENV
        limits = Limits(
            connections=env.field_connections,
            per_address=env.field_per_address,
            frames_per_s=env.field_frames_per_second,
            frames_per_device_s=env.field_device_frames_per_second,
            share_port=options["shared"],
        )
        wanted = options["protocols"] or [entry.code.value for entry in entries()]
        chosen = [entry for entry in entries() if entry.code.value in wanted]
        ports = {entry.code.value: 0 for entry in chosen} if options["any_port"] else env.field_ports
        host = options["host"] or env.field_host
        uvloop.run(until_signalled(run_field(host, chosen, limits=limits, ports=ports, ready=self._say_ready)))

    def _say_ready(self, ports: Mapping[str, int]) -> None:
        self.stdout.write(" ".join(["ready", *[f"{code}={port}" for code, port in ports.items()]]))
        self.stdout.flush()
