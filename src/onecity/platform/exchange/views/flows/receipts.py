"""Pages of receipts: the list, one with its verification, and the public page on which anybody can check one."""

import json

from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from onecity.kernel.text import zh
from onecity.platform.exchange.models import RunReceipt
from onecity.platform.exchange.permissions import VIEW_FLOWS, VIEW_RECEIPTS
from onecity.platform.exchange.selectors.flows import runs as selectors
from onecity.platform.exchange.services.flows.verifying import Verified, verify_receipt
from onecity.platform.exchange.views.flows.shown import EQUAL, UNEQUAL, day_after
from onecity.web.access import public, requires
from onecity.web.http import CityRequest
from onecity.web.listing import Column, Filter, Listing, respond


@requires(VIEW_RECEIPTS)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List receipts."""
    listing = Listing[RunReceipt](
        title=zh("交换回执"),
        columns=(
            Column(zh("回执编号"), lambda row: row.code, look="code", link=_link),
            Column(zh("交换流程"), lambda row: row.flow.name),
            Column(zh("核对"), lambda row: UNEQUAL if row.run.reconciled is False else EQUAL),
            Column(zh("入库行数"), lambda row: f"{row.run.landed:,}", look="number"),
            Column(zh("出具时间"), lambda row: row.created_at, look="moment"),
            Column(zh("摘要"), lambda row: row.digest[:16], look="code", wide_only=True),
        ),
        filters=(Filter("from", zh("自"), kind="date_from"), Filter("to", zh("至"), kind="date_to")),
        fetch=lambda query: selectors.receipts(
            request.actor,
            selectors.RunQuery(
                search=query.search,
                since=query.instant("from"),
                until=day_after(query.instant("to")),
                after=query.after,
                size=query.size,
            ),
        ),
        searchable=True,
        search_hint=zh("回执编号"),
        empty=zh("还没有交换回执"),
    )
    return respond(request, listing)


@requires(VIEW_RECEIPTS)
@require_GET
def page(request: CityRequest, code: str) -> HttpResponse:
    """Show a receipt and verify it."""
    found = selectors.receipt(request.actor, code)
    facts = {**_facts(found, verify_receipt(found)), "may_view_run": request.actor.may(VIEW_FLOWS)}
    return render(request, "exchange/flows/receipt.html", facts)


@public
@require_GET
def check(request: CityRequest) -> HttpResponse:
    """Let anybody who holds a receipt's code and digest see whether the city issued it."""
    code, digest = request.GET.get("code", "").strip(), request.GET.get("digest", "").strip()
    facts: dict[str, object] = {"code": code, "digest": digest, "asked": bool(code or digest)}
    found = selectors.shown_receipt(code=code, digest=digest) if code and digest else None
    if found is not None:
        facts |= _facts(found, verify_receipt(found))
    return render(request, "exchange/flows/check_receipt.html", facts)


@public
@require_GET
def check_json(request: CityRequest) -> JsonResponse:
    """Answer the same to programs: the signed text, signature and public key, so that they can verify it themselves."""
    code, digest = request.GET.get("code", ""), request.GET.get("digest", "")
    found = selectors.shown_receipt(code=code, digest=digest)
    if found is None:
        return JsonResponse({"found": False}, status=404)
    verified = verify_receipt(found)
    answer = {
        "found": True,
        "sound": verified.sound,
        "body": found.body,
        "previous": found.previous,
        "digest": found.digest,
        "signature": found.signature,
        "public_key": found.key.public,
    }
    return JsonResponse(answer)


def _facts(found: RunReceipt, verified: Verified) -> dict[str, object]:
    return {"receipt": found, "verified": verified, "body": json.loads(found.body)}


def _link(row: RunReceipt) -> str:
    return reverse("exchange:receipt", args=[row.code])
