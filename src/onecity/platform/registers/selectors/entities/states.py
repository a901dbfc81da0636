"""An entity's values as canonical text."""

from datetime import date
from decimal import Decimal
from typing import Final

from onecity.platform.registers.models import LegalEntity
from onecity.platform.registers.rules.entities.fields import DATES
from onecity.platform.registers.rules.entities.industries import section_of
from onecity.platform.registers.rules.person_fields import read_place, written_place
from onecity.platform.registers.rules.words import pairs

PLAIN: Final = (
    "name",
    "kind",
    "status",
    "representative_name",
    "capital_currency",
    "industry_code",
    "business_scope",
    "registrar",
)


def facts_of(row: LegalEntity) -> dict[str, str]:
    """Return all values of an entity as canonical text."""
    days = {name: getattr(row, name) for name in DATES}
    return {
        **{name: str(getattr(row, name)) for name in PLAIN},
        **{name: day.isoformat() if day else "" for name, day in days.items()},
        "registered_capital": "" if row.registered_capital is None else f"{row.registered_capital:.2f}",
        "seat": written_place(row.division_code, row.address),
    }


def put_facts(row: LegalEntity, values: dict[str, str]) -> None:
    """Put canonical values into the columns of an entity that is about to be saved."""
    for name, value in values.items():
        if name in PLAIN:
            setattr(row, name, value)
        elif name in DATES:
            setattr(row, name, date.fromisoformat(value) if value else None)
        elif name == "registered_capital":
            row.registered_capital = Decimal(value) if value else None
        else:
            row.division_code, row.address = read_place(value)
    row.words, row.industry_section = pairs(row.name), section_of(row.industry_code)
