"""`manage load_city`: fill an empty city from its pack; run again, it changes nothing."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from onecity.demo.city import load_city
from onecity.demo.packs import pack_codes, pack_in_force
from onecity.kernel.actor import system_actor


class Command(BaseCommand):
    """Loads divisions, streets, grids and bodies of a city."""

    help = "装入城市包"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the pack's code and the folder with real files; both come from the settings when not given."""
        parser.add_argument("--city", choices=pack_codes(), default=settings.ENV.city)
        parser.add_argument("--data", type=Path, default=settings.ENV.data)

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say each step."""
        pack = pack_in_force(options["city"], data=options["data"])
        self.stdout.write(pack.name)
        load_city(system_actor("load_city"), pack=pack, data=options["data"], say=self.stdout.write)
