"""`manage access_matrix`: write who reaches what, so that a change shows in review."""

import csv
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from onecity.project.reach import matrix


class Command(BaseCommand):
    """Writes tests/architecture/access_matrix.csv."""

    help = "生成访问权限矩阵"

    def handle(self, *args: Any, **options: Any) -> None:
        """Write one row for each address, one column for each role."""
        with Path("tests/architecture/access_matrix.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(matrix())
