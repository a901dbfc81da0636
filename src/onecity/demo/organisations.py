"""The bodies of a city: government, departments, district governments, street offices."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import msgspec

from onecity.demo.packs import CITIES, BadPack, CityPack, Department, Strict
from onecity.kernel.actor import Actor
from onecity.kernel.identifiers.divisions import DivisionCode, Level, StreetKind
from onecity.platform.geo import api as geo
from onecity.platform.identity import api as identity
from onecity.platform.identity.api import NewOrganisation

FILE: Final = CITIES / "departments.toml"
GOVERNMENT: Final = "government"
_ENDINGS: Final = {
    StreetKind.SUBDISTRICT: "办事处",
    StreetKind.TOWN: "人民政府",
    StreetKind.TOWNSHIP: "人民政府",
    StreetKind.ENTERPRISE: "管理委员会",
}


class _File(Strict, frozen=True):
    department: tuple[Department, ...]


def departments(pack: CityPack) -> list[Department]:
    """Return the departments of a city, government first, with the names that its pack gives them.

    Raises: BadPack if the table breaks its form.
    """
    try:
        found = msgspec.toml.decode(FILE.read_bytes(), type=_File).department
    except msgspec.DecodeError as error:
        raise BadPack(params={"code": FILE.name, "reason": str(error)}) from error
    return [
        msgspec.structs.replace(item, name=pack.names.departments.get(item.code, item.name.format(city=pack.name)))
        for item in found
    ]


def load_organisations(actor: Actor, *, pack: CityPack) -> int:
    """Make the bodies that are not there yet, from the government down; returns how many were made.

    Codes: those of `departments.toml`, then `county.220104` for a district or county, `street.220104001` for a street.
    The divisions must have been loaded.
    """
    known = {item.code: item.id for item in identity.organisations()}
    made = 0
    for parent, new in _wanted(pack):
        if new.code not in known:
            placed = replace(new, parent_id=known[parent] if parent else None)
            known[new.code] = identity.create_organisation(actor, new=placed).id
            made += 1
    return made


def _wanted(pack: CityPack) -> Iterator[tuple[str, NewOrganisation]]:
    """Yield every body with the code of the one above it."""
    for item in departments(pack):
        parent = "" if item.code == GOVERNMENT else GOVERNMENT
        yield parent, _body(item.code, item.name, item.kind, pack.division_code, short_name=item.short_name)
    prefix = DivisionCode(pack.division_code).prefix
    for county in geo.divisions(level=Level.COUNTY):
        if county.code.startswith(prefix):
            body = "管理委员会" if "开发区" in county.name else "人民政府"
            yield GOVERNMENT, _body(f"county.{county.code}", f"{county.name}{body}", "government", county.code)
    for street in geo.divisions(level=Level.STREET):
        kind = DivisionCode(street.code).street_kind
        if street.code.startswith(prefix) and kind is not None:
            name = f"{street.name}{_ENDINGS[kind]}"
            yield f"county.{street.parent_code}", _body(f"street.{street.code}", name, "street", street.code)


def _body(code: str, name: str, kind: str, division_code: str, *, short_name: str = "") -> NewOrganisation:
    return NewOrganisation(code=code, name=name, short_name=short_name or name, kind=kind, division_code=division_code)
