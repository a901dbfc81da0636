"""Requests on a case's page: what may be asked for now, what was asked before, and taking up a suspended case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from fractions import Fraction

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from onecity.kernel.clock import CITY_ZONE
from onecity.kernel.deadlines import TimeUnit
from onecity.kernel.errors import Invalid, OneCityError
from onecity.kernel.text import zh
from onecity.platform.cases.contracts import CaseInfo, NewRequest, RequestInfo
from onecity.platform.cases.forms import request_form
from onecity.platform.cases.permissions import VIEW
from onecity.platform.cases.selectors import details
from onecity.platform.cases.selectors.organisations import organisation_name
from onecity.platform.cases.selectors.requests import Offer, offers, requests_of
from onecity.platform.cases.selectors.versions import version
from onecity.platform.cases.services.requests import asking, suspending
from onecity.platform.cases.views.shown import REQUEST
from onecity.web.access import requires
from onecity.web.forms import CityForm
from onecity.web.http import CityRequest
from onecity.web.listing import Badge


@dataclass(frozen=True, slots=True)
class ShownRequest:
    """A request with what the page shows of it. cause: its reason's name. mine: whether the visitor may withdraw it."""

    info: RequestInfo
    badge: Badge
    cause: str
    amount: str
    unit: str
    organisation: str
    mine: bool


@dataclass(frozen=True, slots=True)
class ShownOffer:
    """A request that the visitor may make, with its form."""

    offer: Offer
    form: CityForm


def shown_requests(request: CityRequest, shown: CaseInfo) -> Sequence[ShownRequest]:
    """Return the requests of a case; nothing is read for types that have none."""
    if not version(shown.version_id).settings.requests:
        return []
    return [_shown(request, shown, item) for item in requests_of(shown.row.id)]


def request_facts(request: CityRequest, shown: CaseInfo) -> dict[str, object]:
    """Return what the visitor may do about requests; nothing is read for types that have none."""
    if not version(shown.version_id).settings.requests:
        return {"offers": [], "may_resume": False}
    actor = request.actor
    return {
        "offers": _offers(request, shown),
        "may_resume": shown.suspended_until is not None and suspending.resumable(actor, shown.row.id, now=request.now),
    }


@requires(VIEW)
@require_POST
def ask(request: CityRequest, number: str) -> HttpResponse:
    """Make a request."""
    found = details.case(request.actor, number, now=request.now)
    rule = version(found.version_id).settings.requests.get(request.POST.get("rule", ""))
    if rule is None:
        raise Invalid(zh("此案件没有这项申请"))
    form = request_form(rule, request.POST)
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        return redirect("cases:case", number)
    given, task = form.cleaned_data, request.POST.get("task", "")
    day = given.get("until")
    new = NewRequest(
        case_id=found.row.id,
        rule_code=rule.code,
        reason=given["reason"],
        reason_code=given.get("reason_code", ""),
        task_id=int(task) if task.isascii() and task.isdigit() else None,
        amount=Fraction(given["amount"]) if given.get("amount") is not None else None,
        until=datetime.combine(day, time.min, CITY_ZONE) if day else None,
    )
    try:
        made = asking.ask(request.actor, new=new, now=request.now)
    except Invalid as refusal:
        messages.error(request, _sentence(refusal))
    else:
        done = gettext("申请已提交，等待审批") if made.state == "pending" else gettext("已办理")
        messages.success(request, done)
    return redirect("cases:case", number)


@requires(VIEW)
@require_POST
def withdraw(request: CityRequest, number: str, request_id: int) -> HttpResponse:
    """Take back one's own request."""
    details.case_id(request.actor, number)
    asking.withdraw(request.actor, request_id=request_id, now=request.now)
    messages.success(request, gettext("申请已撤回"))
    return redirect("cases:case", number)


@requires(VIEW)
@require_POST
def resume(request: CityRequest, number: str) -> HttpResponse:
    """Take a suspended case up again."""
    found = details.case_id(request.actor, number)
    suspending.resume(request.actor, case_id=found, reason=request.POST.get("reason", ""), now=request.now)
    messages.success(request, gettext("案件已恢复办理"))
    return redirect("cases:case", number)


def _offers(request: CityRequest, shown: CaseInfo) -> Sequence[ShownOffer]:
    found = []
    for offer in offers(request.actor, shown, now=request.now):
        form = request_form(offer.rule)
        form.auto_id = f"request-{offer.rule.code}-{offer.task_id or 0}-%s"
        found.append(ShownOffer(offer, form))
    return found


def _shown(request: CityRequest, shown: CaseInfo, item: RequestInfo) -> ShownRequest:
    rule = version(shown.version_id).settings.requests.get(item.rule_code)
    return ShownRequest(
        info=item,
        badge=REQUEST[item.state],
        cause=dict(rule.reasons).get(item.reason_code, "") if rule else "",
        amount=format(float(Fraction(item.amount)), "g") if item.amount else "",
        unit=TimeUnit(item.unit).label if item.unit else "",
        organisation=organisation_name(item.organisation_id),
        mine=item.state == "pending" and item.asked_by == request.actor.key,
    )


def _sentence(error: OneCityError) -> str:
    first = next(iter(error.fields.values()), "")
    return gettext(first) if first else error.sentence(gettext(error.template))
