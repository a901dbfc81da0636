"""The second factor: one-time codes by time (RFC 6238), each accepted once."""

from datetime import datetime
from typing import Final

import pyotp
from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid
from onecity.kernel.text import zh
from onecity.platform.identity.models import Account
from onecity.platform.identity.services.audit import record
from onecity.platform.identity.services.personal import open_text, seal_text

CONTEXT: Final = "identity.account.totp"
STEP_SECONDS: Final = 30


class WrongCode(Invalid):
    """The one-time code does not fit the present half minute, the one before or the one after, or was used."""

    code = "wrong_code"
    message = zh("动态口令不正确或已使用")


class NotBegun(Conflict):
    """There is no unconfirmed secret to show."""

    code = "second_factor_not_begun"
    message = zh("请先开始启用动态口令")


def begin(actor: Actor) -> str:
    """Draw a new secret for the actor's own account and return the address that an app reads as a QR code.

    Nothing changes at sign-in until `confirm`.
    """
    secret = pyotp.random_base32()
    with transaction.atomic():
        account = Account.objects.select_for_update().get(id=actor.account_id)
        account.totp_sealed = seal_text(secret, context=CONTEXT)
        account.totp_confirmed_at = None
        account.save(update_fields=["totp_sealed", "totp_confirmed_at"])
    return _address(account, secret)


def begun(actor: Actor) -> str:
    """Return the address of the secret that `begin` drew and that is not confirmed yet.

    Raises: NotBegun.
    """
    account = Account.objects.get(id=actor.account_id)
    if not account.totp_sealed or account.totp_confirmed_at:
        raise NotBegun
    return _address(account, open_text(bytes(account.totp_sealed), context=CONTEXT))


def confirm(actor: Actor, *, code: str, now: datetime) -> None:
    """Switch the second factor on, once the app shows the right code.

    Raises: WrongCode.
    """
    with transaction.atomic():
        account = Account.objects.select_for_update().get(id=actor.account_id)
        if not code_fits(account, code, now=now):
            raise WrongCode(fields={"code": WrongCode.message})
        account.totp_confirmed_at = now
        account.save(update_fields=["totp_confirmed_at", "totp_last_step"])
        record(actor, action="identity.enable_second_factor", target=f"identity.account:{account.id}")


def switch_off(actor: Actor) -> None:
    """Take the second factor off the actor's own account."""
    take_off(actor, account_id=actor.account_id)


def take_off(actor: Actor, *, account_id: int) -> None:
    """Take the second factor off an account. The caller has checked that the actor may."""
    with transaction.atomic():
        Account.objects.filter(id=account_id).update(totp_sealed=b"", totp_confirmed_at=None)
        record(actor, action="identity.disable_second_factor", target=f"identity.account:{account_id}")


def code_fits(account: Account, code: str, *, now: datetime) -> bool:
    """Say whether `code` fits now and was not used before; notes its step on the (unsaved) account."""
    if not account.totp_sealed:
        return False
    otp = pyotp.TOTP(open_text(bytes(account.totp_sealed), context=CONTEXT))
    present = int(now.timestamp()) // STEP_SECONDS
    for step in (present, present - 1, present + 1):
        if step > account.totp_last_step and pyotp.utils.strings_equal(otp.generate_otp(step), code.strip()):
            account.totp_last_step = step
            return True
    return False


def _address(account: Account, secret: str) -> str:
    return pyotp.TOTP(secret).provisioning_uri(name=account.username, issuer_name="OneCity")
