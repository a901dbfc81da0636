"""`manage verify_files`: read every stored file and say whether it is what its row says."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from onecity.platform.documents.services.proving import verify_files


class Command(BaseCommand):
    """Prints what was found; the exit code is 1 when a file is missing or altered."""

    help = "核验已存文件的完整性"

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify."""
        verdict = verify_files(step=self._step if self.stdout.isatty() else None)
        self.stdout.write(f"文件 files: {verdict.files}")
        self.stdout.write(f"缺失 missing: {', '.join(verdict.missing) or 0}")
        self.stdout.write(f"被改动 altered: {', '.join(verdict.altered) or 0}")
        if not verdict.sound:
            self.stdout.write(self.style.ERROR("文件不完整 / files are not whole"))
            sys.exit(1)
        self.stdout.write(self.style.SUCCESS("文件完整 / all files are whole"))

    def _step(self, done: int) -> None:
        self.stderr.write(f"\r{done:,}", ending="")
