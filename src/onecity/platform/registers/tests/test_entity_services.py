"""Entities entered, found, changed, settled between sources."""

import dataclasses
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotPermitted
from onecity.platform.identity.tests.factories import audited, make_actor, make_organisation
from onecity.platform.registers.api import find_entity
from onecity.platform.registers.contracts.entities import NewEntity
from onecity.platform.registers.contracts.persons import ChangeOutcome, FieldChange
from onecity.platform.registers.declare import Ruling
from onecity.platform.registers.models import (
    ContestedValue,
    EntityChange,
    EntityStatus,
    EntityVersion,
    LegalEntity,
)
from onecity.platform.registers.permissions import MAINTAIN_ENTITIES, VIEW_ENTITIES
from onecity.platform.registers.selectors.entities.facts import (
    EntityQuery,
    as_of,
    entities,
    field_values,
    former_names,
    states_of,
)
from onecity.platform.registers.selectors.entities.rows import EntityChanged, NoSuchEntity
from onecity.platform.registers.services.entities.entering import (
    EntityKnown,
    EntityRefused,
    change_entity,
    register_entity,
    write_ruling,
)
from onecity.platform.registers.tests.entity_factories import (
    ACTOR,
    SEAT,
    TODAY,
    make_entity,
    make_source,
    make_uscc,
    rank,
)
from onecity.platform.registers.tests.moments import NOON

pytestmark = pytest.mark.django_db
ZHANG = "11010519491231002X"
OLD = datetime(2020, 1, 1, tzinfo=UTC)


def change(
    entity: LegalEntity,
    values: Mapping[str, str],
    *,
    source: str = "samr",
    since: date | None = None,
    at: datetime | None = None,
    now: datetime = NOON,
) -> ChangeOutcome:
    new = FieldChange(values, source, since=since, observed_at=at, note="测试")
    return change_entity(ACTOR, entity_id=entity.id, change=new, now=now)


def names(query: str, actor: Actor = ACTOR) -> list[str]:
    return [item.name for item in entities(actor, EntityQuery(search=query)).rows]


def test_entity_is_entered_with_its_origin_and_first_state() -> None:
    row = make_entity(representative_name="张三", registered_capital="1,000,000", number=ZHANG)
    assert (row.kind, row.status, row.registered_capital) == ("enterprise", "existing", Decimal(1_000_000))
    assert (row.division_code, row.address, row.valid_from) == ("220104001001", "人民大街1号", TODAY)
    assert row.representative_masked == "110105********002X"
    assert ZHANG.encode() not in bytes(row.representative_sealed)
    assert {item.source_name for item in field_values(row)} == {"samr"}
    assert [step.status for step in EntityStatus.objects.all()] == ["existing"]
    assert EntityChange.objects.get().kind == "entry"
    assert EntityVersion.objects.count() == 0
    assert audited(f"registers.legalentity:{row.id}") == [("registers.register_entity", "done")]


def test_code_is_entered_once() -> None:
    row = make_entity()
    with pytest.raises(EntityKnown):
        make_entity(uscc=row.uscc.lower())


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("name", {"name": ""}),
        ("uscc", {"uscc": "91"}),
        ("uscc", {"uscc": ""}),
        ("industry_code", {"industry_code": "Z"}),
    ],
)
def test_bad_entity_is_refused_at_its_field(field: str, values: dict[str, str]) -> None:
    make_source()
    new = NewEntity(values.get("uscc", make_uscc()), {"name": "光明", **values}, "samr")
    new = dataclasses.replace(new, values={name: text for name, text in new.values.items() if name != "uscc"})
    with pytest.raises(EntityRefused) as refusal:
        register_entity(ACTOR, new=new, now=NOON)
    assert field in refusal.value.fields


def test_bad_identity_number_is_refused() -> None:
    with pytest.raises(EntityRefused) as refusal:
        make_entity(number="110105194912310021")
    assert "number" in refusal.value.fields


def test_entity_is_entered_for_ones_own_organisation_only() -> None:
    mine = make_organisation("市场监管局")
    make_source(organisation=mine)
    new = NewEntity(make_uscc(), {"name": "光明", "seat": SEAT}, "samr")
    with pytest.raises(NotPermitted):
        register_entity(make_actor(MAINTAIN_ENTITIES, organisation=make_organisation()), new=new, now=NOON)
    assert register_entity(make_actor(MAINTAIN_ENTITIES, organisation=mine), new=new, now=NOON)
    other = dataclasses.replace(new, uscc=make_uscc())
    assert register_entity(make_actor(MAINTAIN_ENTITIES, division="220104"), new=other, now=NOON)


def test_entity_is_found_by_code_name_former_name_and_representative() -> None:
    row = make_entity("长春市光明商贸有限公司", representative_name="欧阳明", number=ZHANG)
    other = make_entity("长春市远大机械有限公司")
    assert names(row.uscc.lower()) == [row.name]
    assert names("光明商贸") == [row.name]
    assert names("欧阳明") == [row.name]
    assert names(ZHANG) == [row.name]
    assert names("9122") == [other.name, row.name]
    assert names("长") == [other.name, row.name]
    assert names("明光") == []
    change(other, {"name": "长春市宏大机械有限公司"}, since=TODAY)
    assert names("远大机械") == ["长春市宏大机械有限公司"]


def test_entities_are_filtered_and_paged() -> None:
    make_entity("甲", industry_code="C39")
    make_entity("乙", industry_code="6513")
    assert [item.name for item in entities(ACTOR, EntityQuery(section="I")).rows] == ["乙"]
    first = entities(ACTOR, EntityQuery(size=1))
    assert [item.name for item in entities(ACTOR, EntityQuery(size=1, after=first.next)).rows] == ["甲"]
    assert [item.name for item in entities(ACTOR, EntityQuery(kind="organ")).rows] == []


def test_entities_of_others_are_not_seen() -> None:
    mine = make_organisation("市场监管局")
    row = make_entity(organisation=mine)
    stranger = make_actor(VIEW_ENTITIES, organisation=make_organisation())
    assert names("光明", stranger) == []
    assert find_entity(stranger, uscc=row.uscc) is None
    assert names("光明", make_actor(VIEW_ENTITIES, organisation=mine)) == [row.name]
    with pytest.raises(NoSuchEntity):
        change_entity(stranger, entity_id=row.id, change=FieldChange({}, "samr"), now=NOON)


def test_change_keeps_what_was_with_both_times() -> None:
    row = make_entity(valid_from=date(2020, 1, 1), observed_at=OLD)
    later = NOON + timedelta(days=5)
    outcome = change(row, {"seat": "220104 新街2号"}, since=date(2025, 6, 1), now=later)
    row.refresh_from_db()
    assert outcome.verdicts == {"seat": "taken"}
    assert (row.address, row.valid_from, row.revision) == ("新街2号", date(2025, 6, 1), 2)
    was = as_of(row, valid_at=date(2024, 1, 1), known_at=later)
    assert was is not None
    assert was.facts["seat"] == SEAT
    unknown_then = as_of(row, valid_at=date(2026, 1, 1), known_at=NOON)
    assert unknown_then is not None
    assert unknown_then.facts["seat"] == SEAT
    assert as_of(row, valid_at=date(2019, 1, 1), known_at=later) is None


def test_correction_says_that_it_never_was_so() -> None:
    row = make_entity(valid_from=date(2020, 1, 1), observed_at=OLD)
    later = NOON + timedelta(days=5)
    change(row, {"registrar": "朝阳区市场监管局"}, since=None, now=later)
    row.refresh_from_db()
    was = as_of(row, valid_at=date(2021, 1, 1), known_at=later)
    assert was is not None
    assert was.facts["registrar"] == "朝阳区市场监管局"
    before = as_of(row, valid_at=date(2021, 1, 1), known_at=NOON)
    assert before is not None
    assert before.facts["registrar"] == ""
    assert len(states_of(row)) == 2
    assert EntityChange.objects.filter(kind="correction").count() == 1


def test_same_value_changes_nothing() -> None:
    row = make_entity()
    outcome = change(row, {"seat": SEAT}, since=TODAY)
    row.refresh_from_db()
    assert (outcome.verdicts, row.revision, EntityVersion.objects.count()) == ({"seat": "same"}, 1, 0)


def test_name_that_is_changed_is_remembered_and_a_corrected_one_is_not() -> None:
    row, other = make_entity("甲公司", observed_at=OLD), make_entity("乙公司", observed_at=OLD)
    assert change(row, {"name": "丁公司"}, since=TODAY).verdicts == {"name": "taken"}
    assert [(item.name, item.until) for item in former_names(row.id)] == [("甲公司", TODAY)]
    assert change(other, {"name": "丙公司"}, since=None).verdicts == {"name": "taken"}
    assert former_names(other.id) == []


def test_another_source_does_not_rename_an_entity_without_people() -> None:
    row = make_entity("甲公司", observed_at=OLD)
    make_source("tax")
    rank([make_source("tax").id], [make_source("samr").id])
    assert change(row, {"name": "丁公司"}, source="tax", since=TODAY).verdicts == {"name": "contested"}
    assert ContestedValue.objects.get().state == "waiting"


def test_answerable_source_wins_and_the_other_value_is_kept() -> None:
    row = make_entity(source="tax", observed_at=OLD, registrar="税务局")
    samr = make_source("samr")
    rank([samr.id], [make_source("tax").id])
    assert change(row, {"registrar": "市场监管局"}, source="samr", since=TODAY).verdicts == {"registrar": "taken"}
    assert change(row, {"registrar": "税务分局"}, source="tax", since=TODAY).verdicts == {"registrar": "kept"}
    row.refresh_from_db()
    assert row.registrar == "市场监管局"
    origin = {item.name: item.source_name for item in field_values(row)}
    assert (origin["registrar"], origin["name"]) == ("samr", "tax")
    assert set(ContestedValue.objects.values_list("plain", flat=True)) == {"税务局", "税务分局"}


def test_unranked_sources_that_differ_wait_for_people_whose_word_is_written_back() -> None:
    row = make_entity(source="tax", observed_at=OLD, registrar="税务局")
    samr = make_source("samr")
    outcome = change(row, {"registrar": "市场监管局"}, source="samr", since=TODAY)
    assert (outcome.verdicts, outcome.waiting) == ({"registrar": "contested"}, 1)
    write_ruling(Ruling(row.id, "registrar", "市场监管局", samr.id, NOON, NOON))
    row.refresh_from_db()
    assert row.registrar == "市场监管局"
    with pytest.raises(NoSuchEntity):
        write_ruling(Ruling(0, "registrar", "x", samr.id, NOON, NOON))
    write_ruling(Ruling(row.id, "registrar", "市场监管局", samr.id, NOON, NOON))
    assert EntityChange.objects.filter(entity=row, kind="correction").count() == 1


@pytest.mark.parametrize(
    ("values", "since", "field"),
    [({"name": ""}, TODAY, "name"), ({"colour": "red"}, TODAY, "colour"), ({"status": "asleep"}, TODAY, "status"),
     ({"registrar": "x"}, date(2026, 3, 11), "since"), ({"uscc": "91"}, TODAY, "uscc")],
)  # fmt: skip
def test_bad_change_is_refused_at_its_field(values: dict[str, str], since: date, field: str) -> None:
    row = make_entity()
    with pytest.raises(EntityRefused) as refusal:
        change(row, values, since=since)
    assert field in refusal.value.fields


def test_change_of_an_entity_that_somebody_else_changed_is_refused() -> None:
    row = make_entity()
    new = FieldChange({"registrar": "x"}, "samr", since=TODAY, revision=7)
    with pytest.raises(EntityChanged):
        change_entity(ACTOR, entity_id=row.id, change=new, now=NOON)
