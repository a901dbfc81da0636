"""How people and their facts are shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from onecity.kernel.text import zh
from onecity.platform.registers.contracts.persons import PersonFacts
from onecity.platform.registers.models import Person
from onecity.platform.registers.rules.person_codes import code_name
from onecity.platform.registers.rules.person_fields import FIELDS
from onecity.platform.registers.selectors.persons.file import shown_fact
from onecity.platform.registers.selectors.persons.searching import Hit
from onecity.web.listing import Badge

_TONES: Final[Mapping[str, Badge]] = {
    Person.Status.ALIVE.value: Badge(zh("在册"), "green"),
    Person.Status.DEAD.value: Badge(zh("死亡"), "grey"),
    Person.Status.MOVED_OUT.value: Badge(zh("迁出"), "yellow"),
    Person.Status.MERGED.value: Badge(zh("已并档"), "purple"),
}

_TITLES: Final[Mapping[str, str]] = {item.name: item.title for item in FIELDS} | {
    "household": zh("所在户"),
    "file": zh("整份档案"),
    "facts": zh("基本信息"),
    "history": zh("信息沿革"),
    "search": zh("查询结果"),
    "exists": zh("是否在库"),
    "permit": zh("居住证号码"),
}


@dataclass(frozen=True, slots=True)
class ShownPerson:
    """A line about a person."""

    id: int
    name: str
    sex: str
    birth_date: date
    citizen_id: str
    status: Badge
    address: str
    relation: str = ""
    household_id: int | None = None


def status_badge(status: str) -> Badge:
    """Return a status as a coloured word."""
    return _TONES[status]


def shown_hit(item: Hit) -> ShownPerson:
    """Return a search result as a line."""
    return ShownPerson(
        item.id,
        item.name,
        code_name("sex_code", item.sex_code),
        item.birth_date,
        item.citizen_id_masked,
        status_badge(item.status),
        item.address,
        household_id=item.household_id,
    )


def shown_member(item: PersonFacts) -> ShownPerson:
    """Return a member of a household as a line."""
    return ShownPerson(
        item.id,
        item.name,
        code_name("sex_code", item.sex_code),
        item.birth_date,
        item.citizen_id_masked,
        status_badge(item.status),
        item.address,
        code_name("relation_code", item.relation_code),
        item.household_id,
    )


def shown_facts(facts: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the facts of a state as (title, text) pairs, empty ones left out."""
    return [(item.title, shown_fact(item.name, facts[item.name])) for item in FIELDS if facts.get(item.name)]


def field_title(name: str) -> str:
    """Return a field's title; the name itself for what is no field."""
    return _TITLES.get(name, name)
