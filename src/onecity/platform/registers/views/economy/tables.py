"""Statistical tables: the list, taking one in with a look at what was understood, withdrawing one."""

from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onecity.kernel.clock import city_date
from onecity.kernel.errors import Invalid, OneCityError
from onecity.kernel.text import zh
from onecity.platform.registers.codecs.spreadsheets import grid_of, grid_text
from onecity.platform.registers.forms.economy import ReadingForm, TableForm
from onecity.platform.registers.models import EconomicTable
from onecity.platform.registers.permissions import MAINTAIN_ECONOMY, VIEW_ECONOMY
from onecity.platform.registers.rules.economy.tables import NoTable, read_table
from onecity.platform.registers.selectors import economy as selectors
from onecity.platform.registers.services.economy.tables import take_table, withdraw_table
from onecity.platform.registers.views.economy.preview import Proposal, first_reading, previewed, proposed
from onecity.platform.registers.views.economy.shown import (
    STAGES,
    TABLE_STATE,
    city_divisions,
    departments,
    division_names,
    organisation_names,
    period_text,
    value_text,
)
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Action, Column, Filter, Listing, respond

SHOWN: Final = 500


@requires(VIEW_ECONOMY)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List the tables that were taken in."""
    names = organisation_names()
    actions = [Action(zh("导入统计表"), reverse("registers:take_economic_table"), icon="upload")]
    listing = Listing[EconomicTable](
        title=zh("统计表"),
        columns=(
            Column(
                zh("表名"), lambda row: row.title, link=lambda row: reverse("registers:economic_table", args=[row.id])
            ),
            Column(zh("状态"), lambda row: TABLE_STATE[row.state]),
            Column(zh("数据阶段"), lambda row: STAGES[row.stage], wide_only=True),
            Column(zh("发布日期"), lambda row: row.published_on),
            Column(zh("入库数值"), lambda row: row.values_taken, look="number", wide_only=True),
            Column(zh("导入机构"), lambda row: names.get(row.organisation_id, ""), wide_only=True),
            Column(zh("导入时间"), lambda row: row.created_at, look="moment", wide_only=True),
        ),
        filters=(Filter("state", zh("全部状态"), choices=[(code, badge.text) for code, badge in TABLE_STATE.items()]),),
        fetch=lambda query: selectors.tables_page(request.actor, query),
        searchable=True,
        search_hint=zh("表名或文件名"),
        empty=zh("还没有导入统计表"),
        actions=actions if request.actor.may(MAINTAIN_ECONOMY) else (),
    )
    return respond(request, listing)


@requires(VIEW_ECONOMY)
@require_GET
def page(request: CityRequest, table_id: int) -> HttpResponse:
    """Show a table: what it brought, and who took it in."""
    table = selectors.table_for(request.actor, table_id)
    values = selectors.values_of_table(request.actor, table_id, most=SHOWN)
    series = {item.code: item for item in selectors.all_series()}
    names = division_names({value.division_code for value in values})
    facts = {
        "table": table,
        "state": TABLE_STATE[table.state],
        "stage": STAGES[table.stage],
        "organisation": organisation_names().get(table.organisation_id, ""),
        "rows": [
            (value, series[value.series], names[value.division_code], period_text(value.period), text)
            for value in values
            for text in (value_text(value, series[value.series]),)
        ],
        "may_maintain": selectors.may_maintain(
            request.actor, permission=MAINTAIN_ECONOMY, organisation_id=table.organisation_id
        ),
    }
    return render(request, "registers/economy/table.html", facts)


@requires(MAINTAIN_ECONOMY)
@require_POST
def withdraw(request: CityRequest, table_id: int) -> HttpResponse:
    """Withdraw a table."""
    withdraw_table(request.actor, table_id=table_id, reason=request.POST.get("reason", ""), now=request.now)
    messages.success(request, gettext("统计表已撤销，此前的数值重新生效"))
    return redirect("registers:economic_table", table_id)


@requires(MAINTAIN_ECONOMY)
@require_http_methods(["GET", "POST"])
def take(request: CityRequest) -> HttpResponse:
    """Take a file: show what was understood of it, and take it in when it is sent back confirmed without a fault."""
    if request.method == "POST" and "grid" in request.POST:
        return _confirm(request)
    form = TableForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _first_look(request, form)
        except Invalid as refusal:
            form.take(refusal)
    return render(request, "registers/economy/take.html", {"form": form}, status=422 if form.is_bound else 200)


def _first_look(request: CityRequest, form: TableForm) -> HttpResponse:
    """Show the first sheet that holds a table.

    Raises: Invalid if none does.
    """
    for sheet in form.sheets():
        text = grid_text(sheet.grid)
        try:
            table = read_table(grid_of(text))
        except NoTable:
            continue
        today = city_date(request.now)
        reading = ReadingForm(
            first_reading(
                table, today=today, organisations=departments(request.actor), own=request.actor.organisation_id
            )
        )
        return _preview(
            request, proposed(_offered(request, reading), text=text, filename=form.cleaned_data["file"].name)
        )
    raise Invalid(fields={"file": NoTable.message})


def _confirm(request: CityRequest) -> HttpResponse:
    reading = _offered(request, ReadingForm(request.POST))
    choices = {
        int(name.removeprefix("row_")): value
        for name, value in request.POST.items()
        if name.removeprefix("row_").isdigit() and isinstance(value, str)
    }
    proposal = proposed(reading, text=request.POST["grid"], filename=request.POST.get("filename", ""), choices=choices)
    if "take" not in request.POST or not proposal.can_be_taken:
        return _preview(request, proposal)
    try:
        taken = take_table(request.actor, new=proposal.table_to_take(), values=proposal.values, now=request.now)
    except OneCityError as refusal:
        reading.take(refusal)
        return _preview(request, proposal)
    messages.success(
        request,
        gettext("已入库{taken}个数值，其中{unchanged}个与原有数值相同").format(
            taken=taken.taken + taken.unchanged, unchanged=taken.unchanged
        ),
    )
    return redirect("registers:economic_table", taken.table_id)


def _offered(request: CityRequest, form: ReadingForm) -> ReadingForm:
    series = [(item.code, f"{item.name}（{item.unit}）") for item in selectors.all_series()]
    form.offer(series=series, divisions=list(city_divisions().items()), organisations=departments(request.actor))
    return form


def _preview(request: CityRequest, proposal: Proposal) -> HttpResponse:
    facts = previewed(proposal)
    status = 200 if proposal.can_be_taken else 422
    return render(request, "registers/economy/preview.html", facts, status=status)
