"""`manage settings_page`: write docs/settings.md from the settings' own table."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from onecity.project import env


class Command(BaseCommand):
    """Writes the reference page of settings."""

    help = "生成设置说明"

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the page."""
        Path("docs/settings.md").write_text(env.reference(), encoding="utf-8")
