"""`manage third_party`: write docs/third-party.md from the locked libraries."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from onecity.project.third_party import page


class Command(BaseCommand):
    """Writes the notice of third parties."""

    help = "生成第三方软件清单"

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the page."""
        Path("docs/third-party.md").write_text(page(Path()), encoding="utf-8")
