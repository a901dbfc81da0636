"""`manage sensorthings_mqtt`: the MQTT extension of SensorThings."""

from typing import Any

import asyncpg
import uvloop
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from onecity.platform.identity import api as identity
from onecity.platform.iot.gateways.signals import until_signalled
from onecity.platform.iot.permissions import WRITE_SENSORTHINGS
from onecity.platform.iot.sensorthings.access import Visitor, stranger_of
from onecity.platform.iot.sensorthings.hot import ROOT
from onecity.platform.iot.sensorthings.subscribing import Office, run_subscriptions


class Command(BaseCommand):
    """Serves until asked to stop."""

    help = "通过 MQTT 提供 SensorThings 的创建和订阅"

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the service for the organisation that the settings name."""
        env = settings.ENV
        actor = stranger_of(public=(), opened=env.sensorthings_mqtt_organisation)
        if not actor.may(WRITE_SENSORTHINGS):
            raise CommandError("ONECITY_SENSORTHINGS_MQTT_ORGANISATION names no organisation")
        visitor = Visitor(actor, identity.row_scope(actor, WRITE_SENSORTHINGS))
        base = f"http://{env.host}:{env.port}{ROOT}/"
        office = Office(env.broker_host, env.broker_port, env.broker_password, base, visitor)
        uvloop.run(until_signalled(self._serve(office)))

    async def _serve(self, office: Office) -> None:
        async with asyncpg.create_pool(settings.ENV.database_url, min_size=1, max_size=4) as pool:
            await run_subscriptions(office, pool, ready=self._say_ready)

    def _say_ready(self) -> None:
        self.stdout.write("ready")
        self.stdout.flush()
