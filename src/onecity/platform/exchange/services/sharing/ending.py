"""Suspending, resuming, withdrawing and ending grants: takes effect at once, wherever the grant is used."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date
from onecity.kernel.errors import Conflict, Invalid
from onecity.kernel.text import zh
from onecity.platform.exchange.models import GrantChange, SharingGrant
from onecity.platform.exchange.rules.sharing.times import OVER
from onecity.platform.exchange.selectors.sharing.grants import provided_grant
from onecity.platform.exchange.selectors.sharing.parameters import parameters
from onecity.platform.exchange.services.sharing.deliveries import pause_deliveries, resume_deliveries, stop_deliveries
from onecity.platform.exchange.services.sharing.granting import note_change, terms_of
from onecity.platform.exchange.services.sharing.telling import sharing_itself, tell_of_change, tell_of_end
from onecity.platform.identity.api import record

SHORTEST_REASON: Final = 4
BATCH: Final = 200
State = SharingGrant.State


class WrongState(Conflict):
    """The grant's state does not allow the act."""

    code = "exchange.wrong_grant_state"
    message = zh("授权 {code} 当前为“{state}”，不能进行此项操作")


class ReasonMissing(Invalid):
    """Whoever takes a right away says why."""

    code = "exchange.reason_missing"
    message = zh("请写明理由（至少 {count} 个字）")


@dataclass(frozen=True, slots=True)
class _Act:
    """One way to change a grant's state, and what becomes of its deliveries."""

    kind: GrantChange.Kind
    allowed: frozenset[str]
    state: State
    deliveries: Callable[..., None]


_SUSPEND: Final = _Act(GrantChange.Kind.SUSPENDED, frozenset({State.ACTIVE}), State.SUSPENDED, pause_deliveries)
_RESUME: Final = _Act(GrantChange.Kind.RESUMED, frozenset({State.SUSPENDED}), State.ACTIVE, resume_deliveries)
_WITHDRAW: Final = _Act(
    GrantChange.Kind.WITHDRAWN, frozenset({State.ACTIVE, State.SUSPENDED}), State.WITHDRAWN, stop_deliveries
)
_EXPIRE: Final = _Act(
    GrantChange.Kind.EXPIRED, frozenset({State.ACTIVE, State.SUSPENDED}), State.EXPIRED, stop_deliveries
)


def suspend_grant(actor: Actor, *, code: str, reason: str, now: datetime) -> None:
    """Stop a grant for a while; its flows pause, queries and pulls are refused.

    Raises: NoSuchGrant for others than provider and data administration; WrongState; ReasonMissing.
    """
    _change(actor, code=code, act=_SUSPEND, reason=reason, now=now)


def resume_grant(actor: Actor, *, code: str, reason: str, now: datetime) -> None:
    """Let a suspended grant give again. Raises: as `suspend_grant`."""
    _change(actor, code=code, act=_RESUME, reason=reason, now=now)


def withdraw_grant(actor: Actor, *, code: str, reason: str, now: datetime) -> None:
    """Take a grant back for good: running deliveries are cancelled, queries and pulls are refused from now on.

    Raises: as `suspend_grant`.
    """
    _change(actor, code=code, act=_WITHDRAW, reason=reason, now=now)


def end_due_grants(*, now: datetime) -> int:
    """End the grants whose last day has passed; returns how many. Safe to run in several processes."""
    with transaction.atomic():
        rows = SharingGrant.objects.select_for_update(skip_locked=True, of=("self",)).order_by("ends_date", "id")
        due = list(rows.filter(state__in=_EXPIRE.allowed, ends_date__lt=city_date(now))[:BATCH])
        for grant in due:
            _apply(sharing_itself(), grant, act=_EXPIRE, reason=OVER, now=now)
    return len(due)


def tell_of_ends(*, now: datetime) -> int:
    """Tell consumers, once, of grants that end within the city's notice; returns how many."""
    today = city_date(now)
    last = today + timedelta(days=parameters(today=today)["renewal_notice_days"])
    with transaction.atomic():
        rows = SharingGrant.objects.select_for_update(skip_locked=True, of=("self",)).order_by("ends_date", "id")
        due = list(rows.filter(state=State.ACTIVE, told_of_end_at=None, ends_date__range=(today, last))[:BATCH])
        for grant in due:
            grant.told_of_end_at = now
            grant.save(update_fields=["told_of_end_at"])
            tell_of_end(grant, now=now)
    return len(due)


def _change(actor: Actor, *, code: str, act: _Act, reason: str, now: datetime) -> None:
    seen = provided_grant(actor, code)
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonMissing(params={"count": SHORTEST_REASON}, fields={"reason": zh("请写明理由")})
    with transaction.atomic():
        grant = SharingGrant.objects.select_for_update().get(id=seen.id)
        if grant.state not in act.allowed:
            raise WrongState(params={"code": grant.code, "state": State(grant.state).label})
        _apply(actor, grant, act=act, reason=reason.strip()[:500], now=now)


def _apply(actor: Actor, grant: SharingGrant, *, act: _Act, reason: str, now: datetime) -> None:
    before = terms_of(grant)
    grant.state, grant.state_reason = act.state, reason
    grant.save(update_fields=["state", "state_reason"])
    act.deliveries(grant, reason=reason, now=now)
    note_change(actor, grant=grant, kind=act.kind, before=before, reason=reason, now=now)
    record(
        actor,
        action=f"exchange.{act.kind}_grant",
        target=f"exchange.sharinggrant:{grant.id}",
        details={"code": grant.code, "reason": reason},
    )
    tell_of_change(grant, change=act.kind, reason=reason, now=now)
