"""Editions of the rules of sources; conflicts that become cases and are decided."""

from datetime import timedelta

import pytest
from lxml import etree

from onecity.kernel import clock
from onecity.kernel.errors import Invalid, NotFound, NotPermitted
from onecity.platform.cases.api import complete_task, waiting_tasks
from onecity.platform.cases.contracts import TaskAnswer
from onecity.platform.identity.tests.factories import Organisation, audited, make_actor, make_organisation, plain_actor
from onecity.platform.registers import api
from onecity.platform.registers.contracts.persons import FieldChange
from onecity.platform.registers.contracts.provenance import SourceInfo
from onecity.platform.registers.declarations.provenance import CONFLICT
from onecity.platform.registers.models import ContestedValue, LifeEvent, Person, SourceVersion
from onecity.platform.registers.permissions import MANAGE_SOURCES, SETTLE_CONFLICTS
from onecity.platform.registers.rules.person_fields import POPULATION
from onecity.platform.registers.selectors.provenance import (
    contested_of,
    contested_of_case,
    contested_page,
    rank_table,
    rule_versions,
)
from onecity.platform.registers.services.provenance_conflicts import DIAGRAM_WORDS, open_conflict_cases
from onecity.platform.registers.services.provenance_rules import NotADraft
from onecity.platform.registers.tests.factories import SYSTEM, make_number, make_person, make_source, publish_ranks
from onecity.web.listing import Query

pytestmark = pytest.mark.django_db


def _civil() -> SourceInfo:
    return make_source("civil.aid", name="民政局救助")


def _contest(person: Person, source: SourceInfo, **values: str) -> None:
    change = FieldChange(values=values, source=source.code)
    api.change_fields(SYSTEM, person_id=person.id, change=change, now=clock.city_now())


def _answer(outcome: str, **rest: int) -> str:
    row = ContestedValue.objects.get(state="waiting")
    clerk = make_actor(SETTLE_CONFLICTS, organisation=row.organisation)
    task = waiting_tasks(clerk, size=10).rows[0]
    answer = TaskAnswer(outcome, note="与户口簿核对", organisation_id=rest.get("organisation_id"))
    return complete_task(clerk, task_id=task.id, answer=answer, now=clock.city_now()).status


def test_source_is_entered_once() -> None:
    first = make_source()
    again = api.add_source(
        SYSTEM, code=first.code, name="别的名称", organisation_id=first.organisation_id, now=clock.city_now()
    )
    assert again == first
    assert api.source_by_code(first.code) == first


def test_source_needs_a_name_a_known_body_and_the_right() -> None:
    body = make_organisation("公安局")
    with pytest.raises(Invalid):
        api.add_source(SYSTEM, code="a", name=" ", organisation_id=body.id, now=clock.city_now())
    with pytest.raises(NotFound):
        api.add_source(SYSTEM, code="a", name="甲", organisation_id=body.id + 999, now=clock.city_now())
    with pytest.raises(NotPermitted):
        api.add_source(
            plain_actor(SETTLE_CONFLICTS), code="a", name="甲", organisation_id=body.id, now=clock.city_now()
        )


def test_published_edition_holds_and_never_changes() -> None:
    police, civil = make_source(), _civil()
    version = publish_ranks({"name": [[police.id], [civil.id]], "*": [[civil.id, police.id]]})
    ranks = rank_table(POPULATION, now=clock.city_now())
    assert [ranks.rank("name", item.id) for item in (police, civil)] == [1, 2]
    assert [ranks.rank("phone", item.id) for item in (police, civil)] == [1, 1]
    with pytest.raises(NotADraft):
        api.set_ranks(SYSTEM, version_id=version, tiers={"name": []})
    assert audited(f"registers.sourceversion:{version}")[-1] == ("registers.publish_source_rules", "done")


def test_next_edition_begins_as_a_copy_and_holds_from_its_day() -> None:
    police, civil = make_source(), _civil()
    publish_ranks({"name": [[police.id]]})
    now = clock.city_now()
    draft = api.start_draft(plain_actor(MANAGE_SOURCES), register=POPULATION, now=now)
    assert api.start_draft(SYSTEM, register=POPULATION, now=now) == draft
    api.set_ranks(SYSTEM, version_id=draft, tiers={"name": [[civil.id]], "phone": [[police.id]]})
    api.publish_version(SYSTEM, version_id=draft, basis="办法", valid_from=now + timedelta(days=9), now=now)
    assert rank_table(POPULATION, now=now + timedelta(minutes=1)).rank("name", police.id) == 1
    assert rank_table(POPULATION, now=now + timedelta(days=10)).rank("name", police.id) is None
    listed = rule_versions(POPULATION, now=now + timedelta(minutes=1))
    assert [(item.number, item.in_force) for item in listed] == [(2, False), (1, True)]
    assert listed[0].ranks["phone"] == ((police, 1),)


def test_line_is_taken_away_by_an_empty_order() -> None:
    police = make_source()
    publish_ranks({"name": [[police.id]]})
    draft = api.start_draft(SYSTEM, register=POPULATION, now=clock.city_now())
    api.set_ranks(SYSTEM, version_id=draft, tiers={"name": []})
    with pytest.raises(Invalid):
        _publish(draft)


def _publish(version: int, *, basis: str = "办法", days: int = 0) -> None:
    now = clock.city_now()
    api.publish_version(SYSTEM, version_id=version, basis=basis, valid_from=now + timedelta(days=days), now=now)


def test_edition_needs_a_basis_and_a_time_to_come() -> None:
    police = make_source()
    draft = api.start_draft(SYSTEM, register=POPULATION, now=clock.city_now())
    api.set_ranks(SYSTEM, version_id=draft, tiers={"name": [[police.id]]})
    with pytest.raises(Invalid):
        _publish(draft, basis=" ")
    with pytest.raises(Invalid):
        _publish(draft, days=-1)
    with pytest.raises(NotFound):
        _publish(draft + 999)
    assert SourceVersion.objects.get(id=draft).state == "draft"


@pytest.mark.parametrize("field", ["colour", "name"])
def test_line_names_known_fields_and_each_source_once(field: str) -> None:
    police = make_source()
    draft = api.start_draft(SYSTEM, register=POPULATION, now=clock.city_now())
    with pytest.raises(Invalid):
        api.set_ranks(SYSTEM, version_id=draft, tiers={field: [[police.id], [police.id]]})
    with pytest.raises(Invalid):
        api.set_ranks(SYSTEM, version_id=draft, tiers={"name": [[police.id + 99]]})


def test_register_that_nobody_declares_has_no_rules() -> None:
    with pytest.raises(NotFound):
        api.start_draft(SYSTEM, register="registers.unicorns", now=clock.city_now())


def test_conflict_becomes_one_case_and_its_acceptance_is_written_back() -> None:
    make_source()
    civil, person = _civil(), make_person(number=make_number())
    _contest(person, civil, name="张山")
    _contest(person, civil, name="张山")
    assert (open_conflict_cases(), open_conflict_cases()) == (1, 0)
    assert _answer("accept") == "closed"
    person.refresh_from_db()
    assert (person.name, person.revision) == ("张山", 2)
    assert person.field_sources["name"][0] == civil.id
    (decided,) = contested_of(POPULATION, person.id)
    assert (decided.state, decided.shown, decided.source_name) == ("accepted", "张山", "民政局救助")
    assert LifeEvent.objects.get(person=person).kind == "correction"


def test_refused_value_is_not_written_and_not_asked_again() -> None:
    make_source()
    civil, person = _civil(), make_person()
    _contest(person, civil, name="张山")
    open_conflict_cases()
    assert _answer("refuse") == "closed"
    _contest(person, civil, name="张山")
    person.refresh_from_db()
    assert (person.name, open_conflict_cases()) == ("张三", 0)
    assert ContestedValue.objects.get().state == "refused"


def test_sealed_value_is_written_back_in_clear_and_shown_masked() -> None:
    make_source()
    civil, person = _civil(), make_person(phone="13800138000")
    _contest(person, civil, phone="13900139000")
    open_conflict_cases()
    row = ContestedValue.objects.get()
    shown = contested_of_case(plain_actor(SETTLE_CONFLICTS), row.case_number)
    assert (shown.shown, row.plain) == ("139****9000", "")
    _answer("accept")
    person.refresh_from_db()
    assert person.phone_masked == "139****9000"


def test_source_may_be_asked_before_the_decision() -> None:
    make_source()
    civil, person = _civil(), make_person()
    _contest(person, civil, name="张山")
    open_conflict_cases()
    assert _answer("ask", organisation_id=civil.organisation_id) == "open"
    row = ContestedValue.objects.get()
    clerk = make_actor(SETTLE_CONFLICTS, organisation=_body(civil))
    task = waiting_tasks(clerk, size=10).rows[0]
    complete_task(clerk, task_id=task.id, answer=TaskAnswer("done", note="以身份证为准"), now=clock.city_now())
    assert (row.state, _answer("refuse")) == ("waiting", "closed")


def _body(source: SourceInfo) -> Organisation:
    return Organisation.objects.get(id=source.organisation_id)


def test_conflicts_are_listed_within_scope_newest_first() -> None:
    make_source()
    civil = _civil()
    for name in ("张山", "张珊"):
        _contest(make_person(), civil, name=name)
    person = Person.objects.first()
    assert person is not None
    clerk = make_actor(SETTLE_CONFLICTS, organisation=person.organisation)
    first = contested_page(clerk, Query(size=1, filters={"state": "waiting"}))
    second = contested_page(clerk, Query(size=1, after=first.next))
    assert [item.shown for page in (first, second) for item in page.rows] == ["张珊", "张山"]
    assert second.next is None
    stranger = make_actor(SETTLE_CONFLICTS, organisation=make_organisation("水务局"))
    assert not contested_page(stranger, Query()).rows
    with pytest.raises(NotFound):
        contested_of_case(stranger, "")


def test_words_of_the_diagram_are_in_the_catalogue() -> None:
    tree = etree.fromstring(CONFLICT.process.read_bytes())
    assert set(DIAGRAM_WORDS) >= {item.get("name") for item in tree.iter() if item.get("name")}
