"""Brings labelled texts into the hotline's training set, from a table and a mapping of its labels."""

import csv
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand

from onecity.domains.hotline.services.training_texts import load_training_texts
from onecity.kernel.actor import system_actor


class Command(BaseCommand):
    """`load_training_texts FILE --labels LABELS`: a CSV with id, title, text, level1; LABELS has label, topic."""

    help = "Bring labelled texts into the hotline's training set."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the table and the mapping."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--labels", type=Path, required=True)

    def handle(self, *_: object, **options: object) -> None:
        """Read both and say how many came in."""
        path, labels = Path(str(options["file"])), Path(str(options["labels"]))
        with labels.open(encoding="utf-8", newline="") as file:
            topics = {row["label"]: row["topic"] for row in csv.DictReader(file)}
        with path.open(encoding="utf-8", newline="") as file:
            read, without = load_training_texts(
                system_actor("load_training_texts"), lines=file, source=path.stem, topics=topics
            )
        self.stdout.write(f"{read} texts, {without} without a topic")
