"""`manage declared`: write the record of all declared codes, so that a change shows in review."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from onecity.kernel.registry import domains


class Command(BaseCommand):
    """Writes tests/architecture/declared.json."""

    help = "登记所有声明编码"

    def handle(self, *args: Any, **options: Any) -> None:
        """Write every domain's items as `Type code`, sorted."""
        current = {
            domain.code: sorted(f"{type(item).__name__} {item.code}" for item in domain.items) for domain in domains()
        }
        text = json.dumps(current, indent=1, ensure_ascii=False, sort_keys=True)
        Path("tests/architecture/declared.json").write_text(text + "\n", encoding="utf-8")
