"""`./onecity manage generate_population --people 5150000`: made-up people by the million."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.kernel.errors import OneCityError
from onecity.platform.registers.seed.filling import fill
from onecity.platform.registers.selectors.provenance import source_by_code


class Command(BaseCommand):
    """Fills an empty population register."""

    help = "Fill the empty population register with made-up people."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take how many, from which source, with how many processes."""
        parser.add_argument("--people", type=int, default=100_000)
        parser.add_argument("--source", required=True, help="code of the data source they are said to come from")
        parser.add_argument("--processes", type=int, default=2)
        parser.add_argument("--seed", type=int, default=0)

    def handle(self, *_: Any, **options: Any) -> None:
        """Fill, telling rate and time left."""
        folder = os.environ.get("ONECITY_DATA", "")
        try:
            done = fill(
                system_actor("generate_population"),
                people=options["people"],
                source=source_by_code(options["source"]),
                data=Path(folder) if folder else None,
                now=clock.city_now(),
                processes=options["processes"],
                seed=options["seed"],
                say=self._say,
            )
        except OneCityError as error:
            raise CommandError(error.sentence()) from error
        self.stdout.write(f"{done} 人")

    def _say(self, done: int, total: int, seconds: float) -> None:
        rate = done / seconds
        left = (total - done) / rate
        self.stdout.write(f"{done:>9} / {total}  {rate:,.0f} 人/秒  剩余 {left:.0f} 秒")
