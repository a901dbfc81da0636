"""Noise: the citizens' page, the staff's list, and one station with its hours and days."""

from datetime import timedelta
from typing import Final

from django.contrib import messages as notices
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from onecity.domains.environment.forms.noise import AreaForm
from onecity.domains.environment.models import NoiseDay
from onecity.domains.environment.permissions import MANAGE_NOISE, VIEW_STANDARDS
from onecity.domains.environment.rules.noise.areas import AREA_NAMES, Area
from onecity.domains.environment.rules.times import HOUR
from onecity.domains.environment.selectors.noise import stations as selectors
from onecity.domains.environment.services.noise.describing import place_station
from onecity.domains.environment.views.noise.showing import day_badge, hour_badge, hours_chart, level
from onecity.domains.environment.views.showing import frame
from onecity.kernel.errors import OneCityError
from onecity.kernel.text import zh
from onecity.platform.geo import api as geo
from onecity.web.access import public, requires
from onecity.web.http import CityRequest
from onecity.web.listing import Column, Filter, Listing, respond

LAYER: Final = "environment.noise_stations"
SHOWN: Final = timedelta(hours=48)
MARGIN: Final = 0.01
"""Degrees."""
_AREAS: Final = list(AREA_NAMES.items())


@public
@require_GET
def noise(request: CityRequest) -> HttpResponse:
    """Show the city's noise to everybody."""
    found = selectors.stations(now=request.now)
    judged = [item.hour for item in found if item.hour is not None and item.hour.excess_db is not None]
    facts = {
        "base": frame(request),
        "stations": [
            (item.station, item.hour, hour_badge(item.hour), area_name(item.station.area_code)) for item in found
        ],
        "judged": len(judged),
        "loud": sum(row.excess_db is not None and row.excess_db > 0 for row in judged),
        "map": geo.map_settings(
            request.actor,
            name="noise-map",
            shown=(LAYER,),
            offered=(LAYER,),
            focus=geo.Focus(box=_around(found)),
        ),
    }
    return render(request, "environment/noise/city.html", facts)


@requires(VIEW_STANDARDS)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List the stations in service with their noise now."""
    listing = Listing[selectors.StationNow](
        title=zh("噪声站点"),
        columns=(
            Column(zh("站点"), lambda row: row.station.name, link=_link),
            Column(zh("等效声级（分贝）"), lambda row: level(row.hour.leq_db) if row.hour else "—", look="number"),
            Column(zh("评价"), lambda row: hour_badge(row.hour)),
            Column(zh("功能区"), lambda row: row.station.area_code or gettext("未登记"), look="code"),
            Column(
                zh("当时限值（分贝）"),
                lambda row: level(row.hour.limit_db) if row.hour else "—",
                "number",
                wide_only=True,
            ),
            Column(
                zh("小时结束"), lambda row: row.hour.begins_at + HOUR if row.hour else None, "moment", wide_only=True
            ),
            Column(zh("站点编码"), lambda row: row.station.key, look="code", wide_only=True),
            Column(zh("地址"), lambda row: row.station.address, wide_only=True),
        ),
        filters=(Filter("area", zh("声环境功能区"), choices=_AREAS),),
        searchable=True,
        search_hint=zh("输入站点名称或编码"),
        fetch=lambda query: selectors.stations_page(query, now=request.now),
        empty=zh("还没有噪声站。请在“设备”中登记类型为“声环境自动站”的设备，站点随即出现在这里。"),
    )
    return respond(request, listing)


@public
@require_GET
def station(request: CityRequest, station_id: int) -> HttpResponseBase:
    """Show one station: its noise now, two days as a chart, its days as a list and as files."""
    found = selectors.station_by_id(station_id, now=request.now)
    listing = Listing[NoiseDay](
        title=gettext("%(name)s 日噪声") % {"name": found.station.name},
        columns=(
            Column(zh("日期"), lambda row: row.date.isoformat(), look="code"),
            Column(zh("昼间Ld"), lambda row: level(row.ld_db), look="number"),
            Column(zh("夜间Ln"), lambda row: level(row.ln_db), look="number"),
            Column(zh("评价"), day_badge),
            Column(zh("昼夜Ldn"), lambda row: level(row.ldn_db), look="number", wide_only=True),
            Column(zh("全天Leq"), lambda row: level(row.leq_db), look="number", wide_only=True),
            Column(zh("夜间最大声级"), lambda row: level(row.peak_db), look="number", wide_only=True),
            Column(
                zh("限值（昼 / 夜）"),
                lambda row: f"{row.day_limit_db:.0f} / {row.night_limit_db:.0f}",
                look="number",
                wide_only=True,
            ),
            Column(zh("小时数（昼 / 夜）"), lambda row: f"{row.day_hours} / {row.night_hours}", wide_only=True),
        ),
        filters=(
            Filter("since", zh("起始日期"), kind="date_from"),
            Filter("until", zh("截止日期"), kind="date_to"),
        ),
        fetch=lambda query: selectors.days_page(station_id, query),
        empty=zh("这段时间没有日数据"),
        template="environment/noise/station.html",
        extra=_facts(request, found),
    )
    return respond(request, listing)


@requires(MANAGE_NOISE)
@require_http_methods(["GET", "POST"])
def change(request: CityRequest, station_id: int) -> HttpResponse:
    """Say in which area a station stands."""
    row = selectors.station_by_id(station_id, now=request.now).station
    form = AreaForm(request.POST) if request.method == "POST" else AreaForm(initial={"area_code": row.area_code})
    if request.method == "POST" and form.is_valid():
        try:
            place_station(request.actor, station_id=station_id, now=request.now, **form.cleaned_data)
        except OneCityError as error:
            form.take(error)
        else:
            notices.success(request, gettext("功能区已登记，已有数据已重新评价"))
            return redirect("environment:noise_station", station_id)
    facts = {
        "form": form,
        "title": gettext("登记声环境功能区"),
        "about": row.name,
        "back": reverse("environment:noise_station", args=[station_id]),
    }
    return render(request, "environment/form.html", facts, status=422 if form.errors else 200)


def area_name(code: str) -> str:
    """Return what an area is called; "" for none."""
    return AREA_NAMES[Area(code)] if code else ""


def _facts(request: CityRequest, found: selectors.StationNow) -> dict[str, object]:
    row = found.station
    hours = selectors.hours_between(row.device_id, since=request.now - SHOWN, until=request.now)
    place = (row.location.x, row.location.y) if row.location is not None else None
    return {
        "base": frame(request),
        "station": row,
        "hour": found.hour,
        "ends_at": found.hour.begins_at + HOUR if found.hour else None,
        "badge": hour_badge(found.hour),
        "area": area_name(row.area_code),
        "chart": hours_chart(hours) if hours else None,
        "hours": [(item, item.begins_at + HOUR, hour_badge(item)) for item in reversed(hours)],
        "may_manage": request.actor.may(MANAGE_NOISE),
        "map": geo.map_settings(
            request.actor, name="noise-map", shown=(LAYER,), offered=(LAYER,), focus=geo.Focus(mark=place)
        )
        if place
        else None,
    }


def _link(row: selectors.StationNow) -> str:
    return reverse("environment:noise_station", args=[row.station.device_id])


def _around(found: list[selectors.StationNow]) -> tuple[float, float, float, float] | None:
    """Return the box around the stations, with a margin; None where none has a place."""
    places = [item.station.location for item in found if item.station.location is not None]
    if not places:
        return None
    east, north = [place.x for place in places], [place.y for place in places]
    return min(east) - MARGIN, min(north) - MARGIN, max(east) + MARGIN, max(north) + MARGIN
