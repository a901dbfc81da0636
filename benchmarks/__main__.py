"""`./onecity bench NAME [--json] [--quick]`."""

import argparse
import os
import sys
from importlib import import_module
from typing import Final

import django
from django.core.management import call_command
from django.db import connections

from benchmarks.database import VARIABLE, own_database
from benchmarks.report import Result, as_json, as_table, progress

BENCHES: Final = {
    "cases": "benchmarks.cases",
    "devices": "benchmarks.devices",
    "exchange": "benchmarks.exchange",
    "ingest": "benchmarks.ingest",
    "query": "benchmarks.query",
    "ngsi": "benchmarks.ngsi",
    "registers": "benchmarks.registers",
    "steady": "benchmarks.steady",
    "sensorthings": "benchmarks.sensorthings",
    "tiles": "benchmarks.tiles",
    "web": "benchmarks.web",
}


def measured(name: str, *, quick: bool) -> list[Result]:
    """Run a bench on a migrated database of its own; the environment names that database while it runs."""
    with own_database(name) as url:
        os.environ[VARIABLE] = url
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onecity.project.settings")
        django.setup()
        progress("migrating the bench's own database")
        call_command("migrate", interactive=False, verbosity=0)
        try:
            results: list[Result] = import_module(BENCHES[name]).run(quick)
        finally:
            connections.close_all()
        return results


def main() -> int:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(prog="./onecity bench", description="Measure, beside the limit or a peer.")
    parser.add_argument("name", choices=sorted(BENCHES))
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quick", action="store_true", help="less data, shorter turns")
    given = parser.parse_args()
    results = measured(given.name, quick=given.quick)
    print(as_json(given.name, results) if given.json else as_table(given.name, results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
