"""Drafts, members, declarations, authorisations: what is taken, what is refused."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from onecity.domains.welfare.contracts import NewApplication, NewAsset, NewConsent, NewExpense, NewIncome
from onecity.domains.welfare.models import Application, Authorisation, DeclaredAsset, DeclaredIncome, Member
from onecity.domains.welfare.rules.codes import Aid, Asset, Department, Relation
from onecity.domains.welfare.selectors.applications import applications, household, members_of, visible
from onecity.domains.welfare.services import applying
from onecity.domains.welfare.services.applying import ListedTwice, NotDraft
from onecity.domains.welfare.services.consenting import NotOfAge, sign_consent, withdraw_consent
from onecity.domains.welfare.services.submitting import submit
from onecity.domains.welfare.tests.factories import (
    ALL,
    Offices,
    consent,
    make_application,
    make_submitted,
    new_member,
    signature,
    waiting,
)
from onecity.kernel.errors import Conflict, Invalid, NotFound, NotPermitted
from onecity.platform.identity.api import account_actor
from onecity.platform.identity.tests.factories import audited, make_account, make_actor, make_organisation
from onecity.web.listing import Query

pytestmark = pytest.mark.django_db
FROM, TO = date(2025, 3, 1), date(2026, 2, 1)


def first(row: Application) -> Member:
    return row.members.get(position=1)


def test_draft_seals_what_is_personal(offices: Offices, now: datetime) -> None:
    row = make_application(offices, now=now, applicant=new_member("欧阳明"))
    person = first(row)
    assert (person.name_masked, row.phone_masked) == ("欧**", "139****5678")
    assert row.address_masked == "长春市朝阳区人民大街****"
    assert person.identifier_masked[6:14] == "********"
    stored = bytes(person.name_sealed) + bytes(person.identifier_sealed) + bytes(row.address_sealed)
    assert "欧阳明".encode() not in stored
    assert audited(f"welfare.application:{row.id}") == [("welfare.begin_application", "done")]


def test_birth_date_comes_from_the_identifier(offices: Offices, now: datetime) -> None:
    row = make_application(offices, now=now, applicant=new_member(born=date(1971, 5, 4)))
    assert first(row).birth_date == date(1971, 5, 4)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "三" * 41}, "name"),
        ({"name": "张三", "identifier": "220104198001010010"}, "identifier"),
        ({"name": "张三", "disability": 5}, "disability"),
    ],
)
def test_wrong_member_is_refused_by_its_field(
    offices: Offices, now: datetime, facts: dict[str, object], field: str
) -> None:
    row = make_application(offices, now=now)
    with pytest.raises(Invalid) as refusal:
        applying.add_member(
            offices.clerk,
            application_id=row.id,
            new=new_member(**{"relation": Relation.CHILD, **facts}),  # type: ignore[arg-type]  # test data
        )
    assert set(refusal.value.fields) == {field}


def test_applicant_is_one_and_each_person_is_listed_once(offices: Offices, now: datetime) -> None:
    same = new_member()
    row = make_application(offices, now=now, applicant=same)
    with pytest.raises(Invalid):
        applying.add_member(offices.clerk, application_id=row.id, new=new_member())
    twin = new_member(identifier=same.identifier, relation=Relation.SPOUSE)
    with pytest.raises(ListedTwice):
        applying.add_member(offices.clerk, application_id=row.id, new=twin)


def test_person_of_another_application_under_way_is_refused_but_a_supporter_may_be_named_twice(
    offices: Offices, now: datetime
) -> None:
    known = new_member()
    make_submitted(offices, now=now, applicant=known)
    with pytest.raises(ListedTwice):
        make_application(offices, now=now, applicant=known)
    helper = new_member(identifier=known.identifier, relation=Relation.CHILD, supports=True)
    assert make_application(offices, helper, now=now).members.count() == 2


def test_household_has_at_most_twenty_members(offices: Offices, now: datetime) -> None:
    row = make_application(offices, *(new_member(relation=Relation.OTHER) for _ in range(19)), now=now)
    with pytest.raises(Invalid):
        applying.add_member(offices.clerk, application_id=row.id, new=new_member(relation=Relation.OTHER))


def test_street_must_have_a_place(offices: Offices, now: datetime) -> None:
    nowhere = make_organisation("某局")
    with pytest.raises(Invalid) as refusal:
        applying.begin_application(offices.clerk, new=NewApplication(Aid.MARGIN, nowhere.id, new_member()), now=now)
    assert set(refusal.value.fields) == {"organisation_id"}


def test_clerk_of_another_street_neither_begins_nor_writes_nor_sees(offices: Offices, now: datetime) -> None:
    other = make_organisation("另一街道", division="220104002")
    stranger = make_actor("welfare.view", "welfare.accept", organisation=other)
    with pytest.raises(NotPermitted):
        applying.begin_application(stranger, new=NewApplication(Aid.MARGIN, offices.street.id, new_member()), now=now)
    row = make_application(offices, now=now)
    with pytest.raises(NotPermitted):
        applying.add_member(stranger, application_id=row.id, new=new_member(relation=Relation.CHILD))
    assert not visible(stranger).exists()
    assert list(visible(offices.decider)) == [row]


def test_citizen_writes_and_sees_his_own_and_nobody_elses(offices: Offices, now: datetime) -> None:
    actors = [account_actor(make_account(kind="citizen").id) for _ in range(2)]
    one, two = (actor for actor in actors if actor is not None)
    row = applying.begin_application(one, new=NewApplication(Aid.MARGIN, offices.street.id, new_member()), now=now)
    assert list(visible(one)) == [row]
    assert not visible(two).exists()
    with pytest.raises(NotPermitted):
        submit(two, application_id=row.id, now=now)
    opened = submit(one, application_id=row.id, now=now)
    assert opened.created


def test_declarations_are_read_back_month_by_month_and_unsealed(offices: Offices, now: datetime) -> None:
    row = make_application(offices, now=now)
    person = first(row)
    income = NewIncome("wage", Decimal("1200.5"), date(2025, 3, 15), TO, Decimal(100))
    applying.declare_income(offices.clerk, member_id=person.id, new=income)
    applying.declare_asset(
        offices.clerk, member_id=person.id, new=NewAsset(Asset.VEHICLE, "吉a12345", living_tool=True)
    )
    applying.declare_asset(offices.clerk, member_id=person.id, new=NewAsset(Asset.DEPOSIT, value=Decimal(500)))
    applying.declare_expense(offices.clerk, member_id=person.id, new=NewExpense("medical", Decimal(900)))
    told = household(row, members_of([row.id])[row.id])
    assert len(told.incomes) == 12
    assert {item.net for item in told.incomes} == {Decimal("1100.50")}
    assert [(item.mark, item.living_tool, item.value) for item in told.assets] == [
        ("吉A12345", True, Decimal(0)),
        ("", False, Decimal(500)),
    ]
    assert told.expenses[0].amount == 900
    assert DeclaredAsset.objects.get(kind="vehicle").mark_masked == "吉A***45"


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (NewIncome("gift", Decimal(1), FROM, TO), "topic"),
        (NewIncome("wage", Decimal(1), TO, FROM), "to_month"),
        (NewIncome("wage", Decimal(-1), FROM, TO), "monthly"),
        (NewIncome("wage", Decimal("NaN"), FROM, TO), "monthly"),
        (NewIncome("wage", Decimal(1), FROM, TO, Decimal("1e9")), "deductions"),
    ],
)
def test_wrong_income_is_refused_by_its_field(offices: Offices, now: datetime, new: NewIncome, field: str) -> None:
    row = make_application(offices, now=now)
    with pytest.raises(Invalid) as refusal:
        applying.declare_income(offices.clerk, member_id=first(row).id, new=new)
    assert set(refusal.value.fields) == {field}


def test_thing_needs_its_mark_and_an_expense_its_topic(offices: Offices, now: datetime) -> None:
    person = first(make_application(offices, now=now))
    with pytest.raises(Invalid):
        applying.declare_asset(offices.clerk, member_id=person.id, new=NewAsset(Asset.HOUSE))
    with pytest.raises(Invalid):
        applying.declare_expense(offices.clerk, member_id=person.id, new=NewExpense("travel", Decimal(1)))


def test_items_and_members_leave_a_draft_but_the_applicant_and_who_signed_stay(offices: Offices, now: datetime) -> None:
    spouse, child = new_member(relation=Relation.SPOUSE), new_member(relation=Relation.CHILD, born=date(2015, 1, 1))
    row = make_application(offices, spouse, child, now=now)
    applicant, second, third = row.members.all()
    applying.declare_income(offices.clerk, member_id=applicant.id, new=NewIncome("wage", Decimal(1), FROM, TO))
    applying.withdraw_item(offices.clerk, kind="income", item_id=DeclaredIncome.objects.get().id)
    assert not DeclaredIncome.objects.exists()
    for kind in ("income", "nothing"):
        with pytest.raises(NotFound):
            applying.withdraw_item(offices.clerk, kind=kind, item_id=1)
    applying.remove_member(offices.clerk, member_id=third.id)
    consent(offices, second, now=now)
    for kept in (applicant, second):
        with pytest.raises(Conflict):
            applying.remove_member(offices.clerk, member_id=kept.id)


def test_submitted_application_is_no_longer_changed(offices: Offices, now: datetime) -> None:
    row = make_submitted(offices, now=now)
    with pytest.raises(NotDraft):
        applying.add_member(offices.clerk, application_id=row.id, new=new_member(relation=Relation.CHILD))
    with pytest.raises(NotDraft):
        submit(offices.clerk, application_id=row.id, now=now)
    assert waiting(row, now=now) == ["accept"]


def test_unknown_things_are_not_found(offices: Offices, now: datetime) -> None:
    with pytest.raises(NotFound):
        submit(offices.clerk, application_id=0, now=now)
    with pytest.raises(NotFound):
        applying.remove_member(offices.clerk, member_id=0)
    with pytest.raises(NotFound):
        withdraw_consent(offices.clerk, code="x", reason="", now=now)
    with pytest.raises(NotFound):
        sign_consent(offices.clerk, new=NewConsent(0, ALL, FROM, TO, "drawn"), signature=signature(), now=now)


def test_without_limits_in_force_nothing_is_submitted(offices: Offices, now: datetime) -> None:
    row = make_application(offices, now=now)
    with pytest.raises(NotFound):
        submit(offices.clerk, application_id=row.id, now=now - timedelta(days=600))
    row.refresh_from_db()
    assert row.state == "draft"


def test_consent_keeps_the_words_that_were_signed(offices: Offices, now: datetime) -> None:
    row = make_application(offices, now=now)
    kept = consent(offices, first(row), now=now, departments=(Department.TAX, Department.FINANCE))
    assert (kept.departments, kept.valid_to) == (["finance", "tax"], now.date() + timedelta(days=365))
    assert len(kept.text_digest) == 64
    assert audited(f"welfare.authorisation:{kept.id}") == [("welfare.sign_consent", "done")]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"departments": ()}, "departments"),
        ({"valid_to": date(2026, 3, 9)}, "valid_to"),
        ({"valid_to": date(2030, 3, 9)}, "valid_to"),
        ({"method": "spoken"}, "method"),
    ],
)
def test_wrong_consent_is_refused_by_its_field(
    offices: Offices, now: datetime, change: dict[str, object], field: str
) -> None:
    row = make_application(offices, now=now)
    given: dict[str, object] = {
        "departments": ALL,
        "valid_from": date(2026, 3, 10),
        "valid_to": date(2026, 9, 10),
        "method": "paper",
        **change,
    }
    new = NewConsent(first(row).id, **given)  # type: ignore[arg-type]  # test data
    with pytest.raises(Invalid) as refusal:
        sign_consent(offices.clerk, new=new, signature=signature(), now=now)
    assert set(refusal.value.fields) == {field}
    assert not Authorisation.objects.exists()


def test_minor_does_not_sign_and_a_stranger_takes_no_signature(offices: Offices, now: datetime) -> None:
    child = new_member(relation=Relation.CHILD, born=date(2015, 1, 1))
    row = make_application(offices, child, now=now)
    with pytest.raises(NotOfAge):
        consent(offices, row.members.get(position=2), now=now)
    new = NewConsent(first(row).id, ALL, FROM, TO, "drawn")
    with pytest.raises(NotPermitted):
        sign_consent(offices.decider, new=new, signature=signature(), now=now)


def test_consent_is_withdrawn_once_and_not_given_for_what_is_over(offices: Offices, now: datetime) -> None:
    row = make_application(offices, now=now)
    kept = consent(offices, first(row), now=now)
    withdraw_consent(offices.clerk, code=kept.code, reason="不再申请", now=now)
    with pytest.raises(Conflict):
        withdraw_consent(offices.clerk, code=kept.code, reason="", now=now)
    Application.objects.update(state="refused")
    with pytest.raises(Conflict):
        consent(offices, first(row), now=now)


def test_list_is_paged_filtered_and_found_by_number(offices: Offices, now: datetime) -> None:
    rows = [make_application(offices, now=now + timedelta(minutes=place)) for place in range(3)]
    page = applications(offices.clerk, Query(size=2))
    assert [item.id for item in page.rows] == [rows[2].id, rows[1].id]
    assert [item.id for item in applications(offices.clerk, Query(size=2, after=page.next)).rows] == [rows[0].id]
    found = applications(offices.clerk, Query(search=rows[1].number.lower()))
    assert [item.id for item in found.rows] == [rows[1].id]
    wrong = Query(filters={"aid": "housing", "state": "draft"})
    assert not applications(offices.clerk, wrong).rows
