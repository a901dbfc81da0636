"""How departments, streets and unit grids stand, month by month."""

from datetime import datetime, timedelta
from typing import Final

from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from onecity.domains.urban_management.contracts import Standing
from onecity.domains.urban_management.permissions import SUPERVISE
from onecity.domains.urban_management.selectors import ranking
from onecity.kernel.clock import CITY_ZONE
from onecity.kernel.text import zh
from onecity.platform.indicators.declare import Period
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Badge, Column, Filter, Listing, Query, respond
from onecity.web.paging import Count, Page

DAY: Final = timedelta(days=1)
GOOD, FAIR = 95.0, 85.0
OBJECTS: Final = (("departments", zh("按专业部门")), ("streets", zh("按街道")), ("grids", zh("按单元网格")))


@requires(SUPERVISE)
@require_GET
def supervision(request: CityRequest) -> HttpResponseBase:
    """Rank departments or places by what they handled in time; a month, or any days."""
    listing = Listing[Standing](
        title=zh("考评排名"),
        columns=(
            Column(zh("部门或区域"), lambda row: row.name),
            Column(zh("按期处置率"), _grade),
            Column(zh("接收"), lambda row: row.received, look="number"),
            Column(zh("应处置"), lambda row: row.due, look="number"),
            Column(zh("已处置"), lambda row: row.handled, look="number", wide_only=True),
            Column(zh("按期处置"), lambda row: row.on_time, look="number", wide_only=True),
            Column(zh("超期未处置"), lambda row: row.late_open, look="number"),
            Column(zh("退回派遣"), lambda row: row.returned, look="number", wide_only=True),
            Column(zh("返工"), lambda row: row.reworked, look="number"),
            Column(zh("返工率（%）"), lambda row: row.rework_rate, look="number", wide_only=True),
            Column(zh("结案"), lambda row: row.closed, look="number", wide_only=True),
        ),
        filters=(
            Filter("object", zh("按专业部门"), choices=OBJECTS),
            Filter("from", zh("自"), kind="date_from"),
            Filter("to", zh("至"), kind="date_to"),
        ),
        fetch=lambda query: _page(request, query),
        empty=zh("这段时间没有处置任务"),
        template="urban_management/supervision.html",
    )
    return respond(request, listing)


def _page(request: CityRequest, query: Query) -> Page[Standing]:
    period, wanted = _period(query, request.now), query.filters.get("object", "departments")
    if wanted == "departments":
        rows = ranking.departments(request.actor, period)
    else:
        digits = ranking.STREET_DIGITS if wanted == "streets" else ranking.GRID_DIGITS
        rows = ranking.places(request.actor, period, digits=digits)
    return Page(rows=rows, count=Count(len(rows)))


def _period(query: Query, now: datetime) -> Period:
    local = now.astimezone(CITY_ZONE)
    first = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    until = query.instant("to")
    return Period(query.instant("from") or first, min(until + DAY, now) if until else now)


def _grade(row: Standing) -> Badge:
    rate = row.on_time_rate
    if rate is None:
        return Badge(gettext("无应处置"))
    return Badge(f"{rate:.1f}%", "green" if rate >= GOOD else "yellow" if rate >= FAIR else "red")
