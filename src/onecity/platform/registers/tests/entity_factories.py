"""The smallest valid objects of the register of legal entities."""

from datetime import date, datetime
from decimal import Decimal
from itertools import count
from typing import Final

from onecity.kernel.actor import system_actor
from onecity.kernel.identifiers import credit_code, organisation_code
from onecity.platform.identity.tests.factories import Organisation, make_organisation
from onecity.platform.registers.contracts.entities import NewEntity, NewHolding
from onecity.platform.registers.contracts.provenance import SourceInfo
from onecity.platform.registers.models import LegalEntity
from onecity.platform.registers.services.entities.entering import register_entity
from onecity.platform.registers.services.entities.parts import add_holding
from onecity.platform.registers.services.provenance_rules import add_source, publish_version, set_ranks, start_draft
from onecity.platform.registers.tests.moments import NOON

ACTOR: Final = system_actor("test")
SEAT: Final = "220104001001 人民大街1号"
TODAY: Final = date(2026, 3, 10)
_numbers = count(1)


def make_uscc(serial: int = 0, *, head: str = "91", division: str = "220104") -> str:
    """Make a credit code with right check characters."""
    inner = f"{serial or next(_numbers):08d}"
    first = f"{head}{division}{inner}{organisation_code.check_character(inner)}"
    return f"{first}{credit_code.check_character(first)}"


def make_source(code: str = "samr", *, organisation: Organisation | None = None) -> SourceInfo:
    """Make a data source."""
    owner = organisation or make_organisation(code)
    return add_source(ACTOR, code=code, name=code, organisation_id=owner.id, now=NOON)


def make_entity(
    name: str = "长春市光明商贸有限公司",
    *,
    uscc: str = "",
    source: str = "samr",
    organisation: Organisation | None = None,
    number: str = "",
    observed_at: datetime | None = None,
    valid_from: date | None = None,
    place: tuple[float, float] | None = None,
    **values: str,
) -> LegalEntity:
    """Make an entity; its source is made when there is none."""
    make_source(source, organisation=organisation)
    new = NewEntity(
        uscc=uscc or make_uscc(),
        values={"name": name, "seat": SEAT, **values},
        source=source,
        place=place,
        representative_number=number,
        observed_at=observed_at,
        valid_from=valid_from,
    )
    return LegalEntity.objects.get(id=register_entity(ACTOR, new=new, now=NOON))


def hold(entity: LegalEntity, holder: LegalEntity | str, share: str, *, number: str = "") -> int:
    """Have an entity or a person hold a share."""
    if isinstance(holder, str):
        new = NewHolding("person", holder_name=holder, number=number, share=Decimal(share))
    else:
        new = NewHolding("entity", holder_uscc=holder.uscc, share=Decimal(share))
    return add_holding(ACTOR, entity_id=entity.id, new=new, source="samr", now=NOON)


def rank(*tiers: list[int], field: str = "*") -> None:
    """Publish which sources are answerable, best first."""
    draft = start_draft(ACTOR, register="registers.entities", now=NOON)
    set_ranks(ACTOR, version_id=draft, tiers={field: list(tiers)})
    publish_version(ACTOR, version_id=draft, basis="测试", valid_from=NOON, now=NOON)
