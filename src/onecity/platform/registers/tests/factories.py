"""The smallest valid objects of the population register."""

from datetime import date
from itertools import count

from onecity.kernel import clock
from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.identifiers.citizen_id import check_character
from onecity.platform.identity.tests.factories import Organisation, make_organisation
from onecity.platform.registers.contracts.persons import NewPerson, Place
from onecity.platform.registers.contracts.provenance import SourceInfo
from onecity.platform.registers.models import Person
from onecity.platform.registers.rules.person_fields import POPULATION
from onecity.platform.registers.services.persons.entering import register_person
from onecity.platform.registers.services.persons.households import NewHousehold, open_household
from onecity.platform.registers.services.provenance_rules import (
    Tiers,
    add_source,
    publish_version,
    set_ranks,
    start_draft,
)

SYSTEM = system_actor("test")
HOME = Place("220102001001", "人民大街1号1栋101室")
_numbers = count(1)


def make_number(*, born: date = date(1990, 1, 1), sex: str = "1", division: str = "220102") -> str:
    """Make an identity number with a right check character; each another one."""
    order = (next(_numbers) * 2 + (1 if sex == "1" else 0)) % 1000
    first = f"{division}{born:%Y%m%d}{order:03}"
    return first + check_character(first)


def make_source(
    code: str = "police.population", *, name: str = "公安局人口库", organisation: Organisation | None = None
) -> SourceInfo:
    """Make a data source, with an organisation of its own unless one is given."""
    owner = organisation or make_organisation(name)
    return add_source(SYSTEM, code=code, name=name, organisation_id=owner.id, now=clock.city_now())


def publish_ranks(tiers: Tiers, *, register: str = POPULATION) -> int:
    """Publish an edition of the rules that holds from now on."""
    now = clock.city_now()
    version = start_draft(SYSTEM, register=register, now=now)
    set_ranks(SYSTEM, version_id=version, tiers=tiers)
    publish_version(SYSTEM, version_id=version, basis="试行办法", valid_from=now, now=now)
    return version


def make_household(*, source: str = "police.population", place: Place = HOME, actor: Actor = SYSTEM) -> int:
    """Open a household."""
    new = NewHousehold(f"H{next(_numbers):08}", place, source, opened_date=date(2020, 1, 1))
    return open_household(actor, new=new, now=clock.city_now())


def make_person(
    name: str = "张三",
    *,
    source: str = "police.population",
    number: str = "",
    sex: str = "1",
    born: date = date(1990, 1, 1),
    household_id: int | None = None,
    relation: str = "",
    place: Place | None = HOME,
    phone: str = "",
    valid_from: date | None = None,
    actor: Actor = SYSTEM,
) -> Person:
    """Register a person."""
    new = NewPerson(
        name=name,
        source=source,
        citizen_id=number or make_number(born=born, sex=sex),
        household_id=household_id,
        relation_code=relation,
        place=None if household_id else place,
        phone=phone,
        valid_from=valid_from or date(2020, 1, 1),
    )
    return Person.objects.get(id=register_person(actor, new=new, now=clock.city_now()))
