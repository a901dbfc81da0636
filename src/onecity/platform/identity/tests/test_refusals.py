"""Refusals of identity's services that no page can bring about by itself."""

from datetime import datetime

import pytest

from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.kernel.errors import Invalid, NotFound
from onecity.platform.identity.models import Account, Grant, Role
from onecity.platform.identity.services.accounts import look_at_phone
from onecity.platform.identity.services.clients import NewClient, NotForPrograms, create_client, set_client_active
from onecity.platform.identity.services.grants import AccountClosed, AlreadyGranted, NewGrant, grant_role
from onecity.platform.identity.services.organisations import (
    NewOrganisation,
    ParentIsClosed,
    TreeTooDeep,
    create_organisation,
    set_organisation_active,
)
from onecity.platform.identity.services.roles import PowersMustStayApart, change_role, create_role
from onecity.platform.identity.tests.factories import make_account, make_organisation, times_audited

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("test")


@pytest.fixture
def now() -> datetime:
    return clock.real_now()


@pytest.fixture
def role(now: datetime) -> Role:
    return create_role(SYSTEM, name="值守", description="", permission_codes=["iot.view_devices"], now=now)


def test_grant_needs_an_account_a_role_and_an_organisation(role: Role, now: datetime) -> None:
    account = make_account()
    for new in (
        NewGrant(999_999, role.code),
        NewGrant(account.id, "no.role"),
        NewGrant(account.id, role.code, organisation_id=999_999),
    ):
        with pytest.raises(NotFound):
            grant_role(SYSTEM, new=new, now=now)
    assert not Grant.objects.exists()


def test_same_grant_is_not_made_twice(role: Role, now: datetime) -> None:
    account = make_account()
    grant_role(SYSTEM, new=NewGrant(account.id, role.code), now=now)
    with pytest.raises(AlreadyGranted):
        grant_role(SYSTEM, new=NewGrant(account.id, role.code), now=now)


def test_closed_account_is_granted_nothing(role: Role, now: datetime) -> None:
    account = make_account()
    Account.objects.filter(id=account.id).update(is_active=False)
    with pytest.raises(AccountClosed):
        grant_role(SYSTEM, new=NewGrant(account.id, role.code), now=now)


def test_role_does_not_become_a_power_beside_others_of_its_holder(role: Role, now: datetime) -> None:
    other = create_role(SYSTEM, name="看图", description="", permission_codes=["geo.view"], now=now)
    account = make_account()
    for held in (role, other):
        grant_role(SYSTEM, new=NewGrant(account.id, held.code), now=now)
    wanted = ["identity.read_audit"]
    with pytest.raises(PowersMustStayApart):
        change_role(SYSTEM, role_id=role.id, name="审计", description="", permission_codes=wanted, now=now)
    assert not Role.objects.get(id=role.id).is_exclusive


def test_roles_and_programs_hold_declared_permissions_only(role: Role, now: datetime) -> None:
    with pytest.raises(Invalid):
        create_role(SYSTEM, name="无", description="", permission_codes=["no.such_right"], now=now)
    with pytest.raises(NotFound):
        change_role(SYSTEM, role_id=999_999, name="无", description="", permission_codes=[], now=now)
    bureau = make_organisation()
    with pytest.raises(Invalid):
        create_client(SYSTEM, new=NewClient("无", bureau.id, "无", ["no.such_right"]), now=now)
    with pytest.raises(NotForPrograms):
        create_client(SYSTEM, new=NewClient("无", bureau.id, "无", ["identity.read_audit"]), now=now)
    with pytest.raises(NotFound):
        create_client(SYSTEM, new=NewClient("无", 999_999, "无", ["geo.view"]), now=now)


def test_unknown_program_is_not_switched() -> None:
    with pytest.raises(NotFound):
        set_client_active(SYSTEM, client_id=999_999, active=False)


def test_look_at_no_phone_number_leaves_no_trace() -> None:
    assert look_at_phone(SYSTEM, account_id=make_account().id, reason="核对本人身份") == ""
    assert times_audited("identity.look") == 0


def test_organisation_is_not_opened_below_a_closed_one() -> None:
    city = make_organisation("市政府")
    bureau = make_organisation("局", parent=city)
    for closed in (bureau, city):
        set_organisation_active(SYSTEM, organisation_id=closed.id, active=False)
    with pytest.raises(ParentIsClosed):
        set_organisation_active(SYSTEM, organisation_id=bureau.id, active=True)


def test_tree_does_not_grow_too_deep() -> None:
    above = make_organisation("市政府")
    type(above).objects.filter(id=above.id).update(path="1/" * 100)
    new = NewOrganisation("deep", "深", "深", "team", parent_id=above.id)
    with pytest.raises(TreeTooDeep):
        create_organisation(SYSTEM, new=new)
