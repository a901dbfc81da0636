"""Pages of indicators: all of them with their definitions, and one with its series and the rows behind it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from onecity.platform.indicators import selectors
from onecity.platform.indicators.contracts import Reading
from onecity.platform.indicators.declare import Indicator
from onecity.platform.indicators.rules import hour_of, written
from onecity.web.access import public
from onecity.web.exports import FORMATS, export
from onecity.web.http import CityRequest

SERIES: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Shown:
    """An indicator ready for the page."""

    item: Indicator
    reading: Reading

    @property
    def text(self) -> str:
        """Return the value as people read it."""
        return written(self.reading.value, decimals=self.item.decimals)

    @property
    def target(self) -> str:
        """Return the target as people read it."""
        return written(self.item.target, decimals=self.item.decimals)


def shown(request: CityRequest, item: Indicator) -> Shown:
    """Return an indicator with its reading for whoever asks."""
    return Shown(item, selectors.reading(request.actor, item, now=request.now))


@public
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List every indicator that the visitor may see, by group."""
    groups: dict[str, list[Shown]] = {}
    for item in selectors.visible(request.actor):
        groups.setdefault(gettext(item.group), []).append(shown(request, item))
    return render(request, "indicators/index.html", {"groups": groups, "base": _frame(request)})


@public
@require_GET
def page(request: CityRequest, code: str) -> HttpResponseBase:
    """Show one indicator: definition, value, its week, and the rows behind it (also as CSV or Excel)."""
    item = selectors.indicator(request.actor, code)
    behind = selectors.evidence(request.actor, item, now=request.now)
    wanted = request.GET.get("format", "")
    if wanted in FORMATS:
        return export(wanted, title=item.name, names=behind.columns, rows=behind.rows)
    points = selectors.series(code, start=hour_of(request.now) - SERIES, end=hour_of(request.now) + timedelta(hours=1))
    facts = {
        "shown": shown(request, item),
        "columns": behind.columns,
        "rows": list(zip(behind.links, behind.rows, strict=True)),
        "points": [(point.at, written(point.value, decimals=item.decimals)) for point in reversed(points)],
        "chart": {
            "kind": "line",
            "unit": gettext(item.unit),
            "at": [_label(point.at) for point in points],
            "series": [{"name": gettext(item.name), "values": [point.value for point in points]}],
            "target": item.target,
        },
        "base": _frame(request),
    }
    return render(request, "indicators/page.html", facts)


def _frame(request: CityRequest) -> str:
    return "web/workbench.html" if request.actor.kind == "account" else "web/portal.html"


def _label(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%m-%d %H:%M")
