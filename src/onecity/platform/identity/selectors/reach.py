"""What an administrator of accounts may reach: a sub-administrator his organisation's subtree, others everything."""

from typing import Final

from django.db.models import Q, QuerySet

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.identity.models import Account, Organisation
from onecity.platform.identity.selectors.scopes import row_scope

MANAGE_ACCOUNTS: Final = "identity.manage_accounts"


def reachable_accounts(actor: Actor) -> QuerySet[Account]:
    """Return the accounts that the actor may manage; those of no organisation only for who may manage all."""
    scope = row_scope(actor, MANAGE_ACCOUNTS)
    return Account.objects.filter(scope.q(division="organisation__division_code"))


def reachable_organisations(actor: Actor) -> QuerySet[Organisation]:
    """Return the organisations that the actor may manage."""
    return Organisation.objects.filter(row_scope(actor, MANAGE_ACCOUNTS).q(organisation="id"))


def reaches_everything(actor: Actor) -> bool:
    """Say whether the actor may manage accounts and organisations of the whole city."""
    return row_scope(actor, MANAGE_ACCOUNTS).everything


def locked_account(actor: Actor, account_id: int) -> Account:
    """Return an account within the actor's reach, locked until the transaction ends.

    Raises: NotFound.
    """
    found = reachable_accounts(actor).select_for_update(of=("self",)).filter(id=account_id).first()
    if found is None:
        raise NotFound(zh("没有这个账户"))
    return found


def check_reach(actor: Actor, organisation_id: int | None) -> None:
    """Let pass what lies within the actor's reach: an active organisation of his, or none for who reaches everything.

    Raises: NotFound.
    """
    if organisation_id is None:
        within = reaches_everything(actor)
    else:
        within = reachable_organisations(actor).filter(Q(is_active=True), id=organisation_id).exists()
    if not within:
        raise NotFound(zh("没有这个机构，或者它不在您的管理范围内"))
