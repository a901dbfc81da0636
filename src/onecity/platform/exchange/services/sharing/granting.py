"""Giving grants: exactly what was asked, under the catalogue's masks, and nothing beside."""

from datetime import datetime

from onecity.kernel import bus
from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date
from onecity.kernel.errors import Conflict
from onecity.kernel.text import zh
from onecity.platform.exchange.contracts.sharing import SharedDataset
from onecity.platform.exchange.events import GRANT_CHANGED
from onecity.platform.exchange.models import GrantChange, SharingGrant, SharingRequest
from onecity.platform.exchange.services.sharing.telling import tell_of_grant
from onecity.platform.identity.api import record

TERMS = ("fields", "conditions", "masks", "needs_consent", "queries_per_day", "purpose", "legal_ground")


class WithdrawnMeanwhile(Conflict):
    """The grant that was to be renewed or changed has been withdrawn."""

    code = "exchange.withdrawn_meanwhile"
    message = zh("原授权 {code} 已被撤销，不能续期或变更，请使用方重新申请")


def give(actor: Actor, *, request: SharingRequest, dataset: SharedDataset, now: datetime) -> SharingGrant:
    """Turn a request into a grant, or renew or change its earlier one; call it in the decision's transaction.

    The provider cannot add conditions: what is given follows from the request and from the catalogue alone.
    Raises: WithdrawnMeanwhile.
    Source: 国务院令第809号.
    """
    request.state, request.decided_at = SharingRequest.State.GRANTED, now
    request.save(update_fields=["state", "decided_at"])
    if request.earlier_grant_id is None:
        grant = _new(actor, request, dataset, now)
    else:
        grant = _renewed(actor, request, request.earlier_grant_id, dataset, now)
    record(
        actor,
        action="exchange.grant",
        target=f"exchange.sharinggrant:{grant.id}",
        details={"code": grant.code, "request": request.id, "kind": request.kind},
    )
    tell_of_grant(grant, now=now)
    return grant


def masks_of(dataset: SharedDataset, *, request: SharingRequest) -> dict[str, str]:
    """Return the masks of every sensitive column of the dataset that was not asked for in clear."""
    clear = set(request.clear_fields)
    return {field.column: field.mask for field in dataset.fields if field.mask and field.column not in clear}


def terms_of(grant: SharingGrant) -> dict[str, object]:
    """Return what a grant allows, as JSON, for its history."""
    period = {"starts": grant.starts_date.isoformat(), "ends": grant.ends_date.isoformat()}
    return {**{name: getattr(grant, name) for name in TERMS}, **period, "state": grant.state}


def note_change(
    actor: Actor, *, grant: SharingGrant, kind: str, before: dict[str, object], reason: str, now: datetime
) -> None:
    """Write a change of a grant into its history, and announce it."""
    GrantChange.objects.create(
        grant=grant,
        kind=kind,
        reason=reason,
        before=before,
        after=terms_of(grant),
        actor=actor.key,
        actor_name=actor.name[:60],
        at=now,
    )
    bus.announce(
        GRANT_CHANGED,
        code=grant.code,
        kind=kind,
        dataset_code=grant.dataset_code,
        provider_id=grant.provider_id,
        organisation_id=grant.organisation_id,
        at=now,
    )


def _new(actor: Actor, request: SharingRequest, dataset: SharedDataset, now: datetime) -> SharingGrant:
    grant = SharingGrant(
        code=f"SG{city_date(now):%Y%m%d}{request.id:06d}",
        request=request,
        dataset_code=request.dataset_code,
        dataset_name=request.dataset_name,
        provider_id=request.provider_id,
        organisation_id=request.organisation_id,
        form=request.form,
        created_at=now,
    )
    _set_terms(grant, request, dataset)
    grant.save()
    note_change(actor, grant=grant, kind=GrantChange.Kind.GRANTED, before={}, reason="", now=now)
    return grant


def _renewed(
    actor: Actor, request: SharingRequest, earlier_id: int, dataset: SharedDataset, now: datetime
) -> SharingGrant:
    """Renew or change the earlier grant; its subscriptions go on under the new terms from their next run."""
    grant = SharingGrant.objects.select_for_update().get(id=earlier_id)
    if grant.state == SharingGrant.State.WITHDRAWN:
        raise WithdrawnMeanwhile(params={"code": grant.code})
    before, starts = terms_of(grant), grant.starts_date
    _set_terms(grant, request, dataset)
    grant.starts_date = min(starts, request.starts_date)
    grant.told_of_end_at = None
    if grant.state == SharingGrant.State.EXPIRED:
        grant.state, grant.state_reason = SharingGrant.State.ACTIVE, ""
    grant.save()
    renewed = request.kind == SharingRequest.Kind.RENEWAL
    kind = GrantChange.Kind.RENEWED if renewed else GrantChange.Kind.CHANGED
    note_change(actor, grant=grant, kind=kind, before=before, reason=request.purpose, now=now)
    return grant


def _set_terms(grant: SharingGrant, request: SharingRequest, dataset: SharedDataset) -> None:
    grant.dataset_version = dataset.version
    grant.purpose, grant.legal_ground = request.purpose, request.legal_ground
    grant.fields, grant.conditions = list(request.fields), list(request.conditions)
    grant.masks = masks_of(dataset, request=request)
    grant.needs_consent, grant.queries_per_day = request.needs_consent, request.queries_per_day
    grant.starts_date, grant.ends_date = request.starts_date, request.ends_date
