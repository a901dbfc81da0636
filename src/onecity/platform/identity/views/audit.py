"""The audit trail: entries newest first, one entry, the state of the chain, and verifying it."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from onecity.kernel import bus
from onecity.kernel.text import zh
from onecity.platform.identity.selectors.trail import (
    READ_AUDIT,
    TrailEntry,
    TrailQuery,
    chain_state,
    trail,
    trail_entry,
)
from onecity.platform.identity.services.verification import JOB
from onecity.platform.identity.views.shown import OUTCOME
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Column, Filter, Listing, Query, respond

DAY: Final = timedelta(days=1)


@requires(READ_AUDIT)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List the entries, newest first, below where the chain stands."""
    listing = Listing[TrailEntry](
        title=zh("审计记录"),
        columns=(
            Column(zh("时间"), lambda row: row.at, look="moment", link=_link),
            Column(zh("操作者"), lambda row: row.actor_name or row.actor),
            Column(zh("操作"), lambda row: row.action, look="code"),
            Column(zh("对象"), lambda row: row.target, look="code", wide_only=True),
            Column(zh("结果"), lambda row: OUTCOME[row.outcome]),
            Column(zh("网络地址"), lambda row: row.address, look="code", wide_only=True),
        ),
        filters=(
            Filter("action", zh("操作的开头，如 identity."), kind="text"),
            Filter("actor", zh("操作者：姓名、登录名或编号"), kind="text"),
            Filter("target", zh("对象，如 identity.account:1"), kind="text"),
            Filter("outcome", zh("全部结果"), choices=[(code, badge.text) for code, badge in OUTCOME.items()]),
            Filter("from", zh("起"), kind="date_from"),
            Filter("to", zh("止"), kind="date_to"),
        ),
        fetch=lambda query: trail(request.actor, _asked(query)),
        empty=zh("没有符合条件的审计记录"),
        template="identity/trail.html",
        extra={} if request.wants_fragment else {"chain": chain_state()},
    )
    return respond(request, listing)


@requires(READ_AUDIT)
@require_GET
def page(request: CityRequest, entry_id: int) -> HttpResponse:
    """Show one entry with its details and its place in the chain."""
    entry = trail_entry(request.actor, entry_id)
    facts = {"entry": entry, "outcome": OUTCOME[entry.outcome], "details": sorted(entry.details.items())}
    return render(request, "identity/trail_entry.html", facts)


@requires(READ_AUDIT)
@require_POST
def verify(request: CityRequest) -> HttpResponse:
    """Begin a verification of the whole chain and go to the page that shows how it goes."""
    with transaction.atomic():
        address = bus.begin(request.actor, code=JOB, title=zh("核验审计记录"))
    return HttpResponseRedirect(address)


def _link(row: TrailEntry) -> str:
    return reverse("identity:trail_entry", args=[row.id])


def _asked(query: Query) -> TrailQuery:
    until = query.instant("to")
    return TrailQuery(
        action=query.filters.get("action", ""),
        actor=query.filters.get("actor", ""),
        target=query.filters.get("target", ""),
        outcome=query.filters.get("outcome", ""),
        since=query.instant("from"),
        until=until + DAY if until else None,
        after=query.after,
        size=query.size,
    )
