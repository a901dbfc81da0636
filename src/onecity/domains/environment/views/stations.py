"""Pages of stations: the staff's list, and one station with its hours and days, open to everybody."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Final, TypeVar

from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from onecity.domains.environment.contracts import DayAir, HourAir, StationAir
from onecity.domains.environment.permissions import VIEW_AIR
from onecity.domains.environment.rules.editions import Pollutant
from onecity.domains.environment.rules.times import DAY
from onecity.domains.environment.selectors import air
from onecity.domains.environment.views.city import LAYER, SHOWN_HOURS
from onecity.domains.environment.views.showing import SYMBOLS, amount, badge, frame, hours_chart, shown
from onecity.kernel.text import zh
from onecity.platform.geo import api as geo
from onecity.platform.identity import api as identity
from onecity.web.access import public, requires
from onecity.web.http import CityRequest
from onecity.web.listing import Badge, Column, Filter, Listing, Query, respond
from onecity.web.paging import Count, Page

_DATES: Final = (Filter("since", zh("起始日期"), kind="date_from"), Filter("until", zh("截止日期"), kind="date_to"))
Report = TypeVar("Report", HourAir, DayAir)
_NOTHING: Final = Badge(zh("无数据"))


@requires(VIEW_AIR)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List the stations in service with their air now."""
    names = {item.id: item.name for item in identity.organisations()}

    def fetch(query: Query) -> Page[StationAir]:
        wanted = query.search.lower()
        found = [item for item in air.stations(now=request.now) if wanted in f"{item.name} {item.key}".lower()]
        return Page(found, None, Count(len(found)))

    listing = Listing[StationAir](
        title=zh("空气站点"),
        columns=(
            Column(zh("站点"), lambda row: row.name, link=_link),
            Column(zh("指数"), lambda row: row.hour.figures.aqi if row.hour else None, look="number"),
            Column(zh("级别"), lambda row: badge(row.hour.figures) if row.hour else _NOTHING),
            Column(
                zh("首要污染物"), lambda row: " ".join(row.hour.figures.primary) if row.hour else None, wide_only=True
            ),
            Column(zh("小时结束"), lambda row: row.hour.ends_at if row.hour else None, look="moment", wide_only=True),
            Column(zh("站点编码"), lambda row: row.key, look="code", wide_only=True),
            Column(zh("运维单位"), lambda row: names.get(row.organisation_id, ""), wide_only=True),
            Column(zh("地址"), lambda row: row.address, wide_only=True),
        ),
        searchable=True,
        search_hint=zh("输入站点名称或编码"),
        fetch=fetch,
        empty=zh("还没有空气站。请在“设备”中登记类型为“环境空气站”的设备，站点随即出现在这里。"),
    )
    return respond(request, listing)


@public
@require_GET
def station(request: CityRequest, station_id: int) -> HttpResponseBase:
    """Show one station: its air now, two days as a chart, its hours as a list and as files."""
    found = air.station(station_id, now=request.now)
    listing = Listing[HourAir](
        title=gettext("%(name)s 小时空气质量") % {"name": found.name},
        columns=(
            Column(zh("小时结束"), lambda row: row.ends_at, look="moment"),
            Column(zh("指数"), lambda row: row.figures.aqi, look="number"),
            Column(zh("级别"), lambda row: badge(row.figures)),
            Column(zh("首要污染物"), lambda row: " ".join(row.figures.primary), wide_only=True),
            *_amounts(HourAir),
            Column(zh("标准版本"), lambda row: row.figures.edition_code, look="code", wide_only=True),
        ),
        filters=_DATES,
        fetch=lambda query: air.hours_page(
            station_id, since=query.instant("since"), until=_end(query), after=query.after, size=query.size
        ),
        empty=zh("这段时间没有小时数据"),
        template="environment/station.html",
        extra=_facts(request, found, hourly=True),
    )
    return respond(request, listing)


@public
@require_GET
def days(request: CityRequest, station_id: int) -> HttpResponseBase:
    """Show one station's days as a list and as files."""
    found = air.station(station_id, now=request.now)
    listing = Listing[DayAir](
        title=gettext("%(name)s 日空气质量") % {"name": found.name},
        columns=(
            Column(zh("日期"), lambda row: row.day.isoformat(), look="code"),
            Column(zh("指数"), lambda row: row.figures.aqi, look="number"),
            Column(zh("级别"), lambda row: badge(row.figures)),
            Column(zh("首要污染物"), lambda row: " ".join(row.figures.primary), wide_only=True),
            *_amounts(DayAir),
            Column(zh("小时数"), lambda row: row.count, look="number", wide_only=True),
            Column(zh("标准版本"), lambda row: row.figures.edition_code, look="code", wide_only=True),
        ),
        filters=_DATES,
        fetch=lambda query: air.days_page(
            station_id,
            first=_date(query, "since"),
            last=_date(query, "until"),
            after=query.after,
            size=query.size,
        ),
        empty=zh("这段时间没有日数据"),
        template="environment/station.html",
        extra=_facts(request, found, hourly=False),
    )
    return respond(request, listing)


def _facts(request: CityRequest, found: StationAir, *, hourly: bool) -> dict[str, object]:
    hours = air.station_hours(found.id, since=request.now - SHOWN_HOURS, until=request.now)
    place = None
    if found.longitude is not None and found.latitude is not None:
        place = (found.longitude, found.latitude)
    return {
        "base": frame(request),
        "station": found,
        "air": shown(found.hour),
        "chart": hours_chart(hours),
        "hourly": hourly,
        "map": geo.map_settings(
            request.actor,
            name="station-map",
            shown=(LAYER,),
            offered=(LAYER,),
            focus=geo.Focus(mark=place),
        )
        if place
        else None,
    }


def _amounts(_of: type[Report]) -> list[Column[Report]]:
    return [
        Column(
            f"{symbol} {pollutant.unit.symbol}",
            _amount_of(pollutant),
            look="number",
            wide_only=True,
        )
        for pollutant, symbol in SYMBOLS.items()
    ]


def _amount_of(pollutant: Pollutant) -> Callable[[HourAir | DayAir], str]:
    return lambda row: amount(pollutant, row.figures)


def _link(row: StationAir) -> str:
    return reverse("environment:station", args=[row.id])


def _end(query: Query) -> datetime | None:
    last = query.instant("until")
    return last + DAY if last else None


def _date(query: Query, name: str) -> date | None:
    text = query.filters.get(name, "")
    return date.fromisoformat(text) if text else None
