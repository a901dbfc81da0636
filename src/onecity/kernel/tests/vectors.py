"""Reads the published vectors that lie beside the tests."""

import csv
import json
from pathlib import Path

_DATA = Path(__file__).parent / "data"

Json = dict[str, "Json"] | list["Json"] | str | int


def vectors(name: str, *path: str) -> Json:
    """Return the part of a JSON file of vectors that lies at `path`."""
    value: Json = json.loads((_DATA / name).read_text(encoding="utf-8"))
    for key in path:
        assert isinstance(value, dict)
        value = value[key]
    return value


def texts(name: str, *path: str) -> list[str]:
    """Return a list of texts."""
    rows = vectors(name, *path)
    assert isinstance(rows, list)
    return [str(row) for row in rows]


def pairs(name: str, *path: str) -> list[tuple[str, str]]:
    """Return a list of pairs of texts."""
    rows = vectors(name, *path)
    assert isinstance(rows, list)
    return [(str(row[0]), str(row[1])) for row in rows if isinstance(row, list)]


def text(name: str, *path: str) -> str:
    """Return one text."""
    value = vectors(name, *path)
    assert isinstance(value, str)
    return value


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with (_DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
