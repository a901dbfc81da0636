"""Products: the list, one product, its secret and its allow-list."""

from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onecity.kernel.errors import OneCityError
from onecity.kernel.text import zh
from onecity.platform.iot.contracts.types import ProductInfo
from onecity.platform.iot.declare import PROTOCOL_NAMES
from onecity.platform.iot.forms.types import ProductForm, product_told
from onecity.platform.iot.permissions import MANAGE_DEVICES, VIEW_DEVICES
from onecity.platform.iot.selectors.types import allowed_devices, product_for, products
from onecity.platform.iot.services import types as services
from onecity.platform.iot.services.provisioning.allowing import allow_devices
from onecity.platform.iot.views.shown import organisation_names, type_name
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Action, Badge, Column, Listing, respond

ADMISSIONS: Final = {
    "closed": Badge(zh("不开放"), "grey"),
    "listed": Badge(zh("仅限白名单"), "blue"),
    "open": Badge(zh("自动登记"), "green"),
}
SHOWN: Final = 100


@requires(VIEW_DEVICES)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List the products that the visitor may see."""
    listing = Listing[ProductInfo](
        title=zh("产品"),
        columns=(
            Column(zh("产品名称"), lambda row: row.facts.name, link=_link),
            Column(zh("生产厂商"), lambda row: row.facts.maker),
            Column(zh("型号"), lambda row: row.facts.model, look="code", wide_only=True),
            Column(zh("设备类型"), lambda row: type_name(row.facts.type_code), wide_only=True),
            Column(zh("接入协议"), lambda row: gettext(PROTOCOL_NAMES[row.facts.protocol]), wide_only=True),
            Column(zh("自动注册"), lambda row: ADMISSIONS[row.facts.admission], wide_only=True),
            Column(zh("设备"), lambda row: row.devices, look="number"),
        ),
        fetch=lambda query: products(request.actor, search=query.search, after=query.after, size=query.size),
        searchable=True,
        search_hint=zh("产品、厂商或型号"),
        empty=zh("还没有产品。登记产品后，可按厂商字段映射到统一的设备类型"),
        actions=[Action(zh("登记产品"), reverse("iot:new_product"))] if request.actor.may(MANAGE_DEVICES) else [],
    )
    return respond(request, listing)


@requires(VIEW_DEVICES)
@require_GET
def page(request: CityRequest, product_id: int) -> HttpResponse:
    """Show a product."""
    info = product_for(request.actor, product_id)
    facts = {
        "product": info,
        "type_name": type_name(info.facts.type_code),
        "protocol": PROTOCOL_NAMES[info.facts.protocol],
        "admission": ADMISSIONS[info.facts.admission],
        "organisation": organisation_names().get(info.facts.organisation_id, ""),
        "allowed": allowed_devices(product_id, most=SHOWN),
        "may_manage": request.actor.may(MANAGE_DEVICES),
    }
    return render(request, "iot/devices/product.html", facts)


@requires(MANAGE_DEVICES)
@require_http_methods(["GET", "POST"])
def new(request: CityRequest) -> HttpResponse:
    """Enter a product."""
    form = _offered(request, ProductForm(request.POST or None))
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create_product(request.actor, facts=form.facts(), now=request.now)
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("产品已登记"))
            return redirect("iot:product", made)
    return _form(request, form, title=gettext("登记产品"), back=reverse("iot:products"))


@requires(MANAGE_DEVICES)
@require_http_methods(["GET", "POST"])
def change(request: CityRequest, product_id: int) -> HttpResponse:
    """Change a product."""
    info = product_for(request.actor, product_id)
    form = _offered(request, ProductForm(request.POST or None, initial=product_told(info.facts)))
    if request.method == "POST" and form.is_valid():
        try:
            services.change_product(request.actor, product_id=product_id, facts=form.facts())
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("产品信息已保存"))
            return redirect("iot:product", product_id)
    return _form(request, form, title=info.facts.name, back=reverse("iot:product", args=[product_id]))


@requires(MANAGE_DEVICES)
@require_POST
def secret(request: CityRequest, product_id: int) -> HttpResponse:
    """Issue a product's secret and show it this once."""
    made = services.issue_product_secret(request.actor, product_id=product_id)
    info = product_for(request.actor, product_id)
    facts = {
        "title_text": zh("产品密钥"),
        "secret": made,
        "back": reverse("iot:product", args=[product_id]),
        "back_name": info.facts.name,
        "lines": [(zh("产品编码"), info.code), (zh("注册地址"), "POST /api/iot/v1/provision")],
    }
    response = render(request, "iot/devices/secret.html", facts)
    response.headers["Cache-Control"] = "no-store"
    return response


@requires(MANAGE_DEVICES)
@require_POST
def allow(request: CityRequest, product_id: int) -> HttpResponse:
    """Put devices on a product's allow-list: one key a line, a name behind a comma."""
    added = allow_devices(request.actor, product_id=product_id, text=request.POST.get("keys", ""))
    messages.success(request, gettext("白名单新增%(number)s台设备") % {"number": added})
    return redirect("iot:product", product_id)


def _offered(request: CityRequest, form: ProductForm) -> ProductForm:
    form.offer(request.actor, MANAGE_DEVICES)
    return form


def _form(request: CityRequest, form: ProductForm, *, title: str, back: str) -> HttpResponse:
    facts = {
        "form": form,
        "form_title": title,
        "back": back,
        "back_name": zh("产品"),
        "submit": gettext("保存"),
    }
    return render(request, "iot/devices/form.html", facts, status=422 if form.is_bound else 200)


def _link(row: ProductInfo) -> str:
    return reverse("iot:product", args=[row.id])
