"""The demonstration's accounts: one for each role, from a table; all have the password that the launcher drew."""

from datetime import datetime

from onecity.demo.packs import CityPack
from onecity.demo.people import DemoAccount, demo_accounts
from onecity.kernel.actor import Actor
from onecity.kernel.identifiers.divisions import DivisionCode, Level
from onecity.platform.geo import api as geo
from onecity.platform.identity import api as identity
from onecity.platform.identity.api import NewAccount, NewGrant


def load_accounts(actor: Actor, *, pack: CityPack, password: str, now: datetime) -> int:
    """Make the accounts that are not there yet, each with its roles; returns how many were made. now: real time.

    The city's bodies must have been loaded. Raises: WeakPassword.
    """
    bodies = {item.code: item.id for item in identity.organisations()}
    missing = [item for item in demo_accounts() if identity.find_account(item.username) is None]
    for item in missing:
        new = NewAccount(
            username=item.username,
            full_name=item.full_name,
            kind=item.kind,
            password=password,
            organisation_id=bodies[item.organisation] if item.organisation else None,
            must_change_password=False,
        )
        account = identity.create_account(actor, new=new, now=now)
        for role in item.roles:
            identity.grant_role(actor, new=_grant(account.id, role, item, bodies, pack), now=now)
    return len(missing)


def _grant(account_id: int, role: str, item: DemoAccount, bodies: dict[str, int], pack: CityPack) -> NewGrant:
    if item.within == "organisation":
        return NewGrant(account_id, role, organisation_id=bodies[item.organisation])
    if item.within == "county":
        return NewGrant(account_id, role, division_code=_first_county(pack))
    return NewGrant(account_id, role)


def _first_county(pack: CityPack) -> str:
    prefix = DivisionCode(pack.division_code).prefix
    return next(item.code for item in geo.divisions(level=Level.COUNTY) if item.code.startswith(prefix))
