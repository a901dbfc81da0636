"""Made-up people: right in every check, the same each time."""

from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from onecity.kernel import clock
from onecity.kernel.errors import Invalid
from onecity.platform.identity.tests.factories import make_organisation
from onecity.platform.registers import api
from onecity.platform.registers.models import ContestedValue, Household, LifeEvent, Person, Residence
from onecity.platform.registers.rules.person_blocks import identifiers_pass
from onecity.platform.registers.seed.demonstration import Bodies, seed_population
from onecity.platform.registers.seed.filling import PeopleThere, fill
from onecity.platform.registers.seed.names import name_book
from onecity.platform.registers.seed.people import Ground, People, make_people
from onecity.platform.registers.services.persons.columns import CITIZEN_ID, opened
from onecity.platform.registers.tests.factories import SYSTEM, make_person, make_source

GROUND = Ground(np.array(["220102001001", "220103001002"]))
BOOK = name_book(None)


def _people(block: int = 0, *, count: int = 3_000, blocks: int = 3) -> People:
    return make_people(block, count=count, blocks=blocks, book=BOOK, ground=GROUND)


def test_numbers_are_right_and_never_meet() -> None:
    numbers = [number for block in range(3) for number in _people(block).numbers]
    assert identifiers_pass(numbers).all()
    assert len(set(numbers)) == 9_000


def test_numbers_agree_with_birth_and_sex() -> None:
    people = _people()
    births = [text.replace("-", "") for text in people.births.astype("datetime64[D]").astype(str)]
    assert [number[6:14] for number in people.numbers] == births
    assert [int(number[16]) % 2 == 1 for number in people.numbers] == people.male.tolist()


def test_full_day_is_given_in_another_division() -> None:
    people = make_people(0, count=20_000, blocks=500, book=BOOK, ground=GROUND)
    assert len(set(people.numbers)) == 20_000
    assert identifiers_pass(people.numbers).all()


def test_every_household_has_one_head_and_one_to_six_members() -> None:
    people = _people()
    heads = people.household[people.relations == "02"]
    assert heads.tolist() == sorted(set(people.household.tolist()))
    assert np.bincount(people.household).max() <= 6


def test_children_bear_the_heads_surname() -> None:
    people = _people()
    heads = {int(people.household[place]): people.names[place][0] for place in np.flatnonzero(people.relations == "02")}
    children = np.flatnonzero(np.isin(people.relations, ("20", "30")))
    assert all(people.names[place][0] == heads[int(people.household[place])] for place in children)


def test_addresses_of_all_blocks_differ() -> None:
    addresses = [address for block in range(3) for address in _people(block).addresses]
    assert len(set(addresses)) == len(addresses)


def test_same_seed_makes_the_same_people() -> None:
    assert _people().names.tolist() == _people().names.tolist()


def test_real_tables_give_the_usual_surnames(data: Path) -> None:
    book = name_book(data)
    drawn = book.draw_surnames(np.random.default_rng(0), 10_000).tolist()
    assert 0.05 < drawn.count("王") / 10_000 < 0.1
    people = make_people(0, count=2_000, blocks=1, book=book, ground=GROUND)
    assert {len(name) for name in people.names} >= {2, 3}


@pytest.mark.django_db(transaction=True)
def test_filling_enters_everybody_findable() -> None:
    source = make_source()
    said = list[int]()
    done = fill(
        SYSTEM,
        people=1_000,
        source=source,
        data=None,
        now=clock.city_now(),
        processes=1,
        say=lambda count, _total, _seconds: said.append(count),
    )
    assert (done, said, Person.objects.count()) == (1_000, [1_000], 1_000)
    person = Person.objects.get(id=7)
    number = opened(person.citizen_id_sealed, CITIZEN_ID)
    assert person.household_id is not None
    found = api.find_person(SYSTEM, identifier=number, reason="核对生成结果", now=clock.real_now())
    assert found is not None
    assert (found.id, found.birth_date.strftime("%Y%m%d")) == (7, number[6:14])
    head = Household.objects.get(id=person.household_id).head_id
    assert head is not None
    assert Person.objects.get(id=head).relation_code == "02"
    assert Residence.objects.count() == Person.objects.exclude(actual_address=None).count() > 0
    assert make_person().id == 1_001
    with pytest.raises(PeopleThere):
        fill(SYSTEM, people=10, source=source, data=None, now=clock.city_now())


@pytest.mark.django_db
def test_nobody_or_too_many_are_refused() -> None:
    source = make_source()
    for people in (0, 25_000_001):
        with pytest.raises(Invalid):
            fill(SYSTEM, people=people, source=source, data=None, now=clock.city_now())


@pytest.mark.django_db(transaction=True)
def test_command_fills_and_says_how_many(capsys: pytest.CaptureFixture[str]) -> None:
    make_source()
    call_command("generate_population", "--people", "500", "--source", "police.population", "--processes", "1")
    assert "500 人" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("generate_population", "--people", "500", "--source", "nobody")


@pytest.mark.django_db(transaction=True)
def test_demonstration_is_seeded_once_with_conflicts_and_events() -> None:
    police, civil, health = (make_organisation(name).id for name in ("公安局", "民政局", "卫健委"))
    bodies = Bodies(police, civil, health)
    assert seed_population(SYSTEM, bodies=bodies, people=800, data=None, now=clock.city_now()) == 800
    states = dict(ContestedValue.objects.values_list("field", "state"))
    assert states == {"name": "lost", "phone": "waiting"}
    assert set(LifeEvent.objects.values_list("kind", flat=True)) == {"marriage", "reside", "correction"}
    before = ContestedValue.objects.count()
    assert seed_population(SYSTEM, bodies=bodies, people=900, data=None, now=clock.city_now()) == 800
    assert ContestedValue.objects.count() == before
