"""Deputies (代理): set for a period by the person himself or whoever supervises him."""

from datetime import datetime
from typing import Final

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.cases.contracts import NewDeputation
from onecity.platform.cases.models import Deputation
from onecity.platform.cases.permissions import SUPERVISE
from onecity.platform.cases.rules.duties import DeputationRefused, check_deputation
from onecity.platform.cases.selectors.deputies import may_withdraw
from onecity.platform.cases.selectors.posts import known_posts
from onecity.platform.cases.selectors.scopes import covers, organisation_keys
from onecity.platform.cases.services.telling import TELLER
from onecity.platform.identity.api import account, record
from onecity.platform.identity.contracts import AccountInfo
from onecity.platform.messages.api import send

DEPUTISED: Final = "cases.deputised"
_PAGE: Final = "/deputies"


class DeputationIsOver(Conflict):
    """The deputation has ended or was withdrawn."""

    code = "deputation_is_over"
    message = zh("此代理已经结束")


def stand_in(actor: Actor, *, new: NewDeputation, now: datetime) -> int:
    """Let one person stand in for another; returns the deputation's id. now: city time.

    Raises: NotFound for an unknown person; NotPermitted unless the actor is the principal or supervises him;
    DeputationRefused.
    """
    principal, deputy = account(new.principal_id), account(new.deputy_id)
    body = _checked_body(actor, principal)
    if not deputy.is_active:
        raise DeputationRefused(fields={"deputy": zh("此账户已停用")})
    if not set(new.posts) <= known_posts():
        raise DeputationRefused(fields={"posts": zh("没有这个岗位")})
    with transaction.atomic():
        same = Deputation.objects.select_for_update().filter(
            principal_id=principal.id, deputy_id=deputy.id, withdrawn_at__isnull=True
        )
        check_deputation(
            principal_id=principal.id,
            deputy_id=deputy.id,
            related=_related(principal, deputy),
            reason=new.reason,
            period=(new.starts_at, new.ends_at),
            standing=[(row.starts_at, row.ends_at) for row in same],
            now=now,
        )
        row = Deputation.objects.create(
            principal_id=principal.id,
            deputy_id=deputy.id,
            organisation_id=body,
            posts=sorted(new.posts),
            starts_at=new.starts_at,
            ends_at=new.ends_at,
            reason=new.reason.strip(),
            made_at=now,
            made_by=actor.key[:60],
        )
        details = {"principal": principal.id, "deputy": deputy.id, "posts": sorted(new.posts)}
        record(actor, action="cases.deputise", target=f"cases.deputation:{row.id}", details=details)
        send(TELLER, to=[deputy.id], template=DEPUTISED, params={"name": principal.full_name}, link=_PAGE, now=now)
    return row.id


def withdraw_deputation(actor: Actor, *, deputation_id: int, now: datetime) -> None:
    """End a deputation before its time.

    Raises: NotFound; NotPermitted; DeputationIsOver.
    """
    with transaction.atomic():
        row = Deputation.objects.select_for_update().filter(id=deputation_id).first()
        if row is None:
            raise NotFound(zh("没有这项代理"))
        if not may_withdraw(actor, row):
            raise NotPermitted
        if row.withdrawn_at is not None or row.ends_at <= now:
            raise DeputationIsOver
        row.withdrawn_at = now
        row.save(update_fields=["withdrawn_at"])
        record(actor, action="cases.withdraw_deputation", target=f"cases.deputation:{row.id}")


def _checked_body(actor: Actor, principal: AccountInfo) -> int:
    """Return the principal's organisation, once it is clear that the actor may set a deputy for him."""
    if principal.organisation_id is None:
        raise Invalid(fields={"principal": zh("被代理人不属于任何机构")})
    mine = actor.kind == "account" and actor.id == principal.id
    if not mine and not covers(actor, SUPERVISE, keys=frozenset(organisation_keys(principal.organisation_id))):
        raise NotPermitted
    return principal.organisation_id


def _related(principal: AccountInfo, deputy: AccountInfo) -> bool:
    """Say whether two people belong to one body, or one of their bodies stands above the other."""
    ours, theirs = organisation_keys(principal.organisation_id), organisation_keys(deputy.organisation_id)
    return f"o:{principal.organisation_id}" in theirs or f"o:{deputy.organisation_id}" in ours
