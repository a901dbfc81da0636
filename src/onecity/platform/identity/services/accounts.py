"""Making, changing and closing accounts: the system administrator's work, within his reach."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict
from onecity.kernel.identifiers.phones import parse_phone
from onecity.kernel.masking import masked_mobile
from onecity.kernel.text import zh
from onecity.platform.identity.contracts import SealedPersonal
from onecity.platform.identity.models import Account, Session
from onecity.platform.identity.rules import check_password
from onecity.platform.identity.selectors.powers import last_holder_of_a_power
from onecity.platform.identity.selectors.reach import check_reach, locked_account
from onecity.platform.identity.services.audit import record
from onecity.platform.identity.services.personal import look, seal_personal

PHONE_CONTEXT = "identity.account.phone"


class UsernameTaken(Conflict):
    """Another account has this login name."""

    code = "username_taken"
    message = zh("登录名已被使用")


class NotOneself(Conflict):
    """Nobody closes or resets his own account; another administrator does."""

    code = "not_oneself"
    message = zh("不能对自己的账户进行此项操作，请由其他管理员处理")


class LastAdministrator(Conflict):
    """Without this account nobody would hold one of the three administrations."""

    code = "last_administrator"
    message = zh("这是最后一个启用的管理员账户，停用后将无人担任该管理职责")


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What an account is made of. The password is a first one: it must be changed at the first sign-in."""

    username: str
    full_name: str
    kind: str
    password: str
    organisation_id: int | None = None
    phone: str = ""
    must_change_password: bool = True


@dataclass(frozen=True, slots=True)
class AccountChange:
    """What may change of an account. phone: the new number; empty leaves the old one."""

    full_name: str
    organisation_id: int | None
    phone: str = ""


def create_account(actor: Actor, *, new: NewAccount, now: datetime) -> Account:
    """Make an account; it may do nothing until a role is granted to it.

    Raises: UsernameTaken; WeakPassword; InvalidPhone; NotFound if the organisation is out of the actor's reach.
    """
    check_password(new.password, username=new.username)
    phone = _sealed_phone(new.phone)
    with transaction.atomic():
        check_reach(actor, new.organisation_id)
        if Account.objects.filter(username=new.username).exists():
            raise UsernameTaken(fields={"username": UsernameTaken.message})
        account = Account.objects.create(
            username=new.username,
            full_name=new.full_name,
            kind=new.kind,
            password=make_password(new.password),
            organisation_id=new.organisation_id,
            phone_sealed=phone.sealed,
            phone_hashed=phone.hashed,
            phone_masked=phone.masked,
            must_change_password=new.must_change_password,
            password_changed_at=now,
            created_at=now,
        )
        record(actor, action="identity.create_account", target=f"identity.account:{account.id}")
    return account


def change_account(actor: Actor, *, account_id: int, change: AccountChange) -> None:
    """Change name, organisation or phone of an account.

    Raises: NotFound if the account or its new organisation is out of reach; InvalidPhone.
    """
    phone = _sealed_phone(change.phone)
    with transaction.atomic():
        account = locked_account(actor, account_id)
        moved = change.organisation_id != account.organisation_id
        if moved:
            check_reach(actor, change.organisation_id)
        details = {"organisation": change.organisation_id, "moved": moved, "phone": bool(change.phone)}
        account.full_name, account.organisation_id = change.full_name, change.organisation_id
        if change.phone:
            account.phone_sealed, account.phone_hashed, account.phone_masked = phone.sealed, phone.hashed, phone.masked
        account.save(update_fields=["full_name", "organisation", "phone_sealed", "phone_hashed", "phone_masked"])
        record(actor, action="identity.change_account", target=f"identity.account:{account.id}", details=details)


def set_active(actor: Actor, *, account_id: int, active: bool, now: datetime) -> None:
    """Close an account, ending its sessions at once, or let it in again. now: real time.

    Raises: NotFound; NotOneself; LastAdministrator.
    """
    with transaction.atomic():
        account = locked_account(actor, account_id)
        if not active:
            if actor.kind == "account" and actor.id == account.id:
                raise NotOneself
            if last_holder_of_a_power(account.id, now=now):
                raise LastAdministrator
            Session.objects.filter(account=account).delete()
        account.is_active = active
        account.save(update_fields=["is_active"])
        action = "identity.activate_account" if active else "identity.deactivate_account"
        record(actor, action=action, target=f"identity.account:{account.id}")


def unlock(actor: Actor, *, account_id: int) -> None:
    """Open an account that repeated failures locked.

    Raises: NotFound.
    """
    with transaction.atomic():
        account = locked_account(actor, account_id)
        account.failed_sign_ins, account.locked_until = 0, None
        account.save(update_fields=["failed_sign_ins", "locked_until"])
        record(actor, action="identity.unlock", target=f"identity.account:{account.id}")


def look_at_phone(actor: Actor, *, account_id: int, reason: str) -> str:
    """Return an account's phone number in clear, and leave a trace; empty when it has none.

    Raises: NotFound; ReasonNeeded.
    """
    with transaction.atomic():
        account = locked_account(actor, account_id)
        if not account.phone_sealed:
            return ""
        target = f"identity.account:{account.id}"
        return look(actor, context=PHONE_CONTEXT, target=target, sealed=bytes(account.phone_sealed), reason=reason)


def _sealed_phone(text: str) -> SealedPersonal:
    number = parse_phone(text).number if text else ""
    return seal_personal(number, context=PHONE_CONTEXT, masked=masked_mobile(number))
