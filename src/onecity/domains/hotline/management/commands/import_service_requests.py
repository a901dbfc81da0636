"""Imports service requests of Boston or New York and says how late they were there and would be here."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from onecity.domains.hotline.selectors.comparison import lateness
from onecity.domains.hotline.services.importing import import_requests
from onecity.kernel.actor import system_actor
from onecity.kernel.errors import Invalid


class Command(BaseCommand):
    """`import_service_requests FILE --origin boston|nyc`; the same file again changes nothing."""

    help = "Import service requests of other cities and compare their lateness with our limits."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file and whose it is."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--origin", required=True)

    def handle(self, *_: object, **options: object) -> None:
        """Import and tell."""
        path, origin = Path(str(options["file"])), str(options["origin"])
        try:
            done = import_requests(
                system_actor("import_service_requests"),
                path=path,
                origin=origin,
                progress=lambda read: self.stderr.write(f"{read} …"),
            )
        except Invalid as refusal:
            raise CommandError(str(refusal.fields)) from refusal
        self.stdout.write(f"{done.read} read, {done.changed} new or changed")
        for row in lateness(origin)[:12]:
            there = "—" if row.share_there is None else f"{row.share_there:.1f}%"
            self.stdout.write(f"{row.topic_name}: {row.total}, late there {there}, by our limits {row.share_here:.1f}%")
