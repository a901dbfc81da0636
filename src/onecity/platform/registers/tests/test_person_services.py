"""People entered, changed, looked at; with sources, history and scope."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from onecity.kernel import clock
from onecity.kernel.errors import NotFound, NotPermitted
from onecity.platform.identity.api import ReasonNeeded
from onecity.platform.identity.tests.factories import audited, make_actor, make_organisation, plain_actor
from onecity.platform.registers import api
from onecity.platform.registers.contracts.persons import FieldChange, NewPerson, Place
from onecity.platform.registers.models import ContestedValue, LifeEvent, Person, PersonUse, PersonVersion
from onecity.platform.registers.permissions import LOOK_PERSONAL, MAINTAIN_PERSONS, VIEW_PERSONS
from onecity.platform.registers.rules.person_history import state_at
from onecity.platform.registers.services.persons.states import states_of
from onecity.platform.registers.services.persons.uses import look_at
from onecity.platform.registers.tests.factories import (
    HOME,
    SYSTEM,
    make_number,
    make_person,
    make_source,
    publish_ranks,
)

pytestmark = pytest.mark.django_db
NUMBER = "11010519491231002X"  # the worked example that GB 11643 explanations print


def _change(person: Person, source: str, since: date | None = None, **values: str) -> api.ChangeOutcome:
    change = FieldChange(values=values, source=source, since=since)
    return api.change_fields(SYSTEM, person_id=person.id, change=change, now=clock.city_now())


def test_person_is_sealed_hashed_and_masked(now: datetime) -> None:
    make_source()
    person = make_person(number=NUMBER, phone="138 0013 8000")
    assert b"19491231" not in bytes(person.citizen_id_sealed)
    assert person.citizen_id_masked == "110105********002X"
    assert person.phone_masked == "138****8000"
    assert (person.sex_code, person.birth_date) == ("2", date(1949, 12, 31))
    assert person.name_pinyin == "zhangsan"
    assert PersonVersion.objects.count() == 0
    assert audited(f"registers.person:{person.id}") == [("registers.register_person", "done")]


@pytest.mark.parametrize(
    ("field", "new"),
    [
        ("name", NewPerson(name=" ", source="police.population", citizen_id=NUMBER)),
        ("citizen_id", NewPerson(name="张三", source="police.population", citizen_id="110105194912310021")),
        ("sex_code", NewPerson(name="张三", source="police.population", citizen_id=NUMBER, sex_code="1")),
        (
            "birth_date",
            NewPerson(name="张三", source="police.population", citizen_id=NUMBER, birth_date=date(1950, 1, 1)),
        ),
        ("birth_date", NewPerson(name="张三", source="police.population", sex_code="1")),
        ("sex_code", NewPerson(name="张三", source="police.population", birth_date=date(1950, 1, 1))),
        ("ethnicity_code", NewPerson(name="张三", source="police.population", citizen_id=NUMBER, ethnicity_code="77")),
        ("phone", NewPerson(name="张三", source="police.population", citizen_id=NUMBER, phone="12345")),
        (
            "registered_place",
            NewPerson(name="张三", source="police.population", citizen_id=NUMBER, place=Place("22", "x")),
        ),
    ],
)
def test_person_with_a_fault_is_refused_naming_the_field(field: str, new: NewPerson, now: datetime) -> None:
    make_source()
    with pytest.raises(api.PersonRefused) as caught:
        api.register_person(SYSTEM, new=new, now=now)
    assert set(caught.value.fields) == {field}


def test_number_stands_once() -> None:
    make_source()
    make_person(number=NUMBER)
    with pytest.raises(api.PersonKnown):
        make_person(number=NUMBER.lower())


def test_clerk_registers_only_within_his_scope(now: datetime) -> None:
    make_source()
    elsewhere = make_actor(MAINTAIN_PERSONS, division="220103")
    new = NewPerson(name="张三", source="police.population", citizen_id=NUMBER, place=HOME)
    with pytest.raises(NotPermitted):
        api.register_person(elsewhere, new=new, now=now)
    assert api.register_person(make_actor(MAINTAIN_PERSONS, division="220102"), new=new, now=now)


def test_change_of_an_address_keeps_the_former_state() -> None:
    make_source()
    person = make_person()
    outcome = _change(person, "police.population", date(2024, 5, 1), registered_place="220103001001 解放大路9号")
    assert outcome.verdicts == {"registered_place": "taken"}
    states = states_of(Person.objects.select_related("registered_address", "actual_address").get(id=person.id))
    before = state_at(states, valid_at=date(2024, 4, 30), known_at=clock.city_now())
    after = state_at(states, valid_at=date(2024, 5, 1), known_at=clock.city_now())
    assert before
    assert before.facts["registered_place"] == "220102001001 人民大街1号1栋101室"
    assert after
    assert after.facts["registered_place"] == "220103001001 解放大路9号"
    person.refresh_from_db()
    assert (person.division_code, person.revision, outcome.revision) == ("220103001001", 2, 2)
    assert LifeEvent.objects.get(person=person).kind == "change"


def test_former_phone_stays_sealed_in_the_history() -> None:
    make_source()
    person = make_person(phone="13800138000")
    _change(person, "police.population", date(2024, 5, 1), phone="13900139000")
    version = PersonVersion.objects.get(person=person)
    assert version.facts["phone"] == "138****8000"
    assert version.phone_sealed
    assert b"13800138000" not in bytes(version.phone_sealed)
    assert states_of(Person.objects.get(id=person.id))[0].facts["phone"] == "13800138000"


def test_value_of_a_better_source_stands_and_shows_its_origin() -> None:
    police, civil = make_source(), make_source("civil.marriages", name="民政局婚姻登记")
    publish_ranks({"marital_code": [[civil.id], [police.id]], "*": [[police.id], [civil.id]]})
    person = make_person()
    assert _change(person, police.code, marital_code="10").verdicts == {"marital_code": "taken"}
    assert _change(person, civil.code, marital_code="20").verdicts == {"marital_code": "taken"}
    person.refresh_from_db()
    assert person.marital_code == "20"
    assert person.field_sources["marital_code"][0] == civil.id
    lost = ContestedValue.objects.get(register="registers.population", entry_id=person.id)
    assert (lost.state, lost.plain, lost.source_id) == ("lost", "10", police.id)


def test_value_of_a_lesser_source_is_kept_aside() -> None:
    police, civil = make_source(), make_source("civil.marriages", name="民政局婚姻登记")
    publish_ranks({"*": [[police.id], [civil.id]]})
    person = make_person(phone="13800138000")
    assert _change(person, civil.code, phone="13900139000").verdicts == {"phone": "kept"}
    person.refresh_from_db()
    assert person.phone_masked == "138****8000"
    aside = ContestedValue.objects.get(entry_id=person.id)
    assert (aside.state, aside.plain, aside.masked) == ("lost", "", "139****9000")
    assert _change(person, civil.code, phone="13900139000").verdicts == {"phone": "kept"}
    assert ContestedValue.objects.count() == 1


def test_name_of_another_source_waits_for_people() -> None:
    make_source()
    civil = make_source("civil.marriages", name="民政局婚姻登记")
    person = make_person()
    outcome = _change(person, civil.code, name="张山")
    assert (outcome.verdicts, outcome.waiting) == ({"name": "contested"}, 1)
    person.refresh_from_db()
    assert (person.name, person.revision) == ("张三", 1)


@pytest.mark.parametrize(
    "values",
    [
        {"citizen_id": NUMBER},
        {"status": "dead"},
        {"name": ""},
        {"birth_date": "1991-01-01"},
        {"sex_code": "2"},
        {"education_code": "11"},
        {"nationality_code": "CHN"},
        {"birth_date": "01.01.1991"},
        {"birth_date": "2999-01-01"},
    ],
)
def test_change_with_a_fault_is_refused(values: dict[str, str]) -> None:
    make_source()
    person = make_person()
    with pytest.raises(api.PersonRefused) as caught:
        _change(person, "police.population", None, **values)
    assert set(caught.value.fields) == set(values)


def test_change_from_tomorrow_is_refused() -> None:
    make_source()
    person = make_person()
    with pytest.raises(api.PersonRefused):
        _change(person, "police.population", date(2999, 1, 1), education_code="20")


def test_change_of_a_person_whom_somebody_changed_meanwhile_is_refused(now: datetime) -> None:
    make_source()
    person = make_person()
    change = FieldChange(values={"education_code": "20"}, source="police.population", revision=7)
    with pytest.raises(api.PersonChanged):
        api.change_fields(SYSTEM, person_id=person.id, change=change, now=clock.city_now())


def test_person_out_of_scope_does_not_exist() -> None:
    make_source()
    person = make_person()
    stranger = make_actor(VIEW_PERSONS, MAINTAIN_PERSONS, organisation=make_organisation("卫健委"))
    with pytest.raises(api.NoSuchPerson):
        api.person_facts(stranger, person_id=person.id, reason="核对信息", now=clock.real_now())
    assert api.find_person(stranger, identifier=NUMBER, reason="核对信息", now=clock.real_now()) is None


def test_finding_leaves_a_line_of_use() -> None:
    make_source()
    person = make_person(number=NUMBER)
    clerk = plain_actor(VIEW_PERSONS)
    found = api.find_person(clerk, identifier=f" {NUMBER.lower()} ", reason="办理低保核对", now=clock.real_now())
    assert found
    assert (found.id, found.citizen_id_masked) == (person.id, "110105********002X")
    use = PersonUse.objects.get(person_id=person.id)
    assert (use.actor, use.kind, use.reason) == ("account:1", "query", "办理低保核对")


def test_old_number_of_15_digits_finds_the_same_person() -> None:
    make_source()
    person = make_person(number=NUMBER)
    found = api.find_person(SYSTEM, identifier="110105491231002", reason="核对旧档", now=clock.real_now())
    assert found
    assert found.id == person.id


def test_certificate_number_finds_its_holder(now: datetime) -> None:
    make_source()
    person = make_person()
    new = api.NewCertificate("passport", "e12345678", "police.population", issuer="出入境管理局")
    api.link_certificate(SYSTEM, person_id=person.id, new=new, now=now)
    found = api.find_person(SYSTEM, identifier="E12345678", reason="核对护照", now=clock.real_now())
    assert found
    assert found.id == person.id


def test_many_are_found_at_once_and_each_leaves_a_line() -> None:
    make_source()
    people = [make_person(number=make_number()) for _ in range(3)]
    numbers = [make_number(), NUMBER]
    make_person("李四", number=numbers[0])
    found = api.find_persons(SYSTEM, identifiers=[*numbers, ""], reason="年度复核", now=clock.real_now())
    assert [(text, item.name) for text, item in found.items()] == [(numbers[0], "李四")]
    assert PersonUse.objects.count() == 1
    assert len(people) == 3


@pytest.mark.parametrize("reason", ["", "  看 "])
def test_nothing_is_told_without_a_reason(reason: str) -> None:
    make_source()
    person = make_person(number=NUMBER)
    with pytest.raises(ReasonNeeded):
        api.find_person(SYSTEM, identifier=NUMBER, reason=reason, now=clock.real_now())
    with pytest.raises(ReasonNeeded):
        look_at(SYSTEM, person_id=person.id, field="citizen_id", reason=reason, now=clock.real_now())
    assert not PersonUse.objects.exists()


def test_look_tells_the_number_and_leaves_two_traces() -> None:
    make_source()
    person = make_person(number=NUMBER, phone="13800138000")
    clerk = plain_actor(LOOK_PERSONAL)
    said = look_at(clerk, person_id=person.id, field="citizen_id", reason="核对证件", now=clock.real_now())
    assert said == NUMBER
    assert look_at(clerk, person_id=person.id, field="phone", reason="联系本人", now=clock.real_now()) == "13800138000"
    assert list(PersonUse.objects.order_by("id").values_list("kind", "fields")) == [
        ("look", ["citizen_id"]),
        ("look", ["phone"]),
    ]
    assert ("identity.look", "done") in audited(f"registers.person:{person.id}")


@pytest.mark.parametrize("field", ["phone", "permit", "certificate:7", "certificate:x", "name"])
def test_look_at_what_is_not_there_finds_nothing(field: str) -> None:
    make_source()
    person = make_person()
    with pytest.raises(NotFound):
        look_at(SYSTEM, person_id=person.id, field=field, reason="核对证件", now=clock.real_now())
    assert not PersonUse.objects.exists()


def test_look_needs_its_own_right() -> None:
    make_source()
    person = make_person()
    with pytest.raises(NotPermitted):
        look_at(plain_actor(VIEW_PERSONS), person_id=person.id, field="phone", reason="核对证件", now=clock.real_now())


def test_identifier_is_given_to_a_domain_with_a_trace() -> None:
    make_source()
    person = make_person(number=NUMBER)
    said = api.identifier_of(SYSTEM, person_id=person.id, reason="向税务局核对", now=clock.real_now())
    assert said == NUMBER
    assert PersonUse.objects.get().fields == ["citizen_id"]


def test_identifier_of_a_person_without_one_is_empty(now: datetime) -> None:
    make_source()
    new = NewPerson(
        name="JOHN SMITH", source="police.population", sex_code="1", birth_date=date(1980, 1, 1), place=HOME
    )
    person_id = api.register_person(SYSTEM, new=new, now=now)
    assert api.identifier_of(SYSTEM, person_id=person_id, reason="向税务局核对", now=clock.real_now()) == ""


def test_uses_are_never_changed() -> None:
    make_source()
    make_person(number=NUMBER)
    api.find_person(SYSTEM, identifier=NUMBER, reason="核对证件", now=clock.real_now())
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        PersonUse.objects.update(reason="别的")
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        PersonUse.objects.all().delete()


def test_observed_time_of_a_stale_word_changes_nothing() -> None:
    make_source()
    person = make_person(phone="13800138000")
    old = datetime(2001, 1, 1, tzinfo=UTC)
    change = FieldChange({"phone": "13900139000"}, "police.population", observed_at=old)
    outcome = api.change_fields(SYSTEM, person_id=person.id, change=change, now=clock.city_now() + timedelta(hours=1))
    assert outcome.verdicts == {"phone": "stale"}
