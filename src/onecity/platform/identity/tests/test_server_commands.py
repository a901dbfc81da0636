"""Accounts, grants and tokens made on the server."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from onecity.platform.identity.models import Account, ApiClient, ApiToken
from onecity.platform.identity.selectors.actors import account_actor, secret_digest
from onecity.platform.identity.tests.factories import make_account, make_organisation, times_audited

pytestmark = pytest.mark.django_db
DUTY = "iot.operator"


def said(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue().strip()


def test_account_has_a_first_password_that_must_be_changed() -> None:
    body = make_organisation()
    username, password = said("create_account", "zhangsan", "张三", "--organisation", body.code).split()
    account = Account.objects.get(username=username)
    assert account.check_password(password)
    assert account.must_change_password
    assert account.organisation_id == body.id


def test_login_name_that_is_taken_is_refused() -> None:
    make_account("zhangsan")
    with pytest.raises(CommandError, match="登录名已被使用"):
        said("create_account", "zhangsan", "张三")


def test_role_is_granted_within_an_organisation_only() -> None:
    body, other = make_organisation(), make_organisation("城管局")
    account = make_account("zhangsan")
    assert said("grant_role", "zhangsan", DUTY, "--organisation", body.code) == f"zhangsan  {DUTY}"
    actor = account_actor(account.id)
    assert actor is not None
    scopes = actor.scopes("iot.view_devices")
    assert any(str(body.id) in str(scope) for scope in scopes)
    assert not any(str(scope).endswith(str(other.id)) for scope in scopes)


def test_role_for_nobody_is_refused() -> None:
    with pytest.raises(CommandError, match="no such account"):
        said("grant_role", "nobody", DUTY)


def test_role_that_does_not_exist_is_refused() -> None:
    make_account("zhangsan")
    with pytest.raises(CommandError, match="没有这个账户或角色"):
        said("grant_role", "zhangsan", "iot.nothing")


def test_token_opens_what_it_names_and_is_stored_as_a_digest_only() -> None:
    body = make_organisation()
    token = said(
        *("issue_token", "水务平台", "--organisation", body.code, "--purpose", "读取设备"),
        *("--permission", "iot.view_devices"),
    )
    assert ApiToken.objects.get().digest == secret_digest(token)
    assert ApiClient.objects.get().permissions == ["iot.view_devices"]
    assert times_audited("identity.issue_token") == 1


def test_token_with_an_administrators_power_is_refused_and_leaves_no_client() -> None:
    body = make_organisation()
    with pytest.raises(CommandError, match="不能拥有管理员权限"):
        said(
            "issue_token",
            "后门",
            "--organisation",
            body.code,
            "--purpose",
            "x",
            "--permission",
            "identity.manage_roles",
        )
    assert not ApiClient.objects.exists()


def test_token_for_longer_than_a_year_leaves_no_client() -> None:
    body = make_organisation()
    with pytest.raises(CommandError, match="一年以内"):
        said("issue_token", "久", "--organisation", body.code, "--purpose", "x", "--days", "400")
    assert not ApiClient.objects.exists()


def test_account_of_an_unknown_body_is_refused() -> None:
    with pytest.raises(CommandError):
        said("create_account", "zhangsan", "张三", "--organisation", "nowhere")
