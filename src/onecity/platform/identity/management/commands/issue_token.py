"""`manage issue_token NAME`: register a program and issue it a token, on the server."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.kernel.errors import OneCityError
from onecity.platform.identity.selectors.organisations import organisation_by_code
from onecity.platform.identity.services.clients import NewClient, create_client, issue_token


class Command(BaseCommand):
    """Prints the bearer token, once; it holds the named permissions within the organisation, or with --everywhere."""

    help = "登记接口应用并签发令牌，令牌只显示一次"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the program's name, whose it is, what for, and what it may do."""
        parser.add_argument("name")
        parser.add_argument("--organisation", metavar="CODE", required=True, help="所属机构编码")
        parser.add_argument("--purpose", required=True, help="用途")
        parser.add_argument("--permission", metavar="CODE", action="append", default=[], help="权限编码，可重复")
        parser.add_argument("--everywhere", action="store_true", help="全市数据，而非仅所属机构")
        parser.add_argument("--days", type=int, default=90, help="有效天数")

    def handle(self, *args: Any, **options: Any) -> None:
        """Register and issue, both or neither."""
        actor, now = system_actor("issue_token"), clock.real_now()
        try:
            with transaction.atomic():
                new = NewClient(
                    name=options["name"],
                    organisation_id=organisation_by_code(options["organisation"]).id,
                    purpose=options["purpose"],
                    permission_codes=options["permission"],
                    everywhere=options["everywhere"],
                )
                client = create_client(actor, new=new, now=now)
                token = issue_token(actor, client_id=client.id, life=timedelta(days=options["days"]), now=now)
        except OneCityError as refusal:
            raise CommandError(refusal.sentence()) from None
        self.stdout.write(token)
