"""The demonstration's accounts: one for each role, from a table; all have the password that the launcher drew."""

from datetime import datetime
from typing import Final, Literal

import msgspec

from onecity.demo.packs import CITIES, BadPack, CityPack, Strict
from onecity.kernel.actor import Actor
from onecity.kernel.identifiers.divisions import DivisionCode, Level
from onecity.platform.geo import api as geo
from onecity.platform.identity import api as identity
from onecity.platform.identity.api import NewAccount, NewGrant

FILE: Final = CITIES / "accounts.toml"
Within = Literal["city", "organisation", "county"]


class DemoAccount(Strict, frozen=True):
    """One person. do, do_en: what he does in the walk through the city, for the list that is printed."""

    username: str
    full_name: str
    roles: tuple[str, ...]
    do: str
    do_en: str
    organisation: str = ""
    kind: str = "staff"
    within: Within = "city"


class _File(Strict, frozen=True):
    account: tuple[DemoAccount, ...]


def demo_accounts() -> tuple[DemoAccount, ...]:
    """Return the table of accounts.

    Raises: BadPack if it breaks its form.
    """
    try:
        return msgspec.toml.decode(FILE.read_bytes(), type=_File).account
    except msgspec.DecodeError as error:
        raise BadPack(params={"code": FILE.name, "reason": str(error)}) from error


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
