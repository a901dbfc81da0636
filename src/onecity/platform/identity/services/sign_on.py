"""Signing in and out: throttled, locked after repeated failures, in two steps where a second factor is set."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib.auth.hashers import check_password, make_password
from django.core import signing
from django.db import connection, transaction
from django.db.models import Q

from onecity.kernel import context
from onecity.kernel.actor import ANONYMOUS, Actor
from onecity.kernel.ciphers.sm3 import sm3
from onecity.kernel.errors import Conflict, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity.models import Account, Session
from onecity.platform.identity.rules import POLICY, locked_until
from onecity.platform.identity.selectors.actors import secret_digest
from onecity.platform.identity.services.audit import record
from onecity.platform.identity.services.totp import code_fits

SECRET_BYTES: Final = 32
FIRST_STEP_SECONDS: Final = 300
_FIRST_STEP: Final = "identity.first-step"


class SignInRefused(NotPermitted):
    """Name and password do not fit. The sentence never says which of the two."""

    code = "sign_in_refused"
    message = zh("登录名或密码不正确")


class AccountLocked(Conflict):
    """Too many failures in a row; the account opens again by itself."""

    code = "account_locked"
    message = zh("登录失败次数过多，账户已锁定，请在 {minutes} 分钟后再试或联系系统管理员")


class TooManyAttempts(Conflict):
    """Too many failures from one network address."""

    code = "too_many_attempts"
    message = zh("该网络地址登录失败次数过多，请稍后再试")


class SecondFactorNeeded(NotPermitted):
    """The password fits; a one-time code is asked for next. proof: shows for some minutes that step one is done."""

    code = "second_factor_needed"
    message = zh("请输入动态口令")

    def __init__(self, proof: str) -> None:
        self.proof = proof
        super().__init__()


class FirstStepExpired(NotPermitted):
    """The proof of the first step is too old, or the password has changed since."""

    code = "first_step_expired"
    message = zh("登录超时，请重新输入登录名和密码")


@dataclass(frozen=True, slots=True)
class NewSession:
    """A fresh session; `secret` goes into the cookie and is stored nowhere."""

    secret: str
    account_id: int
    must_change_password: bool


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody offers at the door."""

    username: str
    password: str
    agent: str = ""


def sign_in(credentials: Credentials, *, now: datetime) -> NewSession:
    """Open a session, or say why not; failures are counted and audited even though they raise.

    now: real time.
    Raises: SignInRefused, AccountLocked, TooManyAttempts, SecondFactorNeeded.
    """
    with transaction.atomic():
        outcome = _attempt(credentials, now)
    if isinstance(outcome, NewSession):
        return outcome
    raise outcome


def finish_sign_in(proof: str, *, code: str, agent: str, now: datetime) -> NewSession:
    """Open a session after the second step.

    Raises: FirstStepExpired; SignInRefused, AccountLocked as in the first step.
    """
    try:
        account_id, mark = signing.loads(proof, salt=_FIRST_STEP, max_age=FIRST_STEP_SECONDS)
    except signing.BadSignature:
        raise FirstStepExpired from None
    with transaction.atomic():
        outcome = _attempt_code(account_id, mark, code, agent, now)
    if isinstance(outcome, NewSession):
        return outcome
    raise outcome


def sign_out(actor: Actor, *, session_id: int) -> None:
    """End a session."""
    with transaction.atomic():
        Session.objects.filter(id=session_id).delete()
        record(actor, action="identity.sign_out", target=f"identity.account:{actor.id}")


def end_session(actor: Actor, *, session_id: int) -> None:
    """End one of the actor's own sessions, on whatever machine it runs."""
    with transaction.atomic():
        gone, _ = Session.objects.filter(id=session_id, account_id=actor.account_id).delete()
        if gone:
            record(actor, action="identity.end_session", target=f"identity.session:{session_id}")


def forget_ended_sessions(*, now: datetime) -> int:
    """Drop sessions that are over or were idle for too long; returns how many. now: real time."""
    over = Q(expires_at__lte=now) | Q(last_seen_at__lte=now - POLICY.idle)
    return Session.objects.filter(over).delete()[0]


def touch_session(session_id: int, *, now: datetime) -> None:
    """Note that a session is in use; called at most once a minute."""
    Session.objects.filter(id=session_id).update(last_seen_at=now)


def _attempt(credentials: Credentials, now: datetime) -> NewSession | Exception:
    if _address_is_flooding():
        return TooManyAttempts()
    account = Account.objects.select_for_update().filter(username=credentials.username, is_active=True).first()
    if account is None:
        make_password(credentials.password)  # as slow as a real check, so that names cannot be guessed by the clock
        return _refuse(None, SignInRefused())
    locked = _locked(account, now)
    if locked:
        return _refuse(account, locked)
    if not check_password(credentials.password, account.password):
        return _failed(account, now)
    if account.totp_confirmed_at:
        return SecondFactorNeeded(signing.dumps([account.id, _mark(account)], salt=_FIRST_STEP))
    return _open(account, credentials.agent, now)


def _attempt_code(account_id: int, mark: str, code: str, agent: str, now: datetime) -> NewSession | Exception:
    account = Account.objects.select_for_update().filter(id=account_id, is_active=True).first()
    if account is None or _mark(account) != mark:
        return FirstStepExpired()
    locked = _locked(account, now)
    if locked:
        return _refuse(account, locked)
    return _open(account, agent, now) if code_fits(account, code, now=now) else _failed(account, now)


def _locked(account: Account, now: datetime) -> AccountLocked | None:
    if account.locked_until is None or account.locked_until <= now:
        return None
    return AccountLocked(params={"minutes": int((account.locked_until - now).total_seconds() // 60) + 1})


def _mark(account: Account) -> str:
    return sm3(account.password.encode()).hex()[:16]


def _failed(account: Account, now: datetime) -> Exception:
    account.failed_sign_ins += 1
    account.locked_until = locked_until(failures=account.failed_sign_ins, now=now)
    account.save(update_fields=["failed_sign_ins", "locked_until"])
    return _refuse(account, SignInRefused())


def _refuse(account: Account | None, error: Exception) -> Exception:
    target = f"identity.account:{account.id}" if account else ""
    record(
        ANONYMOUS, action="identity.sign_in", target=target, outcome="refused", details={"why": type(error).__name__}
    )
    return error


def _open(account: Account, agent: str, now: datetime) -> NewSession:
    secret = secrets.token_urlsafe(SECRET_BYTES)
    Session.objects.create(
        account=account,
        digest=secret_digest(secret),
        created_at=now,
        last_seen_at=now,
        expires_at=now + POLICY.longest_session,
        address=context.current().address[:45],
        agent=agent[:200],
        strong=bool(account.totp_confirmed_at),
    )
    kept = Session.objects.filter(account=account).order_by("-created_at")[: POLICY.sessions_at_once]
    Session.objects.filter(account=account).exclude(id__in=[session.id for session in kept]).delete()
    old = account.password_changed_at is not None and account.password_changed_at + POLICY.password_age < now
    account.failed_sign_ins, account.locked_until = 0, None
    account.must_change_password = account.must_change_password or old
    account.save(update_fields=["failed_sign_ins", "locked_until", "must_change_password", "totp_last_step"])
    actor = Actor("account", account.id, account.full_name, account.organisation_id)
    record(actor, action="identity.sign_in", target=f"identity.account:{account.id}")
    return NewSession(secret, account.id, account.must_change_password)


def _address_is_flooding() -> bool:
    address = context.current().address
    if not address:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT FROM identity_auditentry WHERE action = 'identity.sign_in'"
            " AND at > now() - make_interval(secs => %s) AND outcome = 'refused' AND address = %s"
            " LIMIT %s) AS failures",
            [POLICY.address_window.total_seconds(), address, POLICY.failures_per_address],
        )
        return bool(cursor.fetchone()[0] >= POLICY.failures_per_address)
