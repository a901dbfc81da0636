"""Brings labelled texts into the training set of public opinion, from a table or a text a line; gzip is read too."""

import csv
import gzip
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO

from django.core.management.base import BaseCommand, CommandError

from onecity.domains.opinion.services.training import load_training_texts
from onecity.kernel.actor import system_actor


class Command(BaseCommand):
    """`load_opinion_texts FILE --kind mood --text review --label label --map 1=positive --map 0=negative`."""

    help = "Bring labelled texts into the training set of public opinion."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file and where in it text and label stand."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--kind", choices=("mood", "topic"), required=True)
        parser.add_argument("--corpus", default="")
        parser.add_argument("--text", default="text", help="column of the text")
        parser.add_argument("--label", default="label", help="column of the label")
        parser.add_argument("--map", action="append", default=[], help="THEIRS=OURS, once for each label")
        parser.add_argument("--all", default="", help="label of all texts: one a line, no columns")

    def handle(self, *_: object, **options: object) -> None:
        """Read the file and say how many texts were new."""
        path = Path(str(options["file"]))
        given = options["map"] if isinstance(options["map"], list) else []
        labels = dict(str(pair).split("=", 1) for pair in given if "=" in str(pair))
        if len(labels) != len(given):
            raise CommandError("--map takes THEIRS=OURS")
        with _opened(path) as file:
            lines: Iterable[tuple[str, str]] = (
                ((line.strip(), str(options["all"])) for line in file)
                if options["all"]
                else _pairs(csv.DictReader(file), str(options["text"]), str(options["label"]), labels)
            )
            new = load_training_texts(
                system_actor("load_opinion_texts"),
                kind=str(options["kind"]),
                corpus=str(options["corpus"]) or path.name.partition(".")[0],
                lines=lines,
            )
        self.stdout.write(f"{new} new texts")


def _pairs(
    rows: Iterable[Mapping[str, str]], text: str, label: str, labels: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    for row in rows:
        if text not in row or label not in row:
            raise CommandError(f"the table has no column {text} or {label}")
        found = labels.get(row[label], "" if labels else row[label])
        if found:
            yield row[text] or "", found


def _opened(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig")
    return path.open(encoding="utf-8-sig", newline="")
