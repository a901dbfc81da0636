"""`manage doctor`: examine every part and say what to do."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from onecity.project.health import examine
from onecity.project.ports import ports


class Command(BaseCommand):
    """Prints a line for each part; the exit code is 1 when something is wrong."""

    help = "检查各部件并给出处理办法"

    def handle(self, *args: Any, **options: Any) -> None:
        """Examine."""
        findings = [*examine(), *ports()]
        for item in findings:
            mark = self.style.SUCCESS("✓") if item.well else self.style.ERROR("✗")
            advice = "" if item.well else f"\n      → {item.advice}"
            self.stdout.write(f"  {mark} {item.part:14} {item.found}{advice}")
        if not all(item.well for item in findings):
            sys.exit(1)
