"""Signing in: both sides of each rule of the door."""

from datetime import datetime, timedelta

import pyotp
import pytest
from django.test import Client

from onecity.kernel import clock, context
from onecity.kernel.actor import system_actor
from onecity.platform.identity.models import Account, AuditEntry, Session
from onecity.platform.identity.rules import POLICY, WeakPassword
from onecity.platform.identity.selectors.actors import account_actor, signed_in
from onecity.platform.identity.services import credentials, sign_on, totp
from onecity.platform.identity.services.sign_on import Credentials
from onecity.platform.identity.tests.factories import PASSWORD, make_account, make_actor

pytestmark = pytest.mark.django_db


def enter(name: str, password: str = PASSWORD, *, now: datetime) -> sign_on.NewSession:
    return sign_on.sign_in(Credentials(name, password), now=now)


def test_right_password_opens_a_session_that_identifies_the_account(now: datetime) -> None:
    account = make_account("li.si")
    session = enter("li.si", now=now)
    assert session.account_id == account.id
    stored = Session.objects.get(account=account)
    assert session.secret not in stored.digest


@pytest.mark.parametrize("name", ["li.si", "nobody"])
def test_refusal_does_not_tell_which_of_name_and_password_was_wrong(name: str, now: datetime) -> None:
    make_account("li.si")
    with pytest.raises(sign_on.SignInRefused) as refusal:
        enter(name, "wrong", now=now)
    assert refusal.value.sentence() == "登录名或密码不正确"


def test_five_failures_lock_and_time_unlocks(now: datetime) -> None:
    make_account("li.si")
    for _ in range(POLICY.failures_before_lock):
        with pytest.raises(sign_on.SignInRefused):
            enter("li.si", "wrong", now=now)
    with pytest.raises(sign_on.AccountLocked):
        enter("li.si", now=now + POLICY.lock - timedelta(seconds=1))
    assert enter("li.si", now=now + POLICY.lock).account_id


def test_success_forgets_earlier_failures(now: datetime) -> None:
    make_account("li.si")
    for _ in range(POLICY.failures_before_lock - 1):
        with pytest.raises(sign_on.SignInRefused):
            enter("li.si", "wrong", now=now)
    enter("li.si", now=now)
    assert Account.objects.get(username="li.si").failed_sign_ins == 0


def test_flood_from_one_address_is_stopped_for_all_names(now: datetime) -> None:
    make_account("li.si")
    with context.serving("r", address="192.0.2.7"):
        for number in range(POLICY.failures_per_address):
            with pytest.raises(sign_on.SignInRefused):
                enter(f"guess{number}", "wrong", now=now)
        with pytest.raises(sign_on.TooManyAttempts):
            enter("li.si", now=now)
    with context.serving("r", address="192.0.2.8"):
        assert enter("li.si", now=now)


def test_each_attempt_is_audited(now: datetime) -> None:
    account = make_account("li.si")
    with pytest.raises(sign_on.SignInRefused):
        enter("li.si", "wrong", now=now)
    enter("li.si", now=now)
    outcomes = AuditEntry.objects.filter(action="identity.sign_in", target=f"identity.account:{account.id}")
    assert sorted(outcomes.values_list("outcome", flat=True)) == ["done", "refused"]


def test_inactive_account_is_refused(now: datetime) -> None:
    Account.objects.filter(id=make_account("li.si").id).update(is_active=False)
    with pytest.raises(sign_on.SignInRefused):
        enter("li.si", now=now)


def test_second_factor_is_asked_for_and_each_code_counts_once(now: datetime) -> None:
    account = make_account("li.si")
    actor = account_actor(account.id)
    assert actor is not None
    secret = pyotp.parse_uri(totp.begin(actor)).secret
    code = pyotp.TOTP(secret).at(now)
    with pytest.raises(totp.WrongCode):
        totp.confirm(actor, code="000000" if code != "000000" else "000001", now=now)
    totp.confirm(actor, code=code, now=now)
    later = now + timedelta(minutes=2)
    with pytest.raises(sign_on.SecondFactorNeeded) as needed:
        enter("li.si", now=later)
    fresh = pyotp.TOTP(secret).at(later)
    session = sign_on.finish_sign_in(needed.value.proof, code=fresh, agent="", now=later)
    assert Session.objects.get(account_id=session.account_id).strong
    with pytest.raises(sign_on.SignInRefused):
        sign_on.finish_sign_in(needed.value.proof, code=fresh, agent="", now=later)


def test_proof_of_the_first_step_dies_with_the_password(now: datetime) -> None:
    account = make_account("li.si")
    actor = account_actor(account.id)
    assert actor is not None
    code = pyotp.TOTP(pyotp.parse_uri(totp.begin(actor)).secret).at(now)
    totp.confirm(actor, code=code, now=now)
    with pytest.raises(sign_on.SecondFactorNeeded) as needed:
        enter("li.si", now=now)
    credentials.reset_password(system_actor("test"), account_id=account.id, now=now)
    with pytest.raises(sign_on.FirstStepExpired):
        sign_on.finish_sign_in(needed.value.proof, code=code, agent="", now=now)


def test_more_sessions_than_allowed_push_out_the_oldest(now: datetime) -> None:
    make_account("li.si")
    for minute in range(POLICY.sessions_at_once + 1):
        enter("li.si", now=now + timedelta(minutes=minute))
    kept = Session.objects.order_by("created_at")
    assert len(kept) == POLICY.sessions_at_once
    assert kept[0].created_at == now + timedelta(minutes=1)


@pytest.mark.parametrize("weak", ["Short-1", "alllowercase", "li.si-Password-1", "12345678901234"])
def test_weak_password_is_refused(weak: str, now: datetime) -> None:
    actor = make_actor()
    Account.objects.filter(id=actor.account_id).update(username="li.si")
    with pytest.raises(WeakPassword):
        credentials.change_password(actor, present=PASSWORD, wanted=weak, now=now)


def test_changed_password_ends_other_sessions_and_bars_old_passwords(now: datetime) -> None:
    actor = make_actor()
    name = Account.objects.get(id=actor.account_id).username
    enter(name, now=now)
    credentials.change_password(actor, present=PASSWORD, wanted="Another-Horse-8", now=now)
    assert not Session.objects.filter(account_id=actor.account_id).exists()
    with pytest.raises(WeakPassword):
        credentials.change_password(actor, present="Another-Horse-8", wanted=PASSWORD, now=now)
    with pytest.raises(credentials.WrongPassword):
        credentials.change_password(actor, present=PASSWORD, wanted="Third-Horse-99", now=now)


def test_old_password_must_be_changed_before_anything_else(now: datetime) -> None:
    account = make_account("li.si")
    later = clock.real_now() + POLICY.password_age + timedelta(days=1)
    assert enter("li.si", now=later).must_change_password
    Session.objects.all().delete()
    Account.objects.filter(id=account.id).update(must_change_password=True)
    client = Client()
    answer = client.post("/sign-in", {"username": "li.si", "password": PASSWORD})
    assert answer.headers["Location"] == "/me/password"
    assert client.get("/jobs").headers["Location"] == "/me/password"


def test_sign_in_page_sets_a_guarded_cookie_and_goes_where_it_was_asked() -> None:
    make_account("li.si")
    client = Client()
    answer = client.post("/sign-in", {"username": "li.si", "password": PASSWORD, "next": "/me/security"})
    assert answer.headers["Location"] == "/me/security"
    cookie = answer.cookies["onecity_session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert signed_in(cookie.value) is not None
    assert client.get("/me/security").status_code == 200


def test_sign_in_never_leads_to_another_site() -> None:
    make_account("li.si")
    answer = Client().post("/sign-in", {"username": "li.si", "password": PASSWORD, "next": "https://evil.example/"})
    assert answer.headers["Location"] == "/"


def test_wrong_password_is_told_on_the_page() -> None:
    make_account("li.si")
    answer = Client().post("/sign-in", {"username": "li.si", "password": "wrong"})
    assert answer.status_code == 422
    assert "登录名或密码不正确" in answer.content.decode()


def test_signing_out_ends_the_session() -> None:
    make_account("li.si")
    client = Client()
    client.post("/sign-in", {"username": "li.si", "password": PASSWORD})
    client.post("/sign-out")
    assert not Session.objects.exists()
    assert client.get("/me/security").status_code == 302
