"""Telling people about requests, grants and use."""

from datetime import datetime
from typing import Final

from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.text import zh
from onecity.platform.exchange.models import SharingGrant, SharingRequest, UnusualUse
from onecity.platform.exchange.permissions import APPROVE_SHARING, REQUEST_DATA, SUPERVISE_SHARING
from onecity.platform.identity.api import accounts_with_permission, organisation
from onecity.platform.messages.api import send

GRANT_GIVEN: Final = "exchange.grant_given"
REQUEST_REFUSED: Final = "exchange.request_refused"
REQUEST_LATE: Final = "exchange.request_late"
GRANT_ENDS: Final = "exchange.grant_ends"
GRANT_CHANGED: Final = "exchange.grant_changed"
UNUSUAL_USE: Final = "exchange.unusual_use"
CHANGES: Final = {
    "suspended": zh("暂停"),
    "resumed": zh("恢复"),
    "withdrawn": zh("撤销"),
    "expired": zh("到期"),
}


def sharing_itself() -> Actor:
    """Return the actor under which sharing acts of its own accord."""
    return system_actor("exchange.sharing")


def tell_of_grant(grant: SharingGrant, *, now: datetime) -> None:
    """Tell the consumer's data officers of a new, renewed or changed grant."""
    _tell(
        GRANT_GIVEN,
        permission=REQUEST_DATA,
        organisation_id=grant.organisation_id,
        params={"dataset": grant.dataset_name, "code": grant.code},
        link=f"/exchange/sharing/grants/{grant.code}",
        now=now,
    )


def tell_of_refusal(request: SharingRequest, *, now: datetime) -> None:
    """Tell the consumer's data officers that a request was refused."""
    _tell(
        REQUEST_REFUSED,
        permission=REQUEST_DATA,
        organisation_id=request.organisation_id,
        params={"dataset": request.dataset_name},
        link=f"/exchange/sharing/requests/{request.id}",
        now=now,
    )


def tell_of_lateness(request: SharingRequest, *, now: datetime) -> None:
    """Tell the data administration that a provider is late."""
    _tell(
        REQUEST_LATE,
        permission=SUPERVISE_SHARING,
        organisation_id=request.provider_id,
        params={
            "dataset": request.dataset_name,
            "provider": organisation(request.provider_id).short_name,
            "number": request.case_number,
        },
        link=f"/exchange/sharing/requests/{request.id}",
        now=now,
    )


def tell_of_end(grant: SharingGrant, *, now: datetime) -> None:
    """Tell the consumer's data officers that a grant is about to end."""
    _tell(
        GRANT_ENDS,
        permission=REQUEST_DATA,
        organisation_id=grant.organisation_id,
        params={"dataset": grant.dataset_name, "code": grant.code, "date": grant.ends_date.isoformat()},
        link=f"/exchange/sharing/grants/{grant.code}",
        now=now,
    )


def tell_of_change(grant: SharingGrant, *, change: str, reason: str, now: datetime) -> None:
    """Tell the consumer's data officers that a grant was suspended, resumed, withdrawn, or has expired."""
    _tell(
        GRANT_CHANGED,
        permission=REQUEST_DATA,
        organisation_id=grant.organisation_id,
        params={"dataset": grant.dataset_name, "code": grant.code, "change": CHANGES[change], "reason": reason},
        link=f"/exchange/sharing/grants/{grant.code}",
        now=now,
    )


def tell_of_unusual_use(grant: SharingGrant, *, unusual: UnusualUse, now: datetime) -> None:
    """Tell the provider of use that does not look like before."""
    _tell(
        UNUSUAL_USE,
        permission=APPROVE_SHARING,
        organisation_id=grant.provider_id,
        params={
            "dataset": grant.dataset_name,
            "code": grant.code,
            "consumer": organisation(grant.organisation_id).short_name,
            "queries": unusual.queries,
            "usual": unusual.usual,
            "kind": UnusualUse.Kind(unusual.kind).label,
        },
        link=f"/exchange/sharing/grants/{grant.code}",
        now=now,
    )


def _tell(
    template: str, *, permission: str, organisation_id: int, params: dict[str, object], link: str, now: datetime
) -> None:
    place = organisation(organisation_id).division_code
    people = accounts_with_permission(permission, organisation_id=organisation_id, division_code=place)
    send(sharing_itself(), to=[one.id for one in people], template=template, params=params, link=link, now=now)
