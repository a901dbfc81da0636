"""Events of a life, and households."""

from datetime import date

import pytest

from onecity.kernel import clock
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.platform.identity.tests.factories import make_actor
from onecity.platform.registers import api
from onecity.platform.registers.contracts.persons import NewEvent, Place
from onecity.platform.registers.models import Certificate, Household, LifeEvent, Person, Residence
from onecity.platform.registers.permissions import MAINTAIN_PERSONS
from onecity.platform.registers.rules.person_history import state_at
from onecity.platform.registers.selectors.persons.facts import household_info
from onecity.platform.registers.services.persons.households import (
    HouseholdClosed,
    HouseholdRefused,
    NewHousehold,
    set_head,
)
from onecity.platform.registers.services.persons.life_events import NotAlive
from onecity.platform.registers.services.persons.papers import CertificateKnown, withdraw_certificate
from onecity.platform.registers.services.persons.states import states_of
from onecity.platform.registers.tests.factories import SYSTEM, make_household, make_number, make_person, make_source

pytestmark = pytest.mark.django_db
POLICE = "police.population"
DAY = date(2026, 3, 1)
THERE = Place("220103001001", "解放大路9号")


@pytest.fixture(autouse=True)
def _source(db: None) -> None:
    make_source()


def _happens(kind: str, person: Person | None = None, **rest: object) -> LifeEvent:
    day = rest.pop("day", DAY)
    event = NewEvent(kind, day, POLICE, person_id=person.id if person else None, **rest)  # type: ignore[arg-type]
    return LifeEvent.objects.get(id=api.record_life_event(SYSTEM, event=event, now=clock.city_now()))


def test_birth_makes_a_person_and_puts_it_into_the_household() -> None:
    household = make_household()
    mother = make_person("王芳", sex="2", household_id=household, relation="02")
    event = _happens(
        "birth",
        partner_id=mother.id,
        household_id=household,
        relation_code="20",
        values={"name": "张小三", "sex_code": "1"},
    )
    child = Person.objects.get(id=event.person_id)
    assert (child.birth_date, child.valid_from, child.household_id) == (DAY, DAY, household)
    assert child.registered_division_code == "220102001001"
    assert [item.name for item in household_info(SYSTEM, household).members] == ["王芳", "张小三"]


@pytest.mark.parametrize(("sex", "born"), [("1", date(1990, 1, 1)), ("2", date(2020, 1, 1)), ("2", date(1930, 1, 1))])
def test_birth_needs_a_mother_of_right_sex_and_age(sex: str, born: date) -> None:
    household = make_household()
    nobody = make_person("王芳", sex=sex, born=born)
    with pytest.raises(api.PersonRefused):
        _happens("birth", partner_id=nobody.id, household_id=household, values={"name": "张小三", "sex_code": "1"})


def test_birth_needs_a_household() -> None:
    with pytest.raises(api.PersonRefused):
        _happens("birth", values={"name": "张小三", "sex_code": "1"})


def test_death_closes_residences_certificates_and_membership() -> None:
    household = make_household()
    person = make_person(household_id=household, relation="02")
    set_head(SYSTEM, household_id=household, person_id=person.id, source=POLICE, now=clock.city_now())
    _happens("reside", person, place=THERE, permit_number="220103000012345678", day=date(2025, 1, 1))
    paper = api.NewCertificate("social", "A12345678", POLICE)
    api.link_certificate(SYSTEM, person_id=person.id, new=paper, now=clock.city_now())
    _happens("death", person)
    person.refresh_from_db()
    assert (person.status, person.household_id, person.relation_code) == ("dead", None, "")
    assert Residence.objects.get(person=person, kind="actual").to_date == DAY
    assert Certificate.objects.get(person=person).state == "withdrawn"
    assert Household.objects.get(id=household).head_id is None
    states = states_of(Person.objects.get(id=person.id))
    alive = state_at(states, valid_at=date(2026, 2, 28), known_at=clock.city_now())
    assert alive is not None
    assert alive.facts["household"] == str(household)


def test_death_notes_the_widow() -> None:
    person, widow = make_person(), make_person("王芳", sex="2")
    _happens("death", person, partner_id=widow.id)
    widow.refresh_from_db()
    assert widow.marital_code == "30"


def test_death_before_birth_is_refused() -> None:
    person = make_person(born=date(1990, 1, 1))
    with pytest.raises(api.PersonRefused):
        _happens("death", person, day=date(1989, 1, 1))


@pytest.mark.parametrize("kind", ["death", "move", "marriage", "name_change", "reside"])
def test_the_dead_have_no_events(kind: str) -> None:
    person = make_person()
    _happens("death", person)
    with pytest.raises(NotAlive):
        _happens(kind, person, place=THERE, values={"name": "张山"})


def test_number_of_the_dead_can_still_be_corrected() -> None:
    person = make_person()
    _happens("death", person)
    number = make_number(born=date(1991, 2, 3))
    _happens("id_correction", person, values={"citizen_id": number})
    person.refresh_from_db()
    assert (person.birth_date, person.citizen_id_masked[-4:]) == (date(1991, 2, 3), number[-4:])


def test_move_within_the_city_changes_household_and_keeps_the_former_place() -> None:
    old, new = make_household(), make_household(place=THERE)
    person = make_person(household_id=old)
    _happens("move", person, household_id=new, relation_code="10")
    person.refresh_from_db()
    assert (person.household_id, person.registered_division_code) == (new, "220103001001")
    former = Residence.objects.get(person=person)
    assert (former.kind, former.division_code, former.to_date) == ("registered", "220102001001", DAY)


def test_move_out_ends_membership_and_who_moves_in_again_is_alive() -> None:
    household = make_household()
    person = make_person(household_id=household)
    _happens("move_out", person, place=Place("110105", "建国路1号"), day=date(2025, 1, 1))
    person.refresh_from_db()
    assert (person.status, person.household_id, person.division_code) == ("moved_out", None, "110105")
    _happens("move_in", person, household_id=household, relation_code="02")
    person.refresh_from_db()
    assert (person.status, person.household_id) == ("alive", household)


@pytest.mark.parametrize("kind", ["move", "move_out", "reside"])
def test_move_needs_a_place(kind: str) -> None:
    with pytest.raises(api.PersonRefused):
        _happens(kind, make_person())


@pytest.mark.parametrize("kind", ["move", "move_out", "reside"])
def test_place_without_a_division_is_refused(kind: str) -> None:
    with pytest.raises(api.PersonRefused):
        _happens(kind, make_person(), place=Place("22", "解放大路9号"))


def test_new_dwelling_ends_the_one_before() -> None:
    person = make_person()
    _happens("reside", person, place=THERE, permit_number="220103000012345678", day=date(2025, 1, 1))
    _happens("reside", person, place=Place("220104001001", "红旗街2号"))
    rows = list(Residence.objects.filter(person=person).order_by("from_date").values_list("to_date", "permit_masked"))
    assert rows == [(DAY, "**************5678"), (None, "")]
    person.refresh_from_db()
    assert (person.division_code, person.registered_division_code) == ("220104001001", "220102001001")


def test_permit_with_too_long_a_number_is_refused() -> None:
    with pytest.raises(Invalid):
        _happens("reside", make_person(), place=THERE, permit_number="2" * 31)


def test_marriage_and_divorce_change_both() -> None:
    he, she = make_person(), make_person("王芳", sex="2")
    _happens("marriage", he, partner_id=she.id, day=date(2025, 1, 1))
    assert set(Person.objects.values_list("marital_code", flat=True)) == {"20"}
    assert LifeEvent.objects.filter(person=she, partner=he, kind="marriage").exists()
    _happens("divorce", she, partner_id=he.id)
    assert set(Person.objects.values_list("marital_code", flat=True)) == {"40"}


def test_partner_may_stand_outside_the_register() -> None:
    person = make_person()
    _happens("marriage", person)
    person.refresh_from_db()
    assert person.marital_code == "20"


def test_nobody_marries_himself_or_the_dead() -> None:
    person, late = make_person(), make_person("王芳", sex="2")
    with pytest.raises(api.PersonRefused):
        _happens("marriage", person, partner_id=person.id)
    _happens("death", late, day=date(2025, 1, 1))
    with pytest.raises(NotAlive):
        _happens("marriage", person, partner_id=late.id)


def test_change_of_name_is_an_event_and_needs_no_other_decision() -> None:
    person = make_person()
    _happens("name_change", person, values={"name": "张 山"})
    person.refresh_from_db()
    assert (person.name, person.name_pinyin) == ("张山", "zhangshan")


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("name_change", {}),
        ("name_change", {"name": "字" * 61}),
        ("id_correction", {}),
        ("id_correction", {"citizen_id": "1"}),
        ("no_such_event", {}),
    ],
)
def test_event_without_its_value_is_refused(kind: str, values: dict[str, str]) -> None:
    with pytest.raises(api.PersonRefused):
        _happens(kind, make_person(), values=values)


def test_number_of_somebody_else_is_no_correction() -> None:
    number = make_number()
    make_person(number=number)
    with pytest.raises(api.PersonKnown):
        _happens("id_correction", make_person("李四"), values={"citizen_id": number})


def test_event_of_tomorrow_is_refused() -> None:
    with pytest.raises(api.PersonRefused):
        _happens("death", make_person(), day=date(2999, 1, 1))


def test_event_out_of_scope_finds_nobody() -> None:
    person = make_person()
    clerk = make_actor(MAINTAIN_PERSONS, division="220104")
    event = NewEvent("death", DAY, POLICE, person_id=person.id)
    with pytest.raises(api.NoSuchPerson):
        api.record_life_event(clerk, event=event, now=clock.city_now())


def _new(number: str = "H99", **rest: object) -> NewHousehold:
    return NewHousehold(number, THERE, POLICE, opened_date=DAY, **rest)  # type: ignore[arg-type]


def test_split_moves_the_members_with_their_new_relations() -> None:
    household = make_household()
    father = make_person(household_id=household, relation="02")
    son = make_person("张小三", household_id=household, relation="20")
    wife = make_person("李红", sex="2", household_id=household, relation="38")
    set_head(SYSTEM, household_id=household, person_id=father.id, source=POLICE, now=clock.city_now())
    made = api.split_household(
        SYSTEM, household_id=household, members={son.id: "02", wife.id: "12"}, new=_new(), now=clock.city_now()
    )
    assert [item.id for item in household_info(SYSTEM, made).members] == [son.id, wife.id]
    assert [item.id for item in household_info(SYSTEM, household).members] == [father.id]
    assert Household.objects.get(id=made).head_id == son.id
    assert Household.objects.get(id=household).head_id == father.id
    son.refresh_from_db()
    assert son.registered_division_code == "220103001001"


def test_household_whose_head_leaves_has_none() -> None:
    household = make_household()
    head = make_person(household_id=household, relation="02")
    set_head(SYSTEM, household_id=household, person_id=head.id, source=POLICE, now=clock.city_now())
    api.split_household(SYSTEM, household_id=household, members={head.id: "02"}, new=_new(), now=clock.city_now())
    assert Household.objects.get(id=household).head_id is None


@pytest.mark.parametrize("relations", [("20",), ("02", "02"), (), ("77",)])
def test_split_needs_one_head_and_known_relations(relations: tuple[str, ...]) -> None:
    household = make_household()
    members = {make_person(household_id=household).id: relation for relation in relations}
    with pytest.raises(HouseholdRefused):
        api.split_household(SYSTEM, household_id=household, members=members, new=_new(), now=clock.city_now())


def test_split_takes_members_only() -> None:
    household, stranger = make_household(), make_person()
    with pytest.raises(HouseholdRefused):
        api.split_household(
            SYSTEM, household_id=household, members={stranger.id: "02"}, new=_new(), now=clock.city_now()
        )
    assert not Household.objects.filter(number="H99").exists()


def _merge(old: int, into: int, relations: dict[int, str]) -> None:
    api.merge_households(SYSTEM, from_id=old, into_id=into, relations=relations, source=POLICE, now=clock.city_now())


def test_merge_moves_everybody_and_closes_the_household() -> None:
    old, into = make_household(), make_household(place=THERE)
    person = make_person(household_id=old, relation="02")
    _merge(old, into, {person.id: "20"})
    person.refresh_from_db()
    closed = Household.objects.get(id=old)
    assert (person.household_id, person.relation_code) == (into, "20")
    assert closed.closed_date is not None
    assert closed.merged_into_id == into
    with pytest.raises(HouseholdClosed):
        _merge(old, into, {person.id: "20"})
    with pytest.raises(HouseholdClosed):
        set_head(SYSTEM, household_id=old, person_id=person.id, source=POLICE, now=clock.city_now())


def test_merge_needs_a_relation_for_each_and_no_second_head() -> None:
    old, into = make_household(), make_household()
    one, other = make_person(household_id=old), make_person("李四", household_id=old)
    with pytest.raises(HouseholdRefused):
        _merge(old, into, {one.id: "20"})
    with pytest.raises(HouseholdRefused):
        _merge(old, into, {one.id: "02", other.id: "20"})
    with pytest.raises(HouseholdRefused):
        _merge(old, old, {one.id: "20", other.id: "20"})


def test_head_is_a_member() -> None:
    with pytest.raises(HouseholdRefused):
        set_head(SYSTEM, household_id=make_household(), person_id=make_person().id, source=POLICE, now=clock.city_now())


@pytest.mark.parametrize(
    "new",
    [
        NewHousehold("", THERE, POLICE),
        NewHousehold("H" * 21, THERE, POLICE),
        NewHousehold("H1", THERE, POLICE, kind="tribe"),
        NewHousehold("H1", Place("22", ""), POLICE),
        NewHousehold("H1", Place("", ""), POLICE),
    ],
)
def test_household_with_a_fault_is_refused(new: NewHousehold) -> None:
    with pytest.raises(HouseholdRefused):
        api.open_household(SYSTEM, new=new, now=clock.city_now())


def test_household_number_stands_once() -> None:
    api.open_household(SYSTEM, new=_new(), now=clock.city_now())
    with pytest.raises(HouseholdRefused):
        api.open_household(SYSTEM, new=_new(), now=clock.city_now())


def test_household_of_a_person() -> None:
    household = make_household()
    person = make_person(household_id=household)
    found = api.household_of(SYSTEM, person_id=person.id, reason="办理低保核对", now=clock.real_now())
    assert found is not None
    assert found.id == household
    alone = make_person("李四")
    assert api.household_of(SYSTEM, person_id=alone.id, reason="办理低保核对", now=clock.real_now()) is None


def test_household_out_of_scope_does_not_exist() -> None:
    with pytest.raises(api.NoSuchHousehold):
        household_info(make_actor(MAINTAIN_PERSONS, division="220104"), make_household())


def test_certificate_is_linked_once_and_withdrawn_once() -> None:
    person = make_person()
    paper = api.NewCertificate("passport", "E12345678", POLICE)
    number = api.link_certificate(SYSTEM, person_id=person.id, new=paper, now=clock.city_now())
    with pytest.raises(CertificateKnown):
        api.link_certificate(SYSTEM, person_id=person.id, new=paper, now=clock.city_now())
    withdraw_certificate(SYSTEM, person_id=person.id, certificate_id=number)
    with pytest.raises(NotFound):
        withdraw_certificate(SYSTEM, person_id=person.id, certificate_id=number)


@pytest.mark.parametrize(
    "paper",
    [
        api.NewCertificate("licence", "E1", POLICE),
        api.NewCertificate("passport", "", POLICE),
        api.NewCertificate("passport", "E" * 41, POLICE),
        api.NewCertificate("passport", "E1", POLICE, from_date=date(2026, 1, 1), until_date=date(2025, 1, 1)),
    ],
)
def test_certificate_with_a_fault_is_refused(paper: api.NewCertificate) -> None:
    with pytest.raises(Invalid):
        api.link_certificate(SYSTEM, person_id=make_person().id, new=paper, now=clock.city_now())


def test_unknown_source_is_refused() -> None:
    with pytest.raises(api.UnknownSource):
        make_person(source="nobody")
    assert not issubclass(api.UnknownSource, Conflict)
