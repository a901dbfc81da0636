"""The security administrator's pages of API clients and tokens."""

import re
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import Client

from onecity.kernel import clock
from onecity.kernel.actor import organisation_key, system_actor
from onecity.platform.identity.models import ApiClient, ApiToken, AuditEntry, Organisation
from onecity.platform.identity.selectors.actors import client_actor
from onecity.platform.identity.services.clients import NewClient, create_client, issue_token
from onecity.platform.identity.tests.factories import audited, make_organisation
from onecity.platform.identity.tests.visiting import administrator, body, client_of, sent

pytestmark = pytest.mark.django_db
VIEW = "geo.view"


@pytest.fixture
def desk() -> Client:
    return administrator("security")[1]


@pytest.fixture
def bureau() -> Organisation:
    return make_organisation()


@pytest.fixture
def program(bureau: Organisation) -> ApiClient:
    return create_client(
        system_actor("test"), new=NewClient("水务平台", bureau.id, "读取图层", [VIEW]), now=clock.real_now()
    )


def token_in(page: str) -> str:
    found = re.search(r'class="secret" id="token">([^<]+)<', page)
    assert found
    return found[1]


def test_programs_are_listed_and_searched(desk: Client, program: ApiClient) -> None:
    assert program.name in body(desk, "/clients")
    assert program.name in body(desk, "/clients?q=图层&state=on")
    assert program.name not in body(desk, "/clients?state=off")


def test_list_goes_on_where_the_page_ended(desk: Client, program: ApiClient, bureau: Organisation) -> None:
    later = program.created_at + timedelta(seconds=1)
    create_client(system_actor("test"), new=NewClient("燃气平台", bureau.id, "读取", [VIEW]), now=later)
    first = body(desk, "/clients?size=1")
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "燃气平台" in first
    assert program.name in body(desk, f"/clients{following}")


def test_program_is_registered_without_a_token(desk: Client, bureau: Organisation) -> None:
    values = {"name": "气象平台", "organisation": bureau.id, "purpose": "读取", "permissions": [VIEW]}
    page = sent(desk, "/clients/new", values)
    assert "接口应用已登记" in page
    assert "尚未签发令牌" in page
    made = ApiClient.objects.get(name="气象平台")
    assert (made.permissions, made.everywhere) == ([VIEW], False)
    assert audited(f"identity.apiclient:{made.id}") == [("identity.create_client", "done")]


@pytest.mark.parametrize("code", ["identity.manage_accounts", "identity.manage_roles", "identity.read_audit"])
def test_powers_of_administrators_are_neither_offered_nor_taken(desk: Client, bureau: Organisation, code: str) -> None:
    assert f'value="{code}"' not in body(desk, "/clients/new")
    values = {"name": "气象平台", "organisation": bureau.id, "purpose": "读取", "permissions": [code]}
    assert desk.post("/clients/new", values).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not ApiClient.objects.exists()


def test_organisation_that_closed_meanwhile_is_refused(desk: Client, bureau: Organisation) -> None:
    Organisation.objects.filter(id=bureau.id).update(is_active=False)
    values = {"name": "气象平台", "organisation": bureau.id, "purpose": "读取", "permissions": [VIEW]}
    assert desk.post("/clients/new", values).status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_token_is_shown_once_and_works_within_its_scope(
    desk: Client, program: ApiClient, bureau: Organisation, caplog: pytest.LogCaptureFixture
) -> None:
    answer = desk.post(f"/clients/{program.id}/token", {"days": "30"})
    token = token_in(answer.content.decode())
    assert answer.headers["Cache-Control"] == "no-store"
    actor = client_actor(token)
    assert actor is not None
    assert actor.scopes(VIEW) == {organisation_key(bureau.id)}
    page = body(desk, f"/clients/{program.id}")
    assert token not in page
    assert token[:10] in page
    assert token not in caplog.text
    assert not any(token in str(entry.details) for entry in AuditEntry.objects.all())


def test_token_lives_as_long_as_was_chosen_from_the_list(desk: Client, program: ApiClient) -> None:
    desk.post(f"/clients/{program.id}/token", {"days": "30"})
    issued = ApiToken.objects.get()
    assert issued.expires_at - issued.created_at == timedelta(days=30)
    assert "请选择令牌的有效期" in sent(desk, f"/clients/{program.id}/token", {"days": "9999"})
    assert ApiToken.objects.count() == 1


def test_revoked_token_is_refused_and_cannot_be_revoked_twice(desk: Client, program: ApiClient) -> None:
    now = clock.real_now()
    secret = issue_token(system_actor("test"), client_id=program.id, life=timedelta(days=1), now=now)
    url = f"/clients/{program.id}/tokens/{ApiToken.objects.get().id}/revoke"
    assert "令牌已吊销" in sent(desk, url)
    assert client_actor(secret) is None
    assert desk.post(url).status_code == HTTPStatus.NOT_FOUND


def test_token_is_revoked_through_its_own_program_only(desk: Client, program: ApiClient, bureau: Organisation) -> None:
    now = clock.real_now()
    other = create_client(system_actor("test"), new=NewClient("燃气平台", bureau.id, "读取", [VIEW]), now=now)
    secret = issue_token(system_actor("test"), client_id=program.id, life=timedelta(days=1), now=now)
    url = f"/clients/{other.id}/tokens/{ApiToken.objects.get().id}/revoke"
    assert desk.post(url).status_code == HTTPStatus.NOT_FOUND
    assert client_actor(secret) is not None


def test_expired_token_is_shown_as_such(desk: Client, program: ApiClient) -> None:
    now = clock.real_now() - timedelta(days=2)
    issue_token(system_actor("test"), client_id=program.id, life=timedelta(days=1), now=now)
    page = body(desk, f"/clients/{program.id}")
    assert "已到期" in page
    assert "确认吊销" not in page


def test_program_that_is_switched_off_is_refused_and_given_no_token(desk: Client, program: ApiClient) -> None:
    life = timedelta(days=1)
    secret = issue_token(system_actor("test"), client_id=program.id, life=life, now=clock.real_now())
    assert "接口应用已停用" in sent(desk, f"/clients/{program.id}/switch-off")
    assert client_actor(secret) is None
    assert "已停用" in sent(desk, f"/clients/{program.id}/token", {"days": "30"})
    assert ApiToken.objects.count() == 1
    assert "接口应用已启用" in sent(desk, f"/clients/{program.id}/switch-on")
    assert client_actor(secret) is not None


def test_unknown_program_is_not_found(desk: Client) -> None:
    body(desk, "/clients/999999", status=HTTPStatus.NOT_FOUND)


@pytest.mark.parametrize("power", ["system", "audit"])
def test_other_administrators_do_not_reach_programs(power: str, program: ApiClient) -> None:
    client = client_of(administrator(power)[0])
    for url in ("/clients", "/clients/new", f"/clients/{program.id}"):
        body(client, url, status=HTTPStatus.FORBIDDEN)
    assert client.post(f"/clients/{program.id}/token", {"days": "30"}).status_code == HTTPStatus.FORBIDDEN
    assert not ApiToken.objects.exists()
