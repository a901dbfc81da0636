"""What common column names mean: a table that ships with the module."""

import csv
from functools import cache
from pathlib import Path

from onecity.platform.exchange.rules.suggesting import KnownName


@cache
def known_names() -> dict[str, KnownName]:
    """Return the meaning of common column names, by the name in lower case."""
    place = Path(__file__).parents[2] / "data" / "column_names.csv"
    with place.open(encoding="utf-8", newline="") as file:
        return {row["name"]: KnownName(row["title"], row["personal"]) for row in csv.DictReader(file)}
