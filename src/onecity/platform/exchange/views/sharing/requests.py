"""Requests: lists, asking, one request, mending it, and the panel on its case."""

from datetime import timedelta

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from onecity.kernel.clock import city_date
from onecity.kernel.errors import OneCityError
from onecity.kernel.text import zh
from onecity.platform.documents.api import attach, documents_of
from onecity.platform.exchange.contracts.sharing import SharedDataset, Sharing
from onecity.platform.exchange.models import SharingGrant, SharingRequest
from onecity.platform.exchange.permissions import APPROVE_SHARING, REQUEST_DATA
from onecity.platform.exchange.selectors.sharing.choices import asking_organisations
from onecity.platform.exchange.selectors.sharing.datasets import field_names, shared_dataset
from onecity.platform.exchange.selectors.sharing.grants import consumed_grant
from onecity.platform.exchange.selectors.sharing.requests import request_of, request_of_case, request_page
from onecity.platform.exchange.services.sharing.asking import HOLDER, needs_approval, request_data
from onecity.platform.exchange.services.sharing.mending import MendedText, mend_request
from onecity.platform.exchange.views.sharing.forms import CONDITIONS, MendForm, RequestForm
from onecity.platform.exchange.views.sharing.shown import (
    FORM_NAMES,
    FORMS,
    KIND_NAMES,
    KINDS,
    MASK_NAMES,
    REQUEST,
    said_conditions,
    tabs,
)
from onecity.web.access import requires, signed_in
from onecity.web.http import CityRequest
from onecity.web.listing import Column, Filter, Listing, Query, respond
from onecity.web.paging import Page


@signed_in
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List the requests of one's own organisation; the data administration sees all."""
    return respond(request, _listing(request, title=zh("共享申请"), asked_of=False))


@requires(APPROVE_SHARING)
@require_GET
def desk(request: CityRequest) -> HttpResponseBase:
    """List the requests made to one's own organisation."""
    return respond(request, _listing(request, title=zh("对本单位的申请"), asked_of=True))


@requires(REQUEST_DATA)
@require_http_methods(["GET", "POST"])
def new(request: CityRequest) -> HttpResponse:
    """Ask for a dataset: `?dataset=CODE`, or `?grant=CODE` to renew or change a grant."""
    earlier = consumed_grant(request.actor, request.GET["grant"]) if request.GET.get("grant") else None
    dataset = shared_dataset(earlier.dataset_code if earlier else request.GET.get("dataset", ""))
    form = RequestForm(request.POST or None, initial=_initial(request, dataset, earlier))
    form.offer(dataset, organisations=asking_organisations(request.actor))
    if request.method == "POST" and form.is_valid():
        try:
            return _asked(request, form, dataset, earlier)
        except OneCityError as refusal:
            form.take(_renamed(refusal))
    facts = {
        "form": form,
        "dataset": dataset,
        "earlier": earlier,
        "waits": needs_approval(dataset, fields=[field.column for field in dataset.fields]),
        "refused": dataset.sharing is Sharing.NONE,
        "rows": _field_rows(form, dataset),
        "conditions": [[form[f"{name}_{number}"] for name in ("column", "operator", "value")] for number in _numbers()],
        "tabs": tabs(request.actor),
    }
    return render(request, "exchange/sharing/new_request.html", facts, status=422 if form.is_bound else 200)


@signed_in
@require_GET
def page(request: CityRequest, request_id: int) -> HttpResponse:
    """Show a request."""
    found = request_of(request.actor, request_id)
    grant = SharingGrant.objects.filter(request=found).first() or found.earlier_grant
    facts = {
        **_facts(found),
        "grant": grant if found.state == SharingRequest.State.GRANTED else None,
        "may_mend": found.state == SharingRequest.State.SUPPLEMENT and request.actor.may(REQUEST_DATA),
        "files": documents_of(request.actor, holder=HOLDER, holder_id=found.id),
        "tabs": tabs(request.actor),
    }
    return render(request, "exchange/sharing/request.html", facts)


@requires(REQUEST_DATA)
@require_http_methods(["GET", "POST"])
def mend(request: CityRequest, request_id: int) -> HttpResponse:
    """Put a request that was sent back in better words."""
    found = request_of(request.actor, request_id)
    initial = {"purpose": found.purpose, "legal_ground": found.legal_ground, "contact_name": found.contact_name}
    form = MendForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            mend_request(request.actor, request_id=found.id, text=MendedText(**form.cleaned_data), now=request.now)
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("申请已修改，请在案件中选择“重新提交”"))
            return redirect("cases:case", found.case_number)
    facts = {"form": form, "request_row": found}
    return render(request, "exchange/sharing/mend.html", facts, status=422 if form.is_bound else 200)


@signed_in
@require_GET
def panel(request: CityRequest, number: str) -> HttpResponse:
    """Show what was asked for, on the page of the request's case."""
    return render(request, "exchange/sharing/panel.html", _facts(request_of_case(request.actor, number)))


def _asked(
    request: CityRequest, form: RequestForm, dataset: SharedDataset, earlier: SharingGrant | None
) -> HttpResponse:
    with transaction.atomic():
        asked = request_data(
            request.actor,
            new=form.request(dataset.code, earlier_grant=earlier.code if earlier else ""),
            now=request.now,
        )
        uploads = request.FILES.getlist("files")
        if uploads:
            attach(request.actor, holder=HOLDER, holder_id=asked.id, uploads=uploads, now=request.now)
    if asked.grant_code:
        messages.success(request, gettext("该资源无条件共享，授权 %(code)s 已生效") % {"code": asked.grant_code})
        return redirect("exchange:sharing_grant", asked.grant_code)
    messages.success(request, gettext("申请已提交提供方，案件编号 %(number)s") % {"number": asked.case_number})
    return redirect("exchange:sharing_request", asked.id)


def _listing(request: CityRequest, *, title: str, asked_of: bool) -> Listing[SharingRequest]:
    def fetch(query: Query) -> Page[SharingRequest]:
        return request_page(request.actor, query, asked_of=asked_of)

    return Listing[SharingRequest](
        title=title,
        columns=(
            Column(zh("信息资源名称"), lambda row: row.dataset_name, link=_link),
            Column(zh("状态"), lambda row: REQUEST[row.state]),
            Column(zh("申请类型"), lambda row: gettext(KIND_NAMES[row.kind]), wide_only=True),
            Column(zh("共享方式"), lambda row: gettext(FORM_NAMES[row.form]), wide_only=True),
            Column(zh("使用方"), lambda row: row.organisation.short_name),
            Column(zh("提供方"), lambda row: row.provider.short_name, wide_only=True),
            Column(zh("案件编号"), lambda row: row.case_number, look="code", wide_only=True),
            Column(zh("申请时间"), lambda row: row.created_at, look="moment", wide_only=True),
        ),
        filters=(
            Filter("state", zh("全部状态"), choices=[(code, badge.text) for code, badge in REQUEST.items()]),
            Filter("kind", zh("全部申请类型"), choices=KINDS),
            Filter("form", zh("全部共享方式"), choices=FORMS),
            Filter("late", zh("超期未答复"), "flag"),
        ),
        fetch=fetch,
        searchable=True,
        search_hint=zh("资源名称或案件编号"),
        empty=zh("没有符合条件的申请；在资源目录中找到需要的资源，点“申请共享”"),
        template="exchange/sharing/list.html",
        extra={"tabs": tabs(request.actor)},
    )


def _link(row: SharingRequest) -> str:
    return reverse("exchange:sharing_request", args=[row.id])


def _facts(found: SharingRequest) -> dict[str, object]:
    names = field_names(found.dataset_code, version=found.dataset_version)
    return {
        "request_row": found,
        "state": REQUEST[found.state],
        "kind": KIND_NAMES[found.kind],
        "form_name": FORM_NAMES[found.form],
        "fields": [(names.get(column, column), column in found.clear_fields) for column in found.fields],
        "conditions": said_conditions(found.conditions, names),
    }


def _numbers() -> range:
    return range(1, CONDITIONS + 1)


def _initial(request: CityRequest, dataset: SharedDataset, earlier: SharingGrant | None) -> dict[str, object]:
    today = city_date(request.now)
    if earlier is None:
        period = {"starts": today, "ends": today + timedelta(days=364)}
        return {"organisation": request.actor.organisation_id, "contact_name": request.actor.name, **period}
    masked = {field.column for field in dataset.fields if field.mask}
    given: dict[str, object] = {
        "organisation": earlier.organisation_id,
        "form": earlier.form,
        "purpose": earlier.purpose,
        "legal_ground": earlier.legal_ground,
        "fields_wanted": earlier.fields,
        "clear_fields": [column for column in earlier.fields if column in masked and column not in earlier.masks],
        "needs_consent": earlier.needs_consent,
        "queries_per_day": earlier.queries_per_day,
        "starts": today,
        "ends": max(earlier.ends_date, today) + timedelta(days=365),
        "contact_name": request.actor.name,
    }
    for number, item in enumerate(earlier.conditions[:CONDITIONS], start=1):
        given[f"column_{number}"], given[f"operator_{number}"] = item["column"], item["operator"]
        given[f"value_{number}"] = ",".join(str(value) for value in item["values"])
    return given


def _field_rows(form: RequestForm, dataset: SharedDataset) -> list[dict[str, object]]:
    """Return the dataset's fields for the table in which they are ticked."""
    wanted = set(form["fields_wanted"].value() or [])
    clear = set(form["clear_fields"].value() or [])
    return [
        {
            "column": field.column,
            "name": field.name,
            "refused": field.sharing is Sharing.NONE,
            "waits": field.sharing is Sharing.CONDITIONAL,
            "mask": MASK_NAMES.get(field.mask, field.mask) if field.mask else "",
            "wanted": field.column in wanted,
            "clear": field.column in clear,
        }
        for field in dataset.fields
    ]


def _renamed(error: OneCityError) -> OneCityError:
    """Point at the form's own field where the service speaks of `fields`."""
    if "fields" in error.fields:
        error.fields["fields_wanted"] = error.fields.pop("fields")
    return error
