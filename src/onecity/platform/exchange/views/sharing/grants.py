"""Grants: the list, one with its limits, use and deliveries, and what may be done with it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date
from onecity.kernel.errors import OneCityError
from onecity.kernel.text import zh
from onecity.platform.exchange.models import GrantChange, GrantDay, SharingGrant
from onecity.platform.exchange.permissions import (
    REQUEST_DATA,
    VIEW_USES,
)
from onecity.platform.exchange.selectors.sharing.choices import connection_choices
from onecity.platform.exchange.selectors.sharing.grants import (
    changes_of,
    consumed_grant,
    days_of,
    grant_of,
    grant_page,
    provided_grant,
    subscriptions_of,
    unusual_of,
)
from onecity.platform.exchange.selectors.sharing.limits import NoSuchGrant
from onecity.platform.exchange.selectors.sharing.uses import latest_uses
from onecity.platform.exchange.services.sharing.ending import resume_grant, suspend_grant, withdraw_grant
from onecity.platform.exchange.services.sharing.subscribing import NewSubscription, subscribe, unsubscribe
from onecity.platform.exchange.views.sharing.forms import SubscriptionForm
from onecity.platform.exchange.views.sharing.shown import (
    FORM_NAMES,
    FORMS,
    GRANT,
    RESULT,
    UNUSUAL,
    USE_NAMES,
    grant_facts,
    sentence,
    shown_subscriptions,
    tabs,
)
from onecity.web.access import requires, signed_in
from onecity.web.http import CityRequest
from onecity.web.listing import Column, Filter, Listing, respond

DAYS: Final = 30


@signed_in
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List the grants that one's organisation has or gives; auditors see all of their scope."""
    listing = Listing[SharingGrant](
        title=zh("共享授权"),
        columns=(
            Column(zh("授权编号"), lambda row: row.code, look="code", link=_link),
            Column(zh("信息资源名称"), lambda row: row.dataset_name),
            Column(zh("状态"), lambda row: GRANT[row.state]),
            Column(zh("共享方式"), lambda row: gettext(FORM_NAMES[row.form]), wide_only=True),
            Column(zh("使用方"), lambda row: row.organisation.short_name, wide_only=True),
            Column(zh("提供方"), lambda row: row.provider.short_name, wide_only=True),
            Column(zh("截止日期"), lambda row: row.ends_date.isoformat()),
        ),
        filters=(
            Filter("state", zh("全部状态"), choices=[(code, badge.text) for code, badge in GRANT.items()]),
            Filter("form", zh("全部共享方式"), choices=FORMS),
            Filter(
                "side", zh("使用与提供"), choices=[("organisation", zh("本单位使用")), ("provider", zh("本单位提供"))]
            ),
        ),
        fetch=lambda query: grant_page(request.actor, query),
        searchable=True,
        search_hint=zh("资源名称或授权编号"),
        empty=zh("没有符合条件的共享授权"),
        template="exchange/sharing/list.html",
        extra={"tabs": tabs(request.actor)},
    )
    return respond(request, listing)


@signed_in
@require_GET
def page(request: CityRequest, code: str) -> HttpResponse:
    """Show a grant: its limits, its deliveries, its use, its history."""
    grant = grant_of(request.actor, code)
    today = city_date(request.now)
    days = days_of(grant, since=today - timedelta(days=DAYS))
    consumer = _holds(consumed_grant, request.actor, code)
    facts = {
        **grant_facts(grant),
        "is_consumer": consumer,
        "is_provider": _holds(provided_grant, request.actor, code),
        "subscriptions": shown_subscriptions(subscriptions_of(grant)),
        "may_subscribe": consumer and grant.state == SharingGrant.State.ACTIVE and grant.form != "query",
        "changes": [(row, _author(row)) for row in changes_of(grant)],
        "unusual": [(row, UNUSUAL[row.kind]) for row in unusual_of(grant)],
        "uses": [(row, RESULT[row.result], USE_NAMES[row.kind]) for row in latest_uses(grant)],
        "may_view_uses": request.actor.may(VIEW_USES),
        "used_today": next((row.queries for row in days if row.day == today), 0),
        "days_left": (grant.ends_date - today).days,
        "days": days,
        "chart": _chart(days),
        "tabs": tabs(request.actor),
    }
    return render(request, "exchange/sharing/grant.html", facts)


@signed_in
@require_POST
def change(request: CityRequest, code: str, act: str) -> HttpResponse:
    """Suspend, resume or withdraw a grant, as its provider or the data administration, with the reason."""
    done, told = _ACTS[act]
    try:
        done(request.actor, code=code, reason=request.POST.get("reason", ""), now=request.now)
    except NoSuchGrant:
        raise
    except OneCityError as refusal:
        messages.error(request, sentence(refusal))
    else:
        messages.success(request, gettext(told))
    return redirect("exchange:sharing_grant", code)


@requires(REQUEST_DATA)
@require_http_methods(["GET", "POST"])
def subscription(request: CityRequest, code: str) -> HttpResponse:
    """Set up a delivery under a grant."""
    grant = consumed_grant(request.actor, code)
    if grant.form != "push":
        return _subscribed(request, grant)
    form = SubscriptionForm(request.POST or None).offer(connection_choices(grant.organisation_id))
    if request.method == "POST" and form.is_valid():
        try:
            subscribe(request.actor, new=form.subscription(grant.code), now=request.now)
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("订阅已建立"))
            return redirect("exchange:sharing_grant", grant.code)
    facts = {**grant_facts(grant), "form": form}
    return render(request, "exchange/sharing/subscribe.html", facts, status=422 if form.is_bound else 200)


@requires(REQUEST_DATA)
@require_POST
def stop(request: CityRequest, code: str) -> HttpResponse:
    """Stop a delivery."""
    grant_code = code.rpartition("-")[0]
    try:
        unsubscribe(request.actor, code=code, reason=gettext("使用方停止订阅"), now=request.now)
    except NoSuchGrant:
        raise
    except OneCityError as refusal:
        messages.error(request, sentence(refusal))
    else:
        messages.success(request, gettext("订阅已停止"))
    return redirect("exchange:sharing_grant", grant_code)


_ACTS: Final[dict[str, tuple[Callable[..., None], str]]] = {
    "suspend": (suspend_grant, zh("授权已暂停，立即生效")),
    "resume": (resume_grant, zh("授权已恢复")),
    "withdraw": (withdraw_grant, zh("授权已撤销，正在进行的交换已取消，接口不再应答")),
}


def _subscribed(request: CityRequest, grant: SharingGrant) -> HttpResponse:
    """Set up a pull or a file delivery, which needs no settings."""
    if request.method == "POST":
        try:
            subscribe(request.actor, new=NewSubscription(grant.code), now=request.now)
        except OneCityError as refusal:
            messages.error(request, sentence(refusal))
        else:
            messages.success(request, gettext("订阅已建立"))
    return redirect("exchange:sharing_grant", grant.code)


def _holds(selector: Callable[[Actor, str], SharingGrant], actor: Actor, code: str) -> bool:
    try:
        selector(actor, code)
    except NoSuchGrant:
        return False
    return True


def _author(row: GrantChange) -> str:
    """Return who changed a grant, for people: what follows from a decision or a day is the system's doing."""
    return zh("系统按决定办理") if row.actor == "system" else row.actor_name


def _chart(days: list[GrantDay]) -> dict[str, object]:
    return {
        "kind": "bar",
        "unit": "",
        "at": [row.day.strftime("%m-%d") for row in days],
        "series": [{"name": gettext("查询次数"), "values": [row.queries for row in days]}],
        "target": None,
    }


def _link(row: SharingGrant) -> str:
    return reverse("exchange:sharing_grant", args=[row.code])
