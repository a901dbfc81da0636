"""The system administrator's pages of accounts: what he sees, does, and is refused."""

import re
from http import HTTPStatus

import pytest
from django.test import Client

from onecity.kernel import clock
from onecity.kernel.actor import Actor, system_actor
from onecity.platform.identity.models import Account, AuditEntry, Organisation, Session
from onecity.platform.identity.services.accounts import AccountChange, change_account
from onecity.platform.identity.services.grants import NewGrant, grant_role
from onecity.platform.identity.services.sign_on import Credentials, sign_in
from onecity.platform.identity.tests.factories import (
    audited,
    make_account,
    make_accounts,
    make_organisation,
    open_session,
    times_audited,
)
from onecity.platform.identity.tests.visiting import administrator, body, client_of, sent

pytestmark = pytest.mark.django_db
PHONE = "13800138000"


@pytest.fixture
def desk() -> Client:
    return administrator("system")[1]


def with_phone(username: str = "li.si") -> Account:
    account = make_account(username)
    change = AccountChange("李四", account.organisation_id, PHONE)
    change_account(system_actor("test"), account_id=account.id, change=change)
    return account


def secret_in(page: str) -> str:
    found = re.search(r'class="secret" id="\w+">([^<]+)<', page)
    assert found
    return found[1]


def test_accounts_are_found_by_the_beginning_of_their_name(desk: Client) -> None:
    make_account("li.si")
    make_account("wang.wu")
    page = body(desk, "/accounts?q=li.")
    assert "li.si" in page
    assert "wang.wu" not in page


def test_accounts_are_found_by_a_whole_phone_number_only(desk: Client) -> None:
    with_phone()
    assert "li.si" in body(desk, f"/accounts?q={PHONE}")
    assert "li.si" not in body(desk, f"/accounts?q={PHONE[:7]}")


def test_filters_narrow_the_list(desk: Client) -> None:
    bureau = make_organisation()
    team = make_organisation("一队", parent=bureau)
    make_account("of.team", organisation=team)
    closed = make_account("closed.one", kind="citizen")
    Account.objects.filter(id=closed.id).update(is_active=False)
    assert "of.team" in body(desk, f"/accounts?organisation={bureau.id}")
    assert "closed.one" not in body(desk, f"/accounts?organisation={bureau.id}")
    assert "closed.one" in body(desk, "/accounts?state=closed&kind=citizen")
    assert "of.team" not in body(desk, "/accounts?state=closed")
    assert "closed.one" not in body(desk, "/accounts?state=locked")


def test_list_goes_on_where_the_page_ended(desk: Client) -> None:
    make_accounts(25)
    first = body(desk, "/accounts?size=20")
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = body(desk, "/accounts" + following[1].replace("&amp;", "&"))
    seen = re.findall(r'href="/accounts/(\d+)"', first), re.findall(r'href="/accounts/(\d+)"', second)
    assert len(seen[0]) == 20
    assert not set(seen[0]) & set(seen[1])


def test_export_holds_no_phone_number(desk: Client) -> None:
    with_phone()
    text = desk.get("/accounts?format=csv").getvalue().decode("utf-8-sig")
    assert "li.si" in text
    assert PHONE not in text


def test_administrator_of_a_bureau_sees_and_touches_his_own_alone() -> None:
    bureau, other = make_organisation(), make_organisation("城管局")
    mine, foreign = make_account("mine", organisation=bureau), make_account("foreign", organisation=other)
    client = administrator("system", organisation=bureau)[1]
    page = body(client, "/accounts")
    assert mine.username in page
    assert foreign.username not in page
    body(client, f"/accounts/{mine.id}")
    body(client, f"/accounts/{foreign.id}", status=HTTPStatus.NOT_FOUND)
    for deed in ("deactivate", "activate", "unlock", "reset-password", "reset-second-factor", "end-sessions", "phone"):
        answer = client.post(f"/accounts/{foreign.id}/{deed}", {"reason": "核对本人身份"})
        assert answer.status_code == HTTPStatus.NOT_FOUND, deed
    assert Account.objects.get(id=foreign.id).is_active


def test_new_account_enters_with_the_password_that_is_shown_once(desk: Client) -> None:
    bureau = make_organisation()
    values = {"username": "new.one", "full_name": "赵六", "kind": "staff", "organisation": bureau.id, "phone": PHONE}
    answer = desk.post("/accounts/new", values)
    password = secret_in(answer.content.decode())
    assert answer.headers["Cache-Control"] == "no-store"
    made = Account.objects.get(username="new.one")
    assert sign_in(Credentials("new.one", password), now=clock.real_now()).must_change_password
    assert audited(f"identity.account:{made.id}")[0] == ("identity.create_account", "done")
    page = body(desk, f"/accounts/{made.id}")
    assert password not in page
    assert PHONE not in page
    assert made.phone_masked in page


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("username", "taken", "登录名已被使用"),
        ("username", "Has Space", "登录名由小写字母"),
        ("phone", "123", "手机"),
        ("organisation", "999999", "选择"),
    ],
)
def test_new_account_is_refused_beside_the_field(desk: Client, field: str, value: str, reason: str) -> None:
    make_account("taken")
    values = {"username": "new.one", "full_name": "赵六", "kind": "staff", "organisation": "", field: value}
    answer = desk.post("/accounts/new", values)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert reason in answer.content.decode()
    assert not Account.objects.filter(username="new.one").exists()


def test_administrator_of_a_bureau_makes_accounts_of_no_other() -> None:
    bureau, other = make_organisation(), make_organisation("城管局")
    client = administrator("system", organisation=bureau)[1]
    values = {"username": "new.one", "full_name": "赵六", "kind": "staff"}
    for wanted in ("", other.id):
        answer = client.post("/accounts/new", {**values, "organisation": wanted})
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not Account.objects.filter(username="new.one").exists()


def test_change_keeps_the_phone_number_that_is_left_empty(desk: Client) -> None:
    account, bureau = with_phone(), make_organisation()
    form = body(desk, f"/accounts/{account.id}/change")
    assert PHONE not in form
    page = sent(desk, f"/accounts/{account.id}/change", {"full_name": "李四光", "organisation": bureau.id})
    assert "账户信息已保存" in page
    changed = Account.objects.get(id=account.id)
    assert (changed.full_name, changed.organisation_id, bool(changed.phone_sealed)) == ("李四光", bureau.id, True)


def test_change_is_refused_beside_the_field(desk: Client) -> None:
    account = make_account()
    answer = desk.post(f"/accounts/{account.id}/change", {"full_name": "李四", "organisation": "", "phone": "12"})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert audited(f"identity.account:{account.id}") == [("identity.create_account", "done")]


def test_look_at_a_phone_number_needs_a_reason_and_leaves_a_trace(desk: Client) -> None:
    account = with_phone()
    assert PHONE not in sent(desk, f"/accounts/{account.id}/phone", {"reason": "看"})
    assert times_audited("identity.look") == 0
    answer = desk.post(f"/accounts/{account.id}/phone", {"reason": "核对本人身份"})
    assert PHONE in answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"
    entry = AuditEntry.objects.get(action="identity.look")
    assert entry.details["reason"] == "核对本人身份"
    assert PHONE not in str(entry.details)


def test_deactivation_ends_sessions_and_can_be_taken_back(desk: Client) -> None:
    account = make_account()
    open_session(account.id)
    assert "账户已停用" in sent(desk, f"/accounts/{account.id}/deactivate")
    assert not Session.objects.filter(account=account).exists()
    assert "账户已启用" in sent(desk, f"/accounts/{account.id}/activate")
    actions = [action for action, _ in audited(f"identity.account:{account.id}")]
    assert actions == ["identity.create_account", "identity.deactivate_account", "identity.activate_account"]


def test_nobody_closes_or_resets_himself() -> None:
    actor, client = administrator("system")
    assert "不能对自己的账户" in sent(client, f"/accounts/{actor.id}/deactivate")
    assert "不能对自己的账户" in sent(client, f"/accounts/{actor.id}/reset-password")
    assert "确认停用" not in body(client, f"/accounts/{actor.id}")


def test_last_administrator_is_not_closed(desk: Client) -> None:
    last = make_account("last.auditor")
    grant_role(system_actor("test"), new=NewGrant(last.id, "identity.audit_administrator"), now=clock.real_now())
    assert "最后一个启用的管理员账户" in sent(desk, f"/accounts/{last.id}/deactivate")
    assert Account.objects.get(id=last.id).is_active


def test_unlock_opens_a_locked_account(desk: Client) -> None:
    account = make_account()
    Account.objects.filter(id=account.id).update(locked_until=clock.real_now().replace(year=2099), failed_sign_ins=5)
    assert "解除锁定" in body(desk, f"/accounts/{account.id}")
    assert "账户已解锁" in sent(desk, f"/accounts/{account.id}/unlock")
    assert Account.objects.get(id=account.id).locked_until is None


def test_reset_password_is_shown_once_and_nowhere_else(desk: Client, caplog: pytest.LogCaptureFixture) -> None:
    account = make_account()
    open_session(account.id)
    password = secret_in(desk.post(f"/accounts/{account.id}/reset-password").content.decode())
    assert sign_in(Credentials(account.username, password), now=clock.real_now()).must_change_password
    assert password not in body(desk, f"/accounts/{account.id}")
    assert password not in caplog.text
    assert not any(password in str(entry.details) for entry in AuditEntry.objects.all())


def test_password_of_an_administrator_is_not_reset_on_a_page(desk: Client) -> None:
    other = make_account("auditor")
    grant_role(system_actor("test"), new=NewGrant(other.id, "identity.audit_administrator"), now=clock.real_now())
    before = Account.objects.get(id=other.id).password
    assert "reset_administrator" in sent(desk, f"/accounts/{other.id}/reset-password")
    assert "reset_administrator" in sent(desk, f"/accounts/{other.id}/reset-second-factor")
    assert Account.objects.get(id=other.id).password == before
    assert "确认重置密码" not in body(desk, f"/accounts/{other.id}")


def test_second_factor_is_taken_off(desk: Client) -> None:
    account = make_account()
    Account.objects.filter(id=account.id).update(totp_confirmed_at=clock.real_now(), totp_sealed=b"sealed")
    assert "动态口令已解除" in sent(desk, f"/accounts/{account.id}/reset-second-factor")
    assert Account.objects.get(id=account.id).totp_confirmed_at is None


def test_sessions_are_listed_and_ended(desk: Client) -> None:
    account = make_account()
    secret = open_session(account.id)
    page = body(desk, f"/accounts/{account.id}")
    assert "全部退出" in page
    assert secret not in page
    sent(desk, f"/accounts/{account.id}/end-sessions")
    assert not Session.objects.filter(account=account).exists()
    assert "没有登录中的会话" in body(desk, f"/accounts/{account.id}")


def test_deeds_are_not_done_by_following_a_link(desk: Client) -> None:
    account = make_account()
    for deed in ("deactivate", "activate", "unlock", "reset-password", "reset-second-factor", "end-sessions", "phone"):
        assert desk.get(f"/accounts/{account.id}/{deed}").status_code == HTTPStatus.METHOD_NOT_ALLOWED


@pytest.mark.parametrize("power", ["security", "audit"])
def test_other_administrators_do_not_reach_accounts(power: str, organisation: Organisation) -> None:
    actor: Actor = administrator(power)[0]
    account = make_account(organisation=organisation)
    client = client_of(actor)
    for url in ("/accounts", "/accounts/new", f"/accounts/{account.id}", "/organisations", "/organisations/new"):
        body(client, url, status=HTTPStatus.FORBIDDEN)
    assert client.post(f"/accounts/{account.id}/reset-password").status_code == HTTPStatus.FORBIDDEN


@pytest.fixture
def organisation() -> Organisation:
    return make_organisation()


def test_forms_and_lists_speak_english_at_a_click(desk: Client) -> None:
    desk.cookies["onecity_language"] = "en"
    for url in ("/accounts", "/accounts/new", "/organisations", "/organisations/new"):
        main = body(desk, url).split("<main")[1].split("</main")[0]
        assert not re.search(r">[^<]*[\u4e00-\u9fff]", main.replace("张三", "")), url
