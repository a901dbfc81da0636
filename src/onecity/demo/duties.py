"""Who answers for which city problems in the demonstration, from a table."""

from collections.abc import Mapping
from typing import Final

import msgspec

from onecity.demo.packs import CITIES, BadPack, CityPack, Strict
from onecity.domains.urban_management import api as urban_management
from onecity.kernel.actor import Actor
from onecity.platform.identity import api as identity

FILE: Final = CITIES / "duties.toml"


class DutyTable(Strict, frozen=True):
    """centre: the body that owns the city's cases. departments: body → codes of classes, big or small."""

    centre: str
    departments: Mapping[str, tuple[str, ...]]


def duty_table() -> DutyTable:
    """Return the table.

    Raises: BadPack if it breaks its form.
    """
    try:
        return msgspec.toml.decode(FILE.read_bytes(), type=DutyTable)
    except msgspec.DecodeError as error:
        raise BadPack(params={"code": FILE.name, "reason": str(error)}) from error


def load_duties(actor: Actor, *, pack: CityPack) -> int:
    """Give every class its body, and the city's cases their centre; returns how many duties there are."""
    table, bodies = duty_table(), {item.code: item.id for item in identity.organisations()}
    urban_management.set_centre(actor, division_code=pack.division_code[:4], organisation_id=bodies[table.centre])
    pairs = [(code, bodies[body]) for body, codes in table.departments.items() for code in codes]
    for code, body in pairs:
        urban_management.assign_duty(actor, class_code=code, organisation_id=body)
    return len(pairs)
