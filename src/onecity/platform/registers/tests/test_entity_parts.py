"""People, shares, control, licences and listings of entities."""

import dataclasses
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.platform.identity.api import ReasonNeeded
from onecity.platform.identity.tests.factories import audited, make_actor, make_organisation
from onecity.platform.registers.api import find_entity, shareholdings_of
from onecity.platform.registers.contracts.entities import NewHolding, NewLicence, NewOfficer, NewStatus
from onecity.platform.registers.models import (
    AnnualReport,
    EntityLicence,
    EntityStatus,
    Shareholding,
)
from onecity.platform.registers.permissions import VIEW_ENTITIES
from onecity.platform.registers.selectors.entities.parts import (
    control_of,
    holdings_in,
    holdings_of_entity,
    holdings_of_person,
    licences_of,
    listings_of,
    officers_of,
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
from onecity.platform.registers.tests.entity_factories import (
    ACTOR,
    TODAY,
    hold,
    make_entity,
    make_uscc,
)
from onecity.platform.registers.tests.moments import NOON

pytestmark = pytest.mark.django_db
ZHANG = "11010519491231002X"
OLD = datetime(2020, 1, 1, tzinfo=UTC)


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
