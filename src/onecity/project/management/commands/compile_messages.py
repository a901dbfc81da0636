"""`manage compile_messages`: compile every module's English catalogue that has changed."""

from typing import Any

from django.core.management.base import BaseCommand

from onecity.project.messages import compile_catalogue, modules


class Command(BaseCommand):
    """Compiles the catalogues."""

    help = "编译界面文字"

    def handle(self, *args: Any, **options: Any) -> None:
        """Compile what is older than its source."""
        changed = sum(compile_catalogue(module) for module in modules())
        self.stdout.write(f"{changed}")
