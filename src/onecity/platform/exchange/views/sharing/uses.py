"""Receipts of use: the list, one with its place in the chain, and the uses of one person's data."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from onecity.kernel.actor import EVERYTHING
from onecity.kernel.text import zh
from onecity.platform.exchange.models import UseReceipt
from onecity.platform.exchange.permissions import VIEW_USES
from onecity.platform.exchange.rules.sharing.identifiers import CITIZEN, ENTERPRISE
from onecity.platform.exchange.selectors.sharing.datasets import field_names
from onecity.platform.exchange.selectors.sharing.uses import receipt_of, receipt_page
from onecity.platform.exchange.services.sharing.looking import look_at_uses
from onecity.platform.exchange.services.sharing.sealing import verify_receipts
from onecity.platform.exchange.views.sharing.shown import RESULT, USE_KINDS, USE_NAMES, tabs
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Column, Filter, Listing, respond


@requires(VIEW_USES)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List receipts, as consumer, as provider, or as auditor."""
    listing = Listing[UseReceipt](
        title=zh("使用回执"),
        columns=(
            Column(zh("使用时间"), lambda row: row.at, look="moment", link=_link),
            Column(zh("信息资源名称"), lambda row: row.grant.dataset_name),
            Column(zh("使用方 / 提供方"), lambda row: f"{row.organisation.short_name} / {row.provider.short_name}"),
            Column(zh("使用方式"), lambda row: gettext(USE_NAMES[row.kind]), wide_only=True),
            Column(zh("当事人"), lambda row: row.subject_masked or "—", wide_only=True),
            Column(zh("使用事由"), lambda row: row.reason, wide_only=True),
            Column(zh("行数"), lambda row: row.rows, look="number", wide_only=True),
            Column(zh("结果"), lambda row: RESULT[row.result]),
            Column(zh("授权编号"), lambda row: row.grant.code, look="code", wide_only=True),
            Column(zh("操作者"), lambda row: row.operator or row.actor_name, wide_only=True),
        ),
        filters=(
            Filter("kind", zh("全部使用方式"), choices=USE_KINDS),
            Filter("result", zh("全部结果"), choices=[(code, badge.text) for code, badge in RESULT.items()]),
            Filter("grant", zh("授权编号"), "text"),
            Filter("from", zh("起始日期"), "date_from"),
            Filter("before", zh("截止日期前"), "date_to"),
        ),
        fetch=lambda query: receipt_page(request.actor, query),
        searchable=True,
        search_hint=zh("资源名称或授权编号"),
        empty=zh("没有符合条件的使用回执"),
        template="exchange/sharing/uses.html",
        extra={
            "tabs": tabs(request.actor),
            "audits": _audits(request),
            "kinds": ((CITIZEN, zh("公民身份号码")), (ENTERPRISE, zh("统一社会信用代码"))),
        },
    )
    return respond(request, listing)


@requires(VIEW_USES)
@require_GET
def page(request: CityRequest, receipt_id: int) -> HttpResponse:
    """Show one receipt."""
    shown = receipt_of(request.actor, receipt_id)
    row = shown.receipt
    names = field_names(row.grant.dataset_code, version=row.grant.dataset_version)
    facts = {
        "shown": shown,
        "receipt": row,
        "result": RESULT[row.result],
        "kind": USE_NAMES[row.kind],
        "fields": [names.get(column, column) for column in row.fields],
        "tabs": tabs(request.actor),
    }
    return render(request, "exchange/sharing/receipt.html", facts)


@requires(VIEW_USES)
@require_POST
def verify(request: CityRequest) -> HttpResponse:
    """Walk the chain and show the verdict."""
    facts = {"verdict": verify_receipts(), "tabs": tabs(request.actor)}
    return render(request, "exchange/sharing/verdict.html", facts)


@requires(VIEW_USES)
@never_cache
@require_POST
def subject(request: CityRequest) -> HttpResponse:
    """Show who used one person's or enterprise's data; the look is recorded."""
    found = look_at_uses(
        request.actor,
        identifier=request.POST.get("identifier", ""),
        kind=request.POST.get("kind", CITIZEN),
        reason=request.POST.get("reason", ""),
    )
    facts = {
        "uses": [(use, USE_NAMES[use.kind], RESULT[use.result]) for use in found],
        "tabs": tabs(request.actor),
    }
    return render(request, "exchange/sharing/subject.html", facts)


def _audits(request: CityRequest) -> bool:
    return EVERYTHING in request.actor.scopes(VIEW_USES)


def _link(row: UseReceipt) -> str:
    return reverse("exchange:sharing_receipt", args=[row.id])
