"""Entities entered, changed, settled between sources, and taken by the block."""

import dataclasses
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pyarrow as pa
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound, NotPermitted
from onecity.platform.identity.api import ReasonNeeded
from onecity.platform.identity.tests.factories import audited, make_actor, make_organisation
from onecity.platform.registers.api import find_entity, shareholdings_of
from onecity.platform.registers.contracts.entities import NewEntity, NewHolding, NewLicence, NewOfficer, NewStatus
from onecity.platform.registers.contracts.persons import BlockKey, ChangeOutcome, FieldChange, Taken
from onecity.platform.registers.declare import Ruling
from onecity.platform.registers.models import (
    AnnualReport,
    ContestedValue,
    EntityChange,
    EntityLicence,
    EntityStatus,
    EntityVersion,
    LegalEntity,
    Shareholding,
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
from onecity.platform.registers.selectors.entities.parts import (
    control_of,
    holdings_in,
    holdings_of_entity,
    holdings_of_person,
    licences_of,
    listings_of,
    officers_of,
)
from onecity.platform.registers.selectors.entities.rows import EntityChanged, NoSuchEntity
from onecity.platform.registers.services.entities.entering import (
    EntityKnown,
    EntityRefused,
    change_entity,
    register_entity,
    write_ruling,
)
from onecity.platform.registers.services.entities.papers import (
    LicenceKnown,
    add_licence,
    list_abnormal,
    report_year,
    revoke_licence,
)
from onecity.platform.registers.services.entities.parts import (
    TooManyShares,
    add_holding,
    add_officer,
    end_holding,
    end_officer,
    set_status,
)
from onecity.platform.registers.services.entities.taking import take_entity_records
from onecity.platform.registers.tests.entity_factories import (
    ACTOR,
    SEAT,
    TODAY,
    hold,
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


def take(columns: Mapping[str, list[str]], *, source: str = "samr", number: int = 1, now: datetime = NOON) -> Taken:
    batch = pa.RecordBatch.from_pydict(dict(columns))
    return take_entity_records(ACTOR, source=source, batch=batch, block=BlockKey("run", number), now=now)


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


def test_status_is_a_step_with_ground_and_document() -> None:
    row = make_entity(observed_at=OLD)
    new = NewStatus("revoked", date(2026, 1, 5), "长期停业未经营", "samr", document_number="长市监罚〔2026〕1号")
    set_status(ACTOR, entity_id=row.id, new=new, now=NOON)
    row.refresh_from_db()
    assert (row.status, row.status_on) == ("revoked", date(2026, 1, 5))
    step = EntityStatus.objects.get(status="revoked")
    assert (step.ground, step.document_number) == ("长期停业未经营", "长市监罚〔2026〕1号")
    set_status(ACTOR, entity_id=row.id, new=NewStatus("deregistered", TODAY, "注销登记", "samr"), now=NOON)
    assert [item.status for item in EntityStatus.objects.order_by("since")] == ["existing", "revoked", "deregistered"]
    with pytest.raises(Invalid) as refusal:
        set_status(ACTOR, entity_id=row.id, new=NewStatus("existing", TODAY, " ", "samr"), now=NOON)
    assert "ground" in refusal.value.fields


def test_control_is_traced_through_entities_that_hold_one_another() -> None:
    target, upper, third = make_entity("目标"), make_entity("上级"), make_entity("循环")
    hold(target, upper, "60")
    hold(target, "李四", "40")
    hold(upper, "张三", "80")
    hold(upper, third, "20")
    hold(third, upper, "50")
    control = control_of(target.id, on=TODAY)
    found = {control.names[item.holder]: item for item in control.holders}
    assert set(found) == {"张三", "李四"}
    assert found["张三"].controls
    assert found["张三"].share.quantize(Decimal("1e-2")) == Decimal("53.33")
    assert control.entities[f"e:{upper.id}"] == upper.id
    assert control_of(make_entity("独立").id, on=TODAY).links == []


def test_same_person_in_two_entities_is_one_holder() -> None:
    target, upper = make_entity("目标"), make_entity("上级")
    hold(target, "张三", "10", number=ZHANG)
    hold(target, upper, "20")
    hold(upper, "张三", "100", number=ZHANG)
    assert [item.share for item in control_of(target.id, on=TODAY).holders] == [Decimal(30)]


def test_shares_of_one_person_are_told_to_domains_with_a_reason() -> None:
    first, second = make_entity("甲"), make_entity("乙")
    hold(first, "张三", "10", number=ZHANG)
    hold(second, "张三", "20", number=ZHANG)
    Shareholding.objects.filter(entity=second).update(person=7)
    found = shareholdings_of(ACTOR, identifier=ZHANG, reason="低收入家庭核对", now=NOON)
    assert [(item.entity_name, item.share) for item in found] == [("甲", Decimal(10)), ("乙", Decimal(20))]
    assert [item.entity_name for item in shareholdings_of(ACTOR, person=7, reason="低收入家庭核对", now=NOON)] == ["乙"]
    assert holdings_of_person(ACTOR, person=None, identifier="", on=TODAY) == []
    stranger = make_actor(VIEW_ENTITIES, organisation=make_organisation())
    assert list(shareholdings_of(stranger, identifier=ZHANG, reason="低收入家庭核对", now=NOON)) == []
    with pytest.raises(ReasonNeeded):
        shareholdings_of(ACTOR, identifier=ZHANG, reason="", now=NOON)


def test_domain_that_gives_a_reason_leaves_a_trace() -> None:
    row = make_entity()
    assert find_entity(ACTOR, uscc=row.uscc) is not None
    found = find_entity(ACTOR, uscc=f" {row.uscc.lower()} ", reason="核对经营情况")
    assert found is not None
    assert ("registers.find_entity", "done") in audited(f"registers.legalentity:{row.id}")
    assert find_entity(ACTOR, uscc=make_uscc(), reason="核对经营情况") is None


def test_share_is_given_up_and_stays_known() -> None:
    row, holder = make_entity("目标"), make_entity("上级")
    number = hold(row, holder, "60")
    end_holding(ACTOR, holding_id=number, until=TODAY, now=NOON)
    assert holdings_in(row.id, on=TODAY) == []
    assert [item.share for item in holdings_in(row.id, on=date(2026, 1, 1))] == [Decimal(60)]
    assert [item.entity_name for item in holdings_of_entity(holder.id, on=date(2026, 1, 1))] == ["目标"]
    with pytest.raises(NotFound):
        end_holding(ACTOR, holding_id=number, until=TODAY, now=NOON)
    assert hold(row, "张三", "100")


def test_shares_do_not_come_to_more_than_the_whole() -> None:
    row = make_entity()
    hold(row, "张三", "60")
    with pytest.raises(TooManyShares, match="110"):
        hold(row, "李四", "50")
    hold(row, "李四", "40")


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (NewHolding("ghost", holder_name="x"), "holder_kind"),
        (NewHolding("person", holder_name=" "), "holder_name"),
        (NewHolding("person", holder_name="张三", share=Decimal(101)), "share"),
        (NewHolding("person", holder_name="张三", number="123"), "number"),
    ],
)
def test_bad_share_is_refused_at_its_field(new: NewHolding, field: str) -> None:
    row = make_entity()
    with pytest.raises(Invalid) as refusal:
        add_holding(ACTOR, entity_id=row.id, new=new, source="samr", now=NOON)
    assert field in refusal.value.fields


def test_holding_entity_must_be_another_one_of_the_register() -> None:
    row = make_entity()
    with pytest.raises(Invalid) as refusal:
        hold(row, row, "10")
    assert "holder_uscc" in refusal.value.fields
    with pytest.raises(NotFound):
        add_holding(ACTOR, entity_id=row.id, new=NewHolding("entity", holder_uscc=make_uscc()), source="samr", now=NOON)


def test_share_whose_size_is_not_published_is_listed_last() -> None:
    row = make_entity()
    add_holding(ACTOR, entity_id=row.id, new=NewHolding("other", holder_name="境外投资者"), source="samr", now=NOON)
    hold(row, "张三", "10")
    assert [item.share for item in holdings_in(row.id, on=TODAY)] == [Decimal(10), None]
    assert [item.holder_name for item in holdings_in(row.id, on=TODAY)] == ["张三", "境外投资者"]


def test_officer_serves_and_leaves() -> None:
    row = make_entity()
    new = NewOfficer("chair", "王五", number=ZHANG, since=date(2020, 1, 1))
    number = add_officer(ACTOR, entity_id=row.id, new=new, source="samr", now=NOON)
    add_officer(ACTOR, entity_id=row.id, new=NewOfficer("manager", "赵六"), source="samr", now=NOON)
    end_officer(ACTOR, officer_id=number, until=TODAY, now=NOON)
    assert [(item.name, item.until) for item in officers_of(row.id)] == [("赵六", None), ("王五", TODAY)]
    assert officers_of(row.id)[1].masked == "110105********002X"
    for bad in (NewOfficer("king", "王五"), NewOfficer("chair", " ")):
        with pytest.raises(Invalid):
            add_officer(ACTOR, entity_id=row.id, new=bad, source="samr", now=NOON)


@pytest.mark.parametrize("day", [date(2026, 3, 11), date(2019, 1, 1)])
def test_service_does_not_end_ahead_of_time_or_before_it_began(day: date) -> None:
    row = make_entity()
    new = NewOfficer("chair", "王五", since=date(2020, 1, 1))
    number = add_officer(ACTOR, entity_id=row.id, new=new, source="samr", now=NOON)
    with pytest.raises(Invalid):
        end_officer(ACTOR, officer_id=number, until=day, now=NOON)


def test_licence_is_registered_once_and_revoked_once() -> None:
    row = make_entity()
    new = NewLicence("食品经营许可证", "JY12201040000001", "朝阳区市场监管局", since=TODAY, until=date(2031, 3, 9))
    number = add_licence(ACTOR, entity_id=row.id, new=new, source="samr", now=NOON)
    with pytest.raises(LicenceKnown):
        add_licence(ACTOR, entity_id=make_entity("乙").id, new=new, source="samr", now=NOON)
    revoke_licence(ACTOR, licence_id=number, on=TODAY, now=NOON)
    assert licences_of(row.id)[0].revoked_on == TODAY
    with pytest.raises(Conflict):
        revoke_licence(ACTOR, licence_id=number, on=TODAY, now=NOON)
    with pytest.raises(NotFound):
        revoke_licence(ACTOR, licence_id=0, on=TODAY, now=NOON)


@pytest.mark.parametrize(
    ("changes", "field"), [({"name": ""}, "name"), ({"issuer": " "}, "issuer"), ({"until": date(2020, 1, 1)}, "until")]
)
def test_bad_licence_is_refused_at_its_field(changes: dict[str, object], field: str) -> None:
    row = make_entity()
    new = dataclasses.replace(NewLicence("证", "1", "局", since=TODAY), **changes)  # type: ignore[arg-type]  # as the class has them
    with pytest.raises(Invalid) as refusal:
        add_licence(ACTOR, entity_id=row.id, new=new, source="samr", now=NOON)
    assert field in refusal.value.fields
    assert EntityLicence.objects.count() == 0


def test_report_of_a_year_is_kept_once_and_no_year_is_reported_ahead() -> None:
    row = make_entity()
    for employees in (10, 12):
        report_year(
            ACTOR, entity_id=row.id, year=2025, on=date(2026, 2, 1), employees=employees, source="samr", now=NOON
        )
    assert AnnualReport.objects.get().employees == 12
    for year, on in ((2026, date(2026, 2, 1)), (2025, date(2025, 12, 1))):
        with pytest.raises(Invalid):
            report_year(ACTOR, entity_id=row.id, year=year, on=on, employees=None, source="samr", now=NOON)


def test_abnormal_listing_has_a_ground() -> None:
    row = make_entity()
    list_abnormal(
        ACTOR,
        entity_id=row.id,
        since=TODAY,
        ground="未按期报送年度报告",
        decided_by="市场监管局",
        source="samr",
        now=NOON,
    )
    assert [item.ground for item in listings_of(row.id)] == ["未按期报送年度报告"]
    with pytest.raises(Invalid):
        list_abnormal(ACTOR, entity_id=row.id, since=TODAY, ground="", decided_by="x", source="samr", now=NOON)


def test_block_enters_changes_and_leaves_alone() -> None:
    known, same = make_entity("甲", observed_at=OLD, registrar="旧"), make_entity("乙", observed_at=OLD)
    fresh = make_uscc()
    done = take(
        {
            "uscc": [known.uscc, same.uscc, fresh, "坏"],
            "name": ["甲", "乙", "丙", "丁"],
            "registrar": ["新", "", "朝阳区市场监管局", ""],
            "division": ["220104001001", "220104001001", "220102", ""],
            "address": ["人民大街1号", "人民大街1号", "南关大街1号", ""],
            "observed_at": ["2026-03-01 08:00", "", "2026-03-09T00:00:00+08:00", ""],
        }
    )
    assert (done.read, done.inserted, done.updated, done.unchanged, len(done.refused)) == (4, 1, 1, 1, 1)
    assert done.refused[0].row == 3
    made = LegalEntity.objects.get(uscc=fresh)
    assert (made.name, made.kind, made.valid_from, made.words) == ("丙", "enterprise", date(2026, 3, 9), [])
    known.refresh_from_db()
    assert (known.registrar, known.valid_from, known.revision) == ("新", date(2026, 3, 1), 2)
    assert EntityVersion.objects.get().facts["registrar"] == "旧"


def test_same_block_again_changes_nothing_and_tells_the_same() -> None:
    make_source()
    columns = {"uscc": [make_uscc(), "坏"], "name": ["甲", "乙"]}
    first = take(columns)
    again = take(columns)
    assert (first.repeated, again.repeated) == (False, True)
    assert (again.inserted, again.refused) == (1, first.refused)
    assert LegalEntity.objects.count() == 1


def test_block_without_names_changes_the_known_and_refuses_strangers() -> None:
    known = make_entity("甲", observed_at=OLD)
    done = take({"uscc": [known.uscc, make_uscc()], "status": ["revoked", "existing"]})
    assert (done.updated, [item.row for item in done.refused]) == (1, [1])
    known.refresh_from_db()
    assert (known.status, known.name) == ("revoked", "甲")
    assert EntityStatus.objects.filter(entity=known, status="revoked").exists()


def test_block_of_another_source_settles_by_rank_and_waits_where_none_is() -> None:
    known = make_entity("甲", observed_at=OLD, registrar="市场监管局")
    make_source("tax")
    done = take({"uscc": [known.uscc], "registrar": ["税务局"]}, source="tax")
    assert (done.updated, done.contested) == (0, 1)
    rank([make_source("tax").id], [make_source("samr").id])
    done = take({"uscc": [known.uscc], "registrar": ["税务分局"]}, source="tax", number=2)
    assert (done.updated, done.contested) == (1, 0)
    known.refresh_from_db()
    assert known.registrar == "税务分局"


def test_older_word_of_the_same_source_is_stale() -> None:
    known = make_entity("甲", registrar="新")
    done = take({"uscc": [known.uscc], "registrar": ["旧"], "observed_at": ["2020-01-01"]})
    assert done.unchanged == 1


def test_second_change_of_a_block_keeps_the_first_in_its_place() -> None:
    known = make_entity("甲", observed_at=OLD, registrar="一")
    take({"uscc": [known.uscc], "registrar": ["二"], "observed_at": ["2024-01-01"]})
    take({"uscc": [known.uscc], "registrar": ["三"], "observed_at": ["2025-01-01"]}, number=2)
    known.refresh_from_db()
    for day, registrar in ((date(2022, 1, 1), "一"), (date(2024, 6, 1), "二"), (date(2025, 6, 1), "三")):
        state = as_of(known, valid_at=day, known_at=NOON)
        assert state is not None
        assert state.facts["registrar"] == registrar


def test_block_is_taken_for_ones_own_source_only() -> None:
    make_source(organisation=make_organisation("市场监管局"))
    stranger = make_actor(MAINTAIN_ENTITIES, organisation=make_organisation())
    batch = pa.RecordBatch.from_pydict({"uscc": [make_uscc()], "name": ["甲"]})
    with pytest.raises(NotPermitted):
        take_entity_records(stranger, source="samr", batch=batch, block=BlockKey("run", 1), now=NOON)


def test_block_costs_the_same_statements_however_many_rows() -> None:
    make_source()

    def statements(rows: int, number: int) -> int:
        columns = {"uscc": [make_uscc() for _ in range(rows)], "name": [f"单位{row}" for row in range(rows)]}
        with CaptureQueriesContext(connection) as captured:
            take(columns, number=number)
        return len(captured)

    assert statements(2, 1) == statements(200, 2)
