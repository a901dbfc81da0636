"""`manage create_administrators`: make the first system, security and audit administrator."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from onecity.kernel import clock
from onecity.kernel.errors import OneCityError
from onecity.platform.identity.services.first_run import (
    AUDIT_ROLE,
    SECURITY_ROLE,
    SYSTEM_ROLE,
    create_administrators,
)


class Command(BaseCommand):
    """Prints each one's login name and first password, once; each must be changed at the first sign-in."""

    help = "创建三员账户（系统、安全、审计管理员），初始密码只显示一次"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the three login names."""
        parser.add_argument("--system", default="sysadmin")
        parser.add_argument("--security", default="secadmin")
        parser.add_argument("--audit", default="auditor")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make them, all or none."""
        names = {SYSTEM_ROLE: options["system"], SECURITY_ROLE: options["security"], AUDIT_ROLE: options["audit"]}
        try:
            made = create_administrators(names, now=clock.real_now())
        except OneCityError as refusal:
            raise CommandError(refusal.sentence()) from None
        for item in made:
            self.stdout.write(f"{item.role}  {item.username}  {item.password}")
        self.stdout.write("初始密码只显示这一次，首次登录时须修改。/ Shown once; to be changed at the first sign-in.")
