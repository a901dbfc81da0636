"""Sets an Open311 endpoint to pull from, or issues a key to a system that hands requests in."""

import json
from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from onecity.domains.hotline.services.open311 import issue_key
from onecity.domains.hotline.services.open311_client import set_endpoint
from onecity.kernel import clock
from onecity.kernel.actor import system_actor


class Command(BaseCommand):
    """`set_open311_endpoint NAME URL --topics '{"001": "040100"}'`, or `set_open311_endpoint NAME` for a key."""

    help = "Set an Open311 endpoint to pull from (with URL), or issue a key (without)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take name, address and mapping."""
        parser.add_argument("name")
        parser.add_argument("url", nargs="?", default="")
        parser.add_argument("--jurisdiction", default="")
        parser.add_argument("--topics", default="{}")

    def handle(self, *_: object, **options: object) -> None:
        """Write the row and say what it is."""
        actor, name, url = system_actor("set_open311_endpoint"), str(options["name"]), str(options["url"])
        if not url:
            self.stdout.write(issue_key(actor, name=name, now=clock.real_now()))
            return
        topics = json.loads(str(options["topics"]))
        row = set_endpoint(actor, name=name, url=url, topics=topics, jurisdiction_id=str(options["jurisdiction"]))
        self.stdout.write(f"{row.pk} {row.url}")
