"""`manage seed_demo`: fill the database with a demonstration city; run again, it changes nothing."""

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from onecity.demo.departments.seed import Database, Ground
from onecity.demo.packs import pack_in_force
from onecity.demo.seed import fill_city
from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.kernel.errors import OneCityError


class Command(BaseCommand):
    """Loads places, bodies, calendars, accounts and stations of the city that the settings name."""

    help = "装入演示城市"

    def handle(self, *args: Any, **options: Any) -> None:
        """Fill, and say each step."""
        env = settings.ENV
        if not env.demo or not env.demo_password:
            raise CommandError("只有演示环境可以装入演示数据：ONECITY_DEMO=1，并设置 ONECITY_DEMO_PASSWORD")
        pack = pack_in_force(env.city, data=env.data)
        now = clock.real_now()
        try:
            fill_city(
                system_actor("seed_demo"),
                pack=pack,
                data=env.data,
                password=env.demo_password,
                now=now,
                say=self._say,
                departments=_departments(),
            )
        except OneCityError as refusal:
            raise CommandError(refusal.sentence()) from None

    def _say(self, line: str) -> None:
        self.stdout.write(f"    {line}")
        sys.stdout.flush()


def _departments() -> Ground:
    """Return where the stores of the demonstration's departments lie: on this database server, beside the state."""
    env, database = settings.ENV, connection.settings_dict
    server = Database(
        host=database["HOST"] or "/var/run/postgresql",
        port=int(database["PORT"] or 5432),
        user=database["USER"],
        password=database["PASSWORD"],
    )
    return Ground(
        server,
        env.mariadb_folder,
        env.demo_mariadb_port,
        env.demo_service_port,
        env.departments_folder,
        env.demo_password,
    )
