"""Series: the list, one series over time and between divisions, what was published of one figure."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.registers.contracts.economy import Measure, SeriesInfo
from onecity.platform.registers.forms.economy import KIND_CHOICES
from onecity.platform.registers.permissions import MAINTAIN_ECONOMY, VIEW_ECONOMY
from onecity.platform.registers.rules.economy.periods import read_period
from onecity.platform.registers.selectors import economy as selectors
from onecity.platform.registers.selectors.economy_measures import Asked, compared, findings
from onecity.platform.registers.views.economy.drawing import drawn, exported
from onecity.platform.registers.views.economy.shown import (
    CHECKS,
    KINDS,
    MEASURES,
    SERIES_KIND,
    STAGES,
    division_names,
    finding_text,
    organisation_names,
    period_text,
    value_text,
)
from onecity.web.access import requires
from onecity.web.exports import FORMATS
from onecity.web.http import CityRequest
from onecity.web.listing import Action, Column, Filter, Listing, respond

MOST_COMPARED: Final = 8


@requires(VIEW_ECONOMY)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List the series."""
    names = organisation_names()
    listing = Listing[SeriesInfo](
        title=zh("宏观经济指标"),
        columns=(
            Column(zh("指标名称"), lambda row: row.name, link=series_link),
            Column(zh("指标编码"), lambda row: row.code, look="code", wide_only=True),
            Column(zh("指标性质"), lambda row: SERIES_KIND[row.kind]),
            Column(zh("计量单位"), lambda row: row.unit),
            Column(zh("数据来源部门"), lambda row: names.get(row.organisation_id, ""), wide_only=True),
            Column(zh("所属总量指标"), lambda row: row.whole, look="code", wide_only=True),
        ),
        filters=(Filter("kind", zh("全部指标性质"), choices=KIND_CHOICES),),
        fetch=selectors.series_page,
        searchable=True,
        search_hint=zh("指标名称、别名或编码"),
        empty=zh("还没有定义经济指标"),
        actions=_actions(request),
    )
    return respond(request, listing)


@requires(VIEW_ECONOMY)
@require_GET
def page(request: CityRequest, code: str) -> HttpResponseBase:
    """Show a series: drawn, as a table, as a file (`?format=`), as it was known on a day (`?known_on=`)."""
    series = selectors.series_by_code(code)
    asked = _asked(request, series)
    found = compared(request.actor, series, asked)
    names = division_names(asked.divisions)
    wanted = request.GET.get("format", "")
    if wanted in FORMATS:
        return exported(wanted, series, found, names)
    wrong = findings(request.actor, series=code, division_code=asked.divisions[0]) if asked.divisions else []
    facts: dict[str, object] = {
        "series": series,
        "kind": SERIES_KIND[series.kind],
        "organisation": organisation_names().get(series.organisation_id, ""),
        "parts": selectors.parts_of(code),
        "asked": asked,
        "offered": division_names(_offered(request, series)),
        "kinds": [(kind, KINDS[kind]) for kind in selectors.period_kinds(request.actor, series=code)],
        "measures": MEASURES.items(),
        "may_maintain": _may_maintain(request, series),
        "findings": [
            (gettext(CHECKS[item.check]), period_text(item.period), finding_text(item, decimals=series.decimals))
            for item in wrong
        ],
        **drawn(series, asked, found, names),
    }
    return render(request, "registers/economy/series.html", facts)


@requires(VIEW_ECONOMY)
@require_GET
def history(request: CityRequest, code: str) -> HttpResponse:
    """Show everything that was published of one figure."""
    series = selectors.series_by_code(code)
    division, period = request.GET.get("division", ""), read_period(request.GET.get("period", "").replace("M", "-"))
    if period is None:
        raise NotFound
    rows = selectors.versions(request.actor, series=code, division_code=division, period=period)
    if not rows:
        raise NotFound
    facts = {
        "series": series,
        "period": period_text(period),
        "division": division_names([division])[division],
        "rows": [(row, value_text(row, series), STAGES[row.stage]) for row in rows],
    }
    return render(request, "registers/economy/history.html", facts)


def series_link(row: SeriesInfo) -> str:
    """Return the address of a series' page."""
    return reverse("registers:series", args=[row.code])


def _actions(request: CityRequest) -> list[Action]:
    tables = Action(zh("统计表"), reverse("registers:economic_tables"), icon="table")
    if not request.actor.may(MAINTAIN_ECONOMY):
        return [tables]
    taking = Action(zh("导入统计表"), reverse("registers:take_economic_table"), icon="upload")
    return [Action(zh("定义指标"), reverse("registers:new_series")), taking, tables]


def _may_maintain(request: CityRequest, series: SeriesInfo) -> bool:
    return selectors.may_maintain(request.actor, permission=MAINTAIN_ECONOMY, organisation_id=series.organisation_id)


def _offered(request: CityRequest, series: SeriesInfo) -> Sequence[str]:
    return selectors.divisions_with_values(request.actor, series=[series.code])


def _asked(request: CityRequest, series: SeriesInfo) -> Asked:
    """Read what the address asks for; what it does not say is what there is most of."""
    offered = _offered(request, series)
    kinds = selectors.period_kinds(request.actor, series=series.code)
    chosen = [code for code in request.GET.getlist("division") if code in offered][:MOST_COMPARED]
    kind, day = request.GET.get("kind", ""), request.GET.get("known_on", "")
    try:
        known_on = date.fromisoformat(day) if day else None
    except ValueError:
        raise NotFound from None
    default = "year" if "year" in kinds or not kinds else kinds[0]
    return Asked(chosen or list(offered[:1]), kind if kind in kinds else default, _measure(request), known_on)


def _measure(request: CityRequest) -> Measure:
    wanted = request.GET.get("measure", "")
    return next((measure for measure in MEASURES if measure == wanted), "value")
