"""Bills: the list, one with its lines and all its revisions, and the billing of a month."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from onecity.domains.metering.forms import MonthForm
from onecity.domains.metering.models import Bill
from onecity.domains.metering.permissions import BILL, VIEW
from onecity.domains.metering.rules.codes import SUPPLY_NAMES, UNITS
from onecity.domains.metering.selectors import lists
from onecity.domains.metering.services.billing import REASONS, start_billing
from onecity.domains.metering.views.showing import plain
from onecity.kernel import clock
from onecity.kernel.errors import OneCityError
from onecity.kernel.text import zh
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Action, Badge, Column, Filter, Listing, respond


@requires(VIEW)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List the bills that count."""
    listing = Listing[Bill](
        title=zh("账单"),
        columns=(
            Column(zh("计量表"), lambda row: row.meter.name, link=_address),
            Column(zh("账期"), lambda row: f"{row.month:%Y-%m}", look="code"),
            Column(zh("用量"), lambda row: plain(row.usage), look="number"),
            Column(zh("金额（元）"), lambda row: f"{row.amount:.2f}", look="number"),
            Column(zh("种类"), lambda row: gettext(SUPPLY_NAMES[row.meter.supply]), wide_only=True),
            Column(zh("户号"), lambda row: row.meter.customer_number, look="code", wide_only=True),
            Column(zh("状态"), bill_badge, wide_only=True),
            Column(zh("出账时间"), lambda row: row.created_at, look="moment", wide_only=True),
        ),
        filters=(
            Filter("supply", zh("计量种类"), choices=list(SUPPLY_NAMES.items())),
            Filter("month", zh("账期"), kind="date_from"),
            Filter("revised", zh("更正过的"), kind="flag"),
        ),
        searchable=True,
        search_hint=zh("输入表号或户号"),
        fetch=lambda query: lists.bills(request.actor, query),
        actions=[Action(zh("月度出账"), reverse("metering:bill_month"))] if request.actor.may(BILL) else [],
        empty=zh("还没有账单"),
    )
    return respond(request, listing)


@requires(VIEW)
@require_GET
def show(request: CityRequest, bill_id: int) -> HttpResponse:
    """Show one revision of a bill, and the others beside it."""
    row = lists.bill_for(request.actor, bill_id)
    facts = {
        "bill": row,
        "badge": bill_badge(row),
        "unit": UNITS[row.meter.supply],
        "usage": plain(row.usage),
        "before": plain(row.used_before),
        "revisions": [(item, REASONS.get(item.reason, item.reason)) for item in lists.revisions_of(row)],
    }
    return render(request, "metering/bill.html", facts)


@requires(BILL)
@require_http_methods(["GET", "POST"])
def month(request: CityRequest) -> HttpResponse:
    """Bill a month, as a job that can be watched."""
    form = MonthForm(request.POST) if request.method == "POST" else MonthForm()
    if request.method == "POST" and form.is_valid():
        try:
            run = start_billing(request.actor, month=form.cleaned_data["month"], now=clock.real_now())
        except OneCityError as error:
            form.take(error)
        else:
            return redirect("jobs:run", run)
    facts = {"form": form, "title": gettext("月度出账"), "back": reverse("metering:bills")}
    return render(request, "metering/form.html", facts, status=422 if form.errors else 200)


def bill_badge(row: Bill) -> Badge:
    """Return what is to be known of a bill at a glance."""
    if not row.is_current:
        return Badge(zh("已被更正"), "grey")
    if row.estimated:
        return Badge(zh("含估算"), "orange")
    return Badge(zh("更正"), "blue") if row.revision > 1 else Badge(zh("正常"), "green")


def _address(row: Bill) -> str:
    return reverse("metering:bill", args=[row.id])
