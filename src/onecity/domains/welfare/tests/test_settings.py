"""Limits are versioned and dated; published ones stand forever."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from onecity.domains.welfare.models import CheckingBody, DepartmentSource, PolicyTable
from onecity.domains.welfare.selectors.policies import NoCheckingBody, checking_body, policy, policy_in_force
from onecity.domains.welfare.services.settings import (
    AlreadyPublished,
    draft_policy,
    publish_policy,
    set_checking_body,
    set_source,
)
from onecity.domains.welfare.tests.factories import POLICY, SYSTEM, Offices, new_policy
from onecity.kernel.errors import Conflict, Invalid, NotFound, NotPermitted

pytestmark = pytest.mark.django_db


def test_new_version_ends_the_one_before_it(offices: Offices, now: datetime) -> None:
    number = new_policy(now=now, valid_from=date(2026, 1, 1), line=Decimal(850))
    assert policy_in_force(division_code="220104", on=date(2025, 12, 31)).line == 800
    assert policy_in_force(division_code="220104", on=date(2026, 1, 1)).number == number
    assert policy(1).valid_to == date(2026, 1, 1)


def test_countys_own_row_goes_before_the_citys(offices: Offices, now: datetime) -> None:
    new_policy(now=now, division_code="220104", line=Decimal(700))
    assert policy_in_force(division_code="220104001", on=now.date()).line == 700
    assert policy_in_force(division_code="220105001", on=now.date()).line == 800


def test_published_version_is_never_altered(offices: Offices, now: datetime) -> None:
    with pytest.raises(AlreadyPublished):
        publish_policy(SYSTEM, number=1, now=now)
    with pytest.raises(DatabaseError), transaction.atomic():
        PolicyTable.objects.filter(number=1).update(line=900)
    with pytest.raises(DatabaseError), transaction.atomic():
        PolicyTable.objects.filter(number=1).delete()


def test_version_that_begins_before_a_published_one_is_refused(offices: Offices, now: datetime) -> None:
    draft = draft_policy(SYSTEM, values={**POLICY, "valid_from": date(2024, 1, 1)}, now=now)
    with pytest.raises(Conflict):
        publish_policy(SYSTEM, number=draft.number, now=now)


@pytest.mark.parametrize("change", [{"uncounted": ["gift"]}, {"uncounted": "wage"}, {"line": Decimal(0)}])
def test_wrong_limits_are_refused(offices: Offices, now: datetime, change: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        draft_policy(SYSTEM, values={**POLICY, **change}, now=now)


def test_draft_is_not_in_force_and_unknown_ones_are_not_found(offices: Offices, now: datetime) -> None:
    draft = draft_policy(SYSTEM, values={**POLICY, "valid_from": date(2026, 1, 1)}, now=now)
    with pytest.raises(NotFound):
        policy(draft.number)
    with pytest.raises(NotFound):
        publish_policy(SYSTEM, number=99, now=now)
    with pytest.raises(NotFound):
        set_source(SYSTEM, code="nothing", grant_code="x")


def test_only_the_keeper_sets(offices: Offices, now: datetime) -> None:
    for deed in (
        lambda: draft_policy(offices.checker, values=POLICY, now=now),
        lambda: publish_policy(offices.checker, number=1, now=now),
        lambda: set_checking_body(offices.checker, division_code="220104", organisation_id=offices.county.id),
        lambda: set_source(offices.checker, code="vehicles", grant_code="x"),
    ):
        with pytest.raises(NotPermitted):
            deed()


def test_checking_body_of_the_smallest_place_checks(offices: Offices) -> None:
    set_checking_body(SYSTEM, division_code="2201", organisation_id=offices.street.id)
    assert checking_body("220104001") == offices.county.id
    assert checking_body("220105001") == offices.street.id
    with pytest.raises(NoCheckingBody):
        checking_body("310000000")
    with pytest.raises(Invalid):
        set_checking_body(SYSTEM, division_code="22010", organisation_id=offices.county.id)
    assert CheckingBody.objects.count() == 2


def test_source_is_set_again(offices: Offices) -> None:
    set_source(SYSTEM, code="vehicles", grant_code="other", is_active=False)
    row = DepartmentSource.objects.get(code="vehicles")
    assert (row.grant_code, row.is_active, row.department) == ("other", False, "public_security")
