"""The made-up households: the same each time, nobody twice, and each story found by the rules of welfare."""

from datetime import date
from decimal import Decimal

import pytest

from onecity.demo.departments.people import DemoHousehold, Story, demo_households
from onecity.demo.departments.rows import COLUMNS, Tables, department_rows
from onecity.demo.departments.stores import FILES, MARIADB, POSTGRESQL, SERVICE
from onecity.domains.welfare.api import READINGS, Subject, gather
from onecity.domains.welfare.contracts import Department
from onecity.kernel.identifiers.citizen_id import parse_citizen_id
from onecity.kernel.identifiers.credit_code import is_valid_credit_code

DIVISIONS = ("220104001", "220104002")
TODAY = date(2026, 3, 10)

pytestmark = pytest.mark.xdist_group("departments")


@pytest.fixture(scope="module")
def homes() -> list[DemoHousehold]:
    return list(demo_households(DIVISIONS, count=4000))


@pytest.fixture(scope="module")
def tables(homes: list[DemoHousehold]) -> Tables:
    return department_rows(homes[: len(Story)], today=TODAY)


def test_the_same_seed_makes_the_same_people(homes: list[DemoHousehold]) -> None:
    assert homes == list(demo_households(DIVISIONS, count=4000))


def test_every_number_is_well_formed_and_nobodys_else(homes: list[DemoHousehold]) -> None:
    people = [person for home in homes for person in home.people]
    assert len({person.number for person in people}) == len(people)
    assert all(parse_citizen_id(person.number).birth_date == person.born for person in people)


def test_too_many_households_are_refused() -> None:
    with pytest.raises(ValueError, match="90001"):
        list(demo_households(DIVISIONS, count=90_001))


def test_every_dataset_that_welfare_reads_has_its_table_at_one_of_thirteen_departments() -> None:
    stores = {**POSTGRESQL, **MARIADB, **FILES, **SERVICE}
    assert set(stores) == {item.value for item in Department}
    tables = {name: department for department, names in stores.items() for name in names}
    assert tables == {code: item.department.value for code, item in READINGS.items()}
    assert set(COLUMNS) == set(READINGS)


def told(home: DemoHousehold, tables: Tables) -> dict[str, object]:
    """Return what welfare reads of a household, by a few of its facts."""
    declared = [person for person in home.people if person.declared]
    answers = [
        (
            code,
            Subject(person.number, person.number),
            [row for row in tables[code] if row["citizen_id"] == person.number],
        )
        for code in READINGS
        for person in declared
    ]
    found = gather(answers, identifiers=[person.number for person in declared])
    return {
        "kinds": sorted({item.kind.value for item in found.assets} - {"deposit"}),
        "money": sum((item.value for item in found.assets if item.kind == "deposit"), Decimal(0)),
        "missing": found.missing_people,
        "dead": any(item.death_date for item in found.people),
        "married": any(item.spouse_listed is False for item in found.people),
        "insured": any(item.insured_now for item in found.people),
        "topics": sorted({item.topic for item in found.incomes}),
    }


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        (Story.HONEST, {"kinds": [], "missing": 0, "dead": False, "married": False, "insured": False}),
        (Story.HIDDEN_CAR, {"kinds": ["vehicle"]}),
        (Story.STILL_MARRIED, {"married": True}),
        (Story.DEAD_DRAWING, {"dead": True, "topics": ["pension"]}),
        (Story.HIDDEN_SAVINGS, {"kinds": ["security"], "money": Decimal(126_800)}),
        (Story.SECOND_FLAT, {"kinds": ["house"]}),
        (Story.SHAREHOLDER, {"kinds": ["enterprise"]}),
        (Story.WORKS, {"insured": True, "kinds": ["fund"]}),
        (Story.EARNS_MORE, {"topics": ["wage"]}),
        (Story.HIDDEN_SON, {"missing": 1}),
        (Story.TOOL_OF_LIVING, {"kinds": ["vehicle"]}),
        (Story.RICH_SON, {"missing": 0}),
    ],
)
def test_each_story_is_in_the_departments_tables(
    homes: list[DemoHousehold], tables: Tables, story: Story, expected: dict[str, object]
) -> None:
    home = next(item for item in homes if item.story is story)
    facts = told(home, tables)
    assert {name: facts[name] for name in expected} == expected


def test_enterprises_have_well_formed_codes(tables: Tables) -> None:
    assert all(is_valid_credit_code(str(row["credit_code"])) for row in tables["shareholdings"])
