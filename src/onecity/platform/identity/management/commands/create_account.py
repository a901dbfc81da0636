"""`manage create_account NAME FULL_NAME`: make an account on the server."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.kernel.errors import OneCityError
from onecity.platform.identity.models import Account
from onecity.platform.identity.selectors.organisations import organisation_by_code
from onecity.platform.identity.services.accounts import NewAccount, create_account
from onecity.platform.identity.services.credentials import first_password


class Command(BaseCommand):
    """Prints the first password, once; it must be changed at the first sign-in. Rights follow by `grant_role`."""

    help = "创建账户，初始密码只显示一次"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the login name, the full name, and where the person belongs."""
        parser.add_argument("username")
        parser.add_argument("full_name")
        parser.add_argument("--organisation", metavar="CODE", help="所属机构编码")
        parser.add_argument("--kind", choices=Account.Kind.values, default=Account.Kind.STAFF)

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it."""
        password = first_password()
        try:
            code = options["organisation"]
            new = NewAccount(
                username=options["username"],
                full_name=options["full_name"],
                kind=options["kind"],
                password=password,
                organisation_id=organisation_by_code(code).id if code else None,
            )
            create_account(system_actor("create_account"), new=new, now=clock.real_now())
        except OneCityError as refusal:
            raise CommandError(refusal.sentence()) from None
        self.stdout.write(f"{new.username}  {password}")
