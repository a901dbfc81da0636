"""Electronic supervision: the list of cards, a card with its appeal and its decision."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.cases.contracts import CardInfo
from onecity.platform.cases.permissions import VIEW
from onecity.platform.cases.selectors.cards import CardFilter, card, cards, may_decide, visible_card
from onecity.platform.cases.selectors.organisations import organisation_name
from onecity.platform.cases.services.supervision import appeals
from onecity.platform.cases.views.shown import CARD_LEVEL, CARD_STATE
from onecity.platform.identity.api import account
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Column, Filter, Listing, respond


@requires(VIEW)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List the cards that the visitor may see."""
    listing = Listing[CardInfo](
        title=zh("电子监察"),
        columns=(
            Column(zh("监察牌"), lambda row: CARD_LEVEL[row.level]),
            Column(zh("任务"), lambda row: row.task_name, link=_link),
            Column(zh("案件"), lambda row: row.title, link=lambda row: reverse("cases:case", args=[row.number])),
            Column(zh("案件编号"), lambda row: row.number, look="code", wide_only=True),
            Column(zh("责任机构"), lambda row: organisation_name(row.organisation_id)),
            Column(zh("状态"), lambda row: CARD_STATE[row.state]),
            Column(zh("应办结时间"), lambda row: row.missed_at, look="moment", wide_only=True),
            Column(zh("发出时间"), lambda row: row.issued_at, look="moment"),
            Column(zh("申诉截止时间"), lambda row: row.appeal_until, look="moment", wide_only=True),
        ),
        filters=(
            Filter("level", zh("全部等级"), choices=[(code, badge.text) for code, badge in CARD_LEVEL.items()]),
            Filter("state", zh("全部状态"), choices=[(code, badge.text) for code, badge in CARD_STATE.items()]),
        ),
        fetch=lambda query: cards(
            request.actor,
            filters=CardFilter(query.filters.get("level", ""), query.filters.get("state", "")),
            after=query.after,
            size=query.size,
        ),
        empty=zh("没有监察牌"),
        template="cases/tasks.html",
    )
    return respond(request, listing)


@requires(VIEW)
@require_GET
def show(request: CityRequest, card_id: int) -> HttpResponse:
    """Show a card."""
    row, found = visible_card(request.actor, card_id), card(request.actor, card_id)
    facts = {
        "card": found,
        "level": CARD_LEVEL[found.level],
        "state": CARD_STATE[found.state],
        "organisation": organisation_name(found.organisation_id),
        "person": account(found.account_id).full_name if found.account_id else "",
        "may_appeal": found.state == "issued"
        and request.now <= found.appeal_until
        and appeals.may_appeal(request.actor, row),
        "may_decide": may_decide(request.actor, row),
    }
    return render(request, "cases/card.html", facts)


@requires(VIEW)
@require_POST
def appeal(request: CityRequest, card_id: int) -> HttpResponse:
    """Appeal against a card."""
    visible_card(request.actor, card_id)

    def act() -> None:
        reason = request.POST.get("reason", "")
        appeals.appeal_card(request.actor, card_id=card_id, reason=reason, now=request.now)

    return _tried(request, card_id, act, gettext("申诉已提交"))


@requires(VIEW)
@require_POST
def decide(request: CityRequest, card_id: int) -> HttpResponse:
    """Decide on an appeal."""
    visible_card(request.actor, card_id)

    def act() -> None:
        withdraw, note = request.POST.get("decision") == "withdraw", request.POST.get("note", "")
        appeals.decide_card(request.actor, card_id=card_id, withdraw=withdraw, note=note, now=request.now)

    return _tried(request, card_id, act, gettext("申诉已答复"))


def _tried(request: CityRequest, card_id: int, act: Callable[[], None], done: str) -> HttpResponse:
    try:
        act()
    except Invalid as refusal:
        messages.error(request, gettext(next(iter(refusal.fields.values()))))
    else:
        messages.success(request, done)
    return redirect("cases:card", card_id)


def _link(row: CardInfo) -> str:
    return reverse("cases:card", args=[row.id])
