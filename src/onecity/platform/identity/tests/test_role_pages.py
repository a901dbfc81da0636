"""The security administrator's pages of roles and grants."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import Client

from onecity.kernel import clock
from onecity.kernel.actor import EVERYTHING, division_key, organisation_key, system_actor
from onecity.platform.identity.models import Account, Grant, Role, RolePermission
from onecity.platform.identity.selectors.actors import account_actor
from onecity.platform.identity.services.grants import LastGrant, NewGrant, grant_role, withdraw_grant
from onecity.platform.identity.services.roles import create_role
from onecity.platform.identity.tests.factories import (
    audited,
    make_account,
    make_actor,
    make_organisation,
    times_audited,
)
from onecity.platform.identity.tests.visiting import administrator, body, client_of, sent

pytestmark = pytest.mark.django_db
VIEW = "iot.view_devices"
MAP = "geo.view"  # knows no scope
AUDITOR = "identity.audit_administrator"


@pytest.fixture
def desk() -> Client:
    return administrator("security")[1]


@pytest.fixture
def role() -> Role:
    return create_role(
        system_actor("test"), name="看守员", description="", permission_codes=[VIEW], now=clock.real_now()
    )


def test_roles_are_listed_with_what_they_hold(desk: Client, role: Role) -> None:
    page = body(desk, "/roles")
    assert "看守员" in page
    assert "系统管理员" in page
    assert "系统管理员" not in body(desk, "/roles?origin=own")
    assert "看守员" not in body(desk, "/roles?q=没有的")
    assert VIEW in body(desk, f"/roles/{role.id}")


def test_role_is_made_with_the_ticked_permissions(desk: Client) -> None:
    page = sent(desk, "/roles/new", {"name": "巡查员", "description": "白天", "permissions": [VIEW]})
    assert "角色已建立" in page
    made = Role.objects.get(name="巡查员")
    assert list(RolePermission.objects.filter(role=made).values_list("permission_code", flat=True)) == [VIEW]
    assert audited(f"identity.role:{made.id}") == [("identity.save_role", "done")]


@pytest.mark.parametrize(
    ("permissions", "reason"),
    [
        ([], "必填"),
        (["geo.no_such_right"], "选择"),
        ([VIEW, "identity.read_audit"], "不能与其他权限放在同一个角色中"),
        (["identity.manage_accounts", "identity.read_audit"], "不能与其他权限放在同一个角色中"),
    ],
)
def test_role_is_refused_with_its_reason(desk: Client, permissions: list[str], reason: str) -> None:
    answer = desk.post("/roles/new", {"name": "混合", "permissions": permissions})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert reason in answer.content.decode()
    assert not Role.objects.filter(name="混合").exists()


def test_own_role_is_changed(desk: Client, role: Role) -> None:
    assert f'value="{VIEW}" checked' in body(desk, f"/roles/{role.id}/change")
    page = sent(desk, f"/roles/{role.id}/change", {"name": "看守员二", "permissions": [VIEW, MAP]})
    assert "角色已保存" in page
    assert Role.objects.get(id=role.id).name == "看守员二"
    assert RolePermission.objects.filter(role=role).count() == 2


def test_builtin_role_is_not_changed(desk: Client) -> None:
    auditor = Role.objects.get(code=AUDITOR)
    assert "/change" not in body(desk, f"/roles/{auditor.id}")
    answer = desk.post(f"/roles/{auditor.id}/change", {"name": "改名", "permissions": [VIEW]})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "内置角色不能修改" in answer.content.decode()


def test_copy_begins_with_the_other_role_s_permissions(desk: Client, role: Role) -> None:
    assert f'value="{VIEW}" checked' in body(desk, f"/roles/new?like={role.id}")
    assert "checked" not in body(desk, "/roles/new?like=999999")
    assert "checked" not in body(desk, "/roles/new?like=x")


def test_unknown_role_is_not_found(desk: Client) -> None:
    body(desk, "/roles/999999", status=HTTPStatus.NOT_FOUND)


def test_accounts_are_found_for_granting_but_show_no_phone(desk: Client) -> None:
    account = make_account("li.si")
    page = body(desk, "/grants?q=li.")
    assert "li.si" in page
    assert f'href="/accounts/{account.id}"' not in page
    assert "手机" not in body(desk, f"/grants/{account.id}")


def test_grant_holds_everywhere_in_an_organisation_or_in_a_division(desk: Client, role: Role) -> None:
    bureau = make_organisation()
    wanted = (
        ({"scope": "everything"}, EVERYTHING),
        ({"scope": "organisation", "organisation": bureau.id}, organisation_key(bureau.id)),
        ({"scope": "division", "division_code": "220102"}, division_key("220102")),
    )
    for values, key in wanted:
        account = make_account()
        assert "授权已生效" in sent(desk, f"/grants/{account.id}", {"role": role.code, **values})
        actor = account_actor(account.id)
        assert actor is not None
        assert actor.scopes(VIEW) == {key}
        assert ("identity.grant_role", "done") in audited(f"identity.account:{account.id}")


def test_role_without_scope_is_granted_for_the_whole_city_alone(desk: Client) -> None:
    account, now = make_account(), clock.real_now()
    role = create_role(system_actor("test"), name="读图员", description="", permission_codes=[MAP], now=now)
    answer = desk.post(f"/grants/{account.id}", {"role": role.code, "scope": "division", "division_code": "220102"})
    assert "只能按全市授权" in answer.content.decode()


def test_grant_ends_with_its_day_in_the_city(desk: Client, role: Role) -> None:
    account, day = make_account(), (clock.real_now() + timedelta(days=30)).date()
    sent(desk, f"/grants/{account.id}", {"role": role.code, "scope": "everything", "ends_date": day.isoformat()})
    ends = Grant.objects.get(account=account).ends_at
    assert ends is not None
    assert ends.astimezone(clock.CITY_ZONE).isoformat().startswith(f"{day}T23:59:59+08:00")


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"scope": "organisation"}, "请填写此范围"),
        ({"scope": "division"}, "请填写此范围"),
        ({"scope": "everything", "division_code": "220102"}, "与所选数据范围不符"),
        ({"scope": "division", "division_code": "12"}, "区划"),
        ({"scope": "everything", "ends_date": "2020-01-01"}, "到期时间应晚于现在"),
        ({"scope": "everything", "role": "no.such_role"}, "选择"),
    ],
)
def test_grant_is_refused_with_its_reason(desk: Client, role: Role, values: dict[str, str], reason: str) -> None:
    account = make_account()
    answer = desk.post(f"/grants/{account.id}", {"role": role.code, **values})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert reason in answer.content.decode()
    assert not Grant.objects.filter(account=account).exists()


def test_powers_stay_apart(desk: Client, role: Role) -> None:
    account = make_account()
    grant_role(system_actor("test"), new=NewGrant(account.id, AUDITOR), now=clock.real_now())
    answer = desk.post(f"/grants/{account.id}", {"role": role.code, "scope": "everything"})
    assert "不得兼任其他角色" in answer.content.decode()
    assert Grant.objects.filter(account=account).count() == 1


def test_nobody_grants_to_himself(role: Role) -> None:
    actor, client = administrator("security")
    assert "不能给自己授权" in body(client, f"/grants/{actor.id}")
    answer = client.post(f"/grants/{actor.id}", {"role": role.code, "scope": "everything"})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "不能给自己授权" in answer.content.decode()
    assert not Grant.objects.filter(account_id=actor.account_id, role=role).exists()


def test_withdrawn_grant_is_gone_and_stays_on_record(desk: Client, role: Role) -> None:
    account = make_account()
    grant = grant_role(system_actor("test"), new=NewGrant(account.id, role.code), now=clock.real_now())
    assert "授权已撤销" in sent(desk, f"/grants/{account.id}/{grant.id}/withdraw")
    actor = account_actor(account.id)
    assert actor is not None
    assert not actor.may(VIEW)
    page = body(desk, f"/grants/{account.id}")
    assert "已撤销" in page
    assert "确认撤销" not in page
    assert times_audited("identity.withdraw_grant", target=f"identity.account:{account.id}") == 1
    assert desk.post(f"/grants/{account.id}/{grant.id}/withdraw").status_code == HTTPStatus.NOT_FOUND


def test_grant_is_withdrawn_from_its_own_account_only(desk: Client, role: Role) -> None:
    account, other = make_account(), make_account()
    grant = grant_role(system_actor("test"), new=NewGrant(account.id, role.code), now=clock.real_now())
    assert desk.post(f"/grants/{other.id}/{grant.id}/withdraw").status_code == HTTPStatus.NOT_FOUND
    assert Grant.objects.get(id=grant.id).withdrawn_at is None


def test_last_grant_of_an_administration_is_not_withdrawn(desk: Client) -> None:
    now = clock.real_now()
    first, second = make_account(), make_account()
    grant = grant_role(system_actor("test"), new=NewGrant(first.id, AUDITOR), now=now)
    assert "将无人担任该管理职责" in sent(desk, f"/grants/{first.id}/{grant.id}/withdraw")
    with pytest.raises(LastGrant):
        withdraw_grant(make_actor("identity.manage_roles"), grant_id=grant.id, now=now)
    grant_role(system_actor("test"), new=NewGrant(second.id, AUDITOR), now=now)
    assert "授权已撤销" in sent(desk, f"/grants/{first.id}/{grant.id}/withdraw")


def test_ended_grant_is_shown_as_ended(desk: Client, role: Role) -> None:
    account, now = make_account(), clock.real_now()
    new = NewGrant(account.id, role.code, ends_at=now + timedelta(days=1))
    grant = grant_role(system_actor("test"), new=new, now=now)
    Grant.objects.filter(id=grant.id).update(ends_at=now - timedelta(days=1))
    assert "已到期" in body(desk, f"/grants/{account.id}")


def test_grants_are_shown_to_the_system_administrator_without_a_way_to_change_them(role: Role) -> None:
    account = make_account()
    grant_role(system_actor("test"), new=NewGrant(account.id, role.code), now=clock.real_now())
    page = body(administrator("system")[1], f"/accounts/{account.id}")
    assert "看守员" in page
    assert "撤销</button>" not in page


@pytest.mark.parametrize("power", ["system", "audit"])
def test_other_administrators_do_not_reach_roles(power: str, role: Role) -> None:
    account, client = make_account(), client_of(administrator(power)[0])
    for url in ("/roles", "/roles/new", f"/roles/{role.id}", "/grants", f"/grants/{account.id}"):
        body(client, url, status=HTTPStatus.FORBIDDEN)
    answer = client.post(f"/grants/{account.id}", {"role": role.code, "scope": "everything"})
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert not Grant.objects.filter(account=account).exists()


def test_who_granted_is_named(desk: Client, role: Role) -> None:
    account, actor = make_account(), make_actor("identity.manage_roles")
    grant_role(actor, new=NewGrant(account.id, role.code), now=clock.real_now())
    Account.objects.filter(id=actor.account_id).update(full_name="欧阳修")
    assert "欧阳修" in body(desk, f"/grants/{account.id}")
