"""`manage messages`: bring every module's English catalogue up to date with the code."""

from typing import Any

from django.core.management.base import BaseCommand

from onecity.project.messages import PACKAGE, modules, update


class Command(BaseCommand):
    """Collects messages and tells where English is missing."""

    help = "更新界面文字目录"

    def handle(self, *args: Any, **options: Any) -> None:
        """Update each module and name those that lack something."""
        for module in modules():
            lacking = update(module)
            if lacking:
                self.stdout.write(f"{module.relative_to(PACKAGE)}: {lacking}")
