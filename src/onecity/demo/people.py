"""The table of the demonstration's people: one for each role."""

from typing import Final, Literal

import msgspec

from onecity.demo.packs import CITIES, BadPack, Strict

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
