"""Corners of the population register: races, empty places, decisions that come twice."""

from datetime import date

import pyarrow as pa
import pytest
from django.db import connection

from onecity.kernel import clock
from onecity.platform.cases.declare import Facts
from onecity.platform.identity.tests.factories import make_organisation
from onecity.platform.registers import api
from onecity.platform.registers.contracts.persons import BlockKey, FieldChange, NewEvent, NewPerson, Place
from onecity.platform.registers.declare import Ruling
from onecity.platform.registers.models import ContestedValue, Household, LifeEvent, Person, Residence
from onecity.platform.registers.rules.person_fields import POPULATION
from onecity.platform.registers.seed import filling
from onecity.platform.registers.selectors.persons.facts import by_identifier
from onecity.platform.registers.services.persons import entering, landing_sql
from onecity.platform.registers.services.persons.changing import write_ruling
from onecity.platform.registers.services.persons.households import set_head
from onecity.platform.registers.services.persons.landing import Overtaken
from onecity.platform.registers.services.provenance_conflicts import decide, open_conflict_cases
from onecity.platform.registers.tests.factories import (
    SYSTEM,
    make_household,
    make_number,
    make_person,
    make_source,
)

pytestmark = pytest.mark.django_db
POLICE = "police.population"
THERE = Place("220103001001", "解放大路9号")


def _ruling(entry_id: int, **rest: str) -> Ruling:
    (field, value), source, now = next(iter(rest.items())), api.source_by_code(POLICE), clock.city_now()
    return Ruling(entry_id, field, value, source.id, now, now)


def test_facts_of_a_person_are_told() -> None:
    make_source()
    person = make_person()
    assert api.person_facts(SYSTEM, person_id=person.id, reason="核对信息", now=clock.real_now()).name == "张三"


def test_blank_identifier_finds_nobody() -> None:
    assert by_identifier(SYSTEM, "  ") is None


def test_number_that_another_clerk_entered_meanwhile_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    make_source()
    number = make_number()
    make_person(number=number)
    monkeypatch.setattr(entering, "refuse_known", lambda _: None)
    with pytest.raises(api.PersonKnown):
        make_person(number=number)


def test_block_whose_persons_another_process_entered_meanwhile_is_undone(monkeypatch: pytest.MonkeyPatch) -> None:
    make_source()
    monkeypatch.setattr(landing_sql, "PERSONS", "SELECT 1 WHERE false")
    batch = pa.record_batch({"citizen_id": [make_number()], "name": ["张三"]})
    with pytest.raises(Overtaken):
        api.take_records(SYSTEM, source=POLICE, batch=batch, block=BlockKey("run", 1), now=clock.city_now())
    assert not Person.objects.exists()


def test_empty_time_of_a_record_is_now() -> None:
    make_source()
    batch = pa.record_batch({"citizen_id": [make_number()], "name": ["张三"], "observed_at": [""]})
    now = clock.city_now()
    api.take_records(SYSTEM, source=POLICE, batch=batch, block=BlockKey("run", 1), now=now)
    assert Person.objects.get().observed_at == now


def test_decision_for_a_person_who_is_gone_is_refused() -> None:
    make_source()
    with pytest.raises(api.NoSuchPerson):
        write_ruling(_ruling(7, name="张山"))


def test_decision_for_what_stands_already_changes_nothing() -> None:
    make_source()
    person = make_person()
    write_ruling(_ruling(person.id, name="张三"))
    person.refresh_from_db()
    assert person.revision == 1
    assert not LifeEvent.objects.exists()


def test_decision_is_written_once() -> None:
    make_source()
    civil, person = make_source("civil.aid", name="民政局"), make_person()
    change = FieldChange({"name": "张山"}, civil.code)
    api.change_fields(SYSTEM, person_id=person.id, change=change, now=clock.city_now())
    row = ContestedValue.objects.get()
    facts = Facts(
        case_id=1,
        number="1",
        type_code="registers.conflict",
        class_code="",
        source_code="",
        urgency=0,
        organisation_id=row.organisation_id,
        handler_id=None,
        division_code="220102",
        outcome="accept",
        outcomes={"judge": "accept"},
        data={"contested": row.id},
        now=clock.city_now(),
    )
    decide(facts, {})
    decide(facts, {})
    person.refresh_from_db()
    assert (person.name, person.revision) == ("张山", 2)


@pytest.mark.parametrize(("division", "opened"), [("220100", 1), ("", 0)])
def test_conflict_of_a_person_without_a_place_lies_where_the_body_works(division: str, opened: int) -> None:
    make_source(organisation=make_organisation("公安局", division=division))
    civil, person = make_source("civil.aid", name="民政局"), make_person(place=None)
    change = FieldChange({"name": "张山"}, civil.code)
    api.change_fields(SYSTEM, person_id=person.id, change=change, now=clock.city_now())
    assert open_conflict_cases() == opened
    assert ContestedValue.objects.get().case_number.startswith(division)


def test_head_may_be_set_again() -> None:
    make_source()
    household = make_household()
    person = make_person(household_id=household)
    for _ in range(2):
        set_head(SYSTEM, household_id=household, person_id=person.id, source=POLICE, now=clock.city_now())
    assert Household.objects.get().head_id == person.id


def test_birth_without_a_known_mother() -> None:
    make_source()
    values = {"name": "张小三", "sex_code": "2"}
    event = NewEvent("birth", date(2026, 3, 1), POLICE, household_id=make_household(), values=values)
    api.record_life_event(SYSTEM, event=event, now=clock.city_now())
    assert Person.objects.get().sex_code == "2"


def test_who_lives_elsewhere_stays_there_when_the_registration_moves() -> None:
    make_source()
    person = make_person()
    for field, place in (("living_place", "220104001001 红旗街2号"), ("registered_place", "220103001001 解放大路9号")):
        change = FieldChange({field: place}, POLICE)
        api.change_fields(SYSTEM, person_id=person.id, change=change, now=clock.city_now())
    person.refresh_from_db()
    assert (person.division_code, person.registered_division_code) == ("220104001001", "220103001001")


def test_move_from_nowhere_keeps_no_former_place() -> None:
    make_source()
    person = make_person(place=None)
    event = NewEvent("move_in", date(2026, 3, 1), POLICE, person_id=person.id, place=THERE)
    api.record_life_event(SYSTEM, event=event, now=clock.city_now())
    assert not Residence.objects.exists()


def test_unknown_household_is_not_split() -> None:
    make_source()
    new = api.NewHousehold("H1", THERE, POLICE)
    with pytest.raises(api.NoSuchHousehold):
        api.split_household(SYSTEM, household_id=7, members={1: "02"}, new=new, now=clock.city_now())


def test_sex_of_a_person_without_a_number_may_be_corrected() -> None:
    make_source()
    new = NewPerson("JOHN SMITH", POLICE, sex_code="2", birth_date=date(1980, 1, 1))
    number = api.register_person(SYSTEM, new=new, now=clock.city_now())
    change = FieldChange({"sex_code": "1"}, POLICE)
    outcome = api.change_fields(SYSTEM, person_id=number, change=change, now=clock.city_now())
    assert outcome.verdicts == {"sex_code": "contested"}
    assert ContestedValue.objects.get().register == POPULATION


@pytest.mark.django_db(transaction=True)
def test_blocks_are_filled_without_indexes_and_all_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "BLOCK", 400)
    source, before = make_source(), _indexes()
    done = filling.fill(SYSTEM, people=1_000, source=source, data=None, now=clock.city_now(), processes=1)
    assert (done, Person.objects.count()) == (1_000, 1_000)
    assert _indexes() == before
    person = Person.objects.order_by("-id")[0]
    number = api.identifier_of(SYSTEM, person_id=person.id, reason="核对生成结果", now=clock.real_now())
    with pytest.raises(api.PersonKnown):
        make_person(number=number)


def _indexes() -> set[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename, indexdef FROM pg_indexes WHERE tablename LIKE 'registers_%'")
        rows = set(cursor.fetchall())
        cursor.execute("SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conname LIKE 'registers_%'")
        return rows | set(cursor.fetchall())
