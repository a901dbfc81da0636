"""`manage verify_audit`: walk the audit trail's chain and say whether it is whole."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from onecity.platform.identity.services.verification import verify_audit


class Command(BaseCommand):
    """Prints what was found; the exit code is 1 when the trail is broken."""

    help = "核验审计记录的完整性"

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify."""
        verdict = verify_audit(step=self._step if self.stdout.isatty() else None)
        self.stdout.write(f"已封存 sealed: {verdict.sealed}")
        self.stdout.write(f"待封存 unsealed tail: {verdict.unsealed}")
        self.stdout.write(f"被改动 altered: {_named(verdict.altered)}")
        self.stdout.write(f"缺失 missing: {_named(verdict.missing)}")
        self.stdout.write(f"链尾 head: {'一致 fits' if verdict.head_fits else '不一致 does not fit'}")
        if not verdict.sound:
            self.stdout.write(self.style.ERROR("审计记录已被破坏 / the audit trail is broken"))
            sys.exit(1)
        self.stdout.write(self.style.SUCCESS("审计记录完整 / the audit trail is whole"))

    def _step(self, done: int, total: int) -> None:
        self.stderr.write(f"\r{done:,} / {total:,}", ending="")


def _named(numbers: tuple[int, ...]) -> str:
    return ", ".join(str(number) for number in numbers) or "0"
