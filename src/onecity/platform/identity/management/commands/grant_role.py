"""`manage grant_role NAME ROLE`: grant a role on the server."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.kernel.errors import OneCityError
from onecity.platform.identity.selectors.accounts import find_account
from onecity.platform.identity.selectors.organisations import organisation_by_code
from onecity.platform.identity.services.grants import NewGrant, grant_role


class Command(BaseCommand):
    """Grants for the whole city, or within an organisation or a division with all below it."""

    help = "授予角色：默认全市，或限于机构、区划及其下级"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take who, what, and within which scope."""
        parser.add_argument("username")
        parser.add_argument("role")
        scope = parser.add_mutually_exclusive_group()
        scope.add_argument("--organisation", metavar="CODE", help="机构编码")
        scope.add_argument("--division", metavar="CODE", default="", help="区划代码")

    def handle(self, *args: Any, **options: Any) -> None:
        """Grant."""
        account = find_account(options["username"])
        if account is None:
            raise CommandError(f"没有这个账户 / no such account: {options['username']}")
        try:
            code = options["organisation"]
            new = NewGrant(
                account.id,
                options["role"],
                organisation_id=organisation_by_code(code).id if code else None,
                division_code=options["division"],
            )
            grant_role(system_actor("grant_role"), new=new, now=clock.real_now())
        except OneCityError as refusal:
            raise CommandError(refusal.sentence()) from None
        self.stdout.write(f"{options['username']}  {options['role']}")
