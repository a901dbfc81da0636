"""What the process of a request does to it: the steps that a case's diagram names, in the transaction of the step."""

from collections.abc import Mapping
from datetime import datetime

from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.errors import Conflict, Invalid
from onecity.kernel.text import zh
from onecity.platform.cases.declare import Effect, Facts
from onecity.platform.exchange.models import SharingGrant, SharingRequest
from onecity.platform.exchange.selectors.sharing.datasets import dataset_at, supply_of
from onecity.platform.exchange.selectors.sharing.limits import NotSupplied
from onecity.platform.exchange.services.sharing.granting import give
from onecity.platform.identity.api import record

_OPEN = (SharingRequest.State.WAITING, SharingRequest.State.SUPPLEMENT)


class DecidedAlready(Conflict):
    """The request has been decided or withdrawn."""

    code = "exchange.decided_already"
    message = zh("该申请已经办结，不能再次决定")


def grant_request(facts: Facts, parameters: Mapping[str, str]) -> Effect:
    """Give what was asked for. The case learns whether rows can be had at once."""
    actor, request = _deed(facts)
    dataset = dataset_at(request.dataset_code, version=request.dataset_version)
    assert dataset is not None
    give(actor, request=request, dataset=dataset, now=facts.now)
    return Effect(data={"supplied": supply_of(dataset) is not None})


def refuse_request(facts: Facts, parameters: Mapping[str, str]) -> Effect:
    """Refuse, with the legal ground that the form of the decision asked for.

    Raises: Invalid without a legal ground.
    """
    actor, request = _deed(facts)
    ground, why = str(facts.data.get("refusal_ground") or "").strip(), str(facts.data.get("refusal") or "").strip()
    if not ground:
        raise Invalid(
            zh("不予共享须写明法律、行政法规或国家有关规定的依据"), fields={"refusal_ground": zh("请填写依据")}
        )
    request.refusal, request.refusal_ground = why[:500], ground[:500]
    _end(actor, request, state=SharingRequest.State.REFUSED, now=facts.now)
    return Effect()


def withdraw_request(facts: Facts, parameters: Mapping[str, str]) -> Effect:
    """Note that whoever asked has withdrawn the request."""
    actor, request = _deed(facts)
    _end(actor, request, state=SharingRequest.State.WITHDRAWN, now=facts.now)
    return Effect()


def ask_for_supplement(facts: Facts, parameters: Mapping[str, str]) -> Effect:
    """Note that the request waits for whoever asked; its purpose, ground and contact may be mended meanwhile."""
    _, request = _deed(facts)
    request.state = SharingRequest.State.SUPPLEMENT
    request.save(update_fields=["state"])
    return Effect()


def take_up_again(facts: Facts, parameters: Mapping[str, str]) -> Effect:
    """Note that the provider goes on with the mended request."""
    _, request = _deed(facts)
    request.state = SharingRequest.State.WAITING
    request.save(update_fields=["state"])
    return Effect()


def confirm_supply(facts: Facts, parameters: Mapping[str, str]) -> Effect:
    """Let the provider say that data are provided only when they can be had.

    Raises: NotSupplied.
    """
    grant = SharingGrant.objects.filter(request__case_id=facts.case_id).first() or SharingGrant.objects.get(
        id=SharingRequest.objects.values_list("earlier_grant_id", flat=True).get(case_id=facts.case_id)
    )
    dataset = dataset_at(grant.dataset_code, version=grant.dataset_version)
    if dataset is None or supply_of(dataset) is None:
        raise NotSupplied(params={"name": grant.dataset_name})
    return Effect(data={"supplied": True})


def _deed(facts: Facts) -> tuple[Actor, SharingRequest]:
    """Return who acts (the case's audit entry names the person) and the open request, locked.

    Raises: DecidedAlready.
    """
    request = SharingRequest.objects.select_for_update().get(case_id=facts.case_id)
    if request.state not in _OPEN:
        raise DecidedAlready
    return system_actor("exchange.sharing"), request


def _end(actor: Actor, request: SharingRequest, *, state: SharingRequest.State, now: datetime) -> None:
    request.state, request.decided_at = state, now
    request.save(update_fields=["state", "decided_at", "refusal", "refusal_ground"])
    record(
        actor,
        action="exchange.end_request",
        target=f"exchange.sharingrequest:{request.id}",
        details={"state": str(state), "case": request.case_number},
    )
