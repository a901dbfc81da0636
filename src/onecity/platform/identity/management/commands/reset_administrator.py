"""`manage reset_administrator NAME`: a new first password for somebody whom no page can help."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from onecity.kernel import clock
from onecity.kernel.errors import OneCityError
from onecity.platform.identity.services.first_run import reset_administrator


class Command(BaseCommand):
    """Prints the new first password, once; opens the account, and with --second-factor takes that off too."""

    help = "重置管理员的初始密码，只显示一次"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the login name."""
        parser.add_argument("username")
        parser.add_argument("--second-factor", action="store_true", help="同时停用动态口令")

    def handle(self, *args: Any, **options: Any) -> None:
        """Reset."""
        try:
            password = reset_administrator(
                options["username"], second_factor=options["second_factor"], now=clock.real_now()
            )
        except OneCityError as refusal:
            raise CommandError(refusal.sentence()) from None
        self.stdout.write(f"{options['username']}  {password}")
