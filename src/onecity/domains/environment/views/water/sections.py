"""Sections: the list, one with what was measured there, and what staff tell of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.contrib import messages as notices
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from onecity.domains.environment.forms.water import SectionForm
from onecity.domains.environment.models import WaterSample
from onecity.domains.environment.permissions import MANAGE_WATER
from onecity.domains.environment.rules.times import day_of
from onecity.domains.environment.rules.water.items import BODY_NAMES, CLASSES, Item
from onecity.domains.environment.selectors.water import sections
from onecity.domains.environment.selectors.water.columns import ITEM_COLUMNS
from onecity.domains.environment.selectors.water.wording import items, water_class
from onecity.domains.environment.services.water.describing import describe_section
from onecity.domains.environment.views.calendar import month_asked
from onecity.domains.environment.views.showing import frame
from onecity.domains.environment.views.water.calendar import month_of
from onecity.domains.environment.views.water.city import LAYER
from onecity.domains.environment.views.water.showing import amount, badge, classes_chart, parts, shown
from onecity.kernel.errors import OneCityError
from onecity.kernel.text import zh
from onecity.platform.geo import api as geo
from onecity.web.access import public, requires
from onecity.web.http import CityRequest
from onecity.web.listing import Action, Badge, Column, Filter, Listing, respond

SHOWN: Final = timedelta(days=7)
SYMBOLS: Final = {
    Item.PH: "pH",
    Item.DO: "DO",
    Item.CODMN: "CODMn",
    Item.NH3N: "NH3-N",
    Item.TP: "TP",
    Item.TN: "TN",
}
_LEVELS: Final = [(str(item.number), item.numeral) for item in CLASSES]
_NOTHING: Final = Badge(zh("无数据"))


@public
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List the sections in service with their water now."""
    listing = Listing[sections.SectionNow](
        title=zh("水质断面"),
        columns=(
            Column(zh("断面名称"), lambda row: row.section.name, link=_link),
            Column(zh("水质类别"), lambda row: badge(row.sample.water_class) if row.sample else _NOTHING),
            Column(zh("水质目标"), lambda row: _numeral(row.section.target_class)),
            Column(zh("所在水体"), lambda row: row.section.river, wide_only=True),
            Column(zh("水体类型"), lambda row: gettext(BODY_NAMES[row.section.body]), wide_only=True),
            Column(zh("定类项目"), lambda row: items(row.sample.worst) if row.sample else "", wide_only=True),
            Column(
                zh("监测时间"), lambda row: row.sample.measured_at if row.sample else None, "moment", wide_only=True
            ),
            Column(zh("所属城市"), lambda row: row.section.city_name, wide_only=True),
        ),
        filters=(
            Filter("level", zh("水质类别"), choices=_LEVELS),
            Filter("body", zh("水体类型"), choices=list(BODY_NAMES.items())),
            Filter("below", zh("只看劣于目标的"), kind="flag"),
        ),
        searchable=True,
        search_hint=zh("输入断面、水体或城市名称"),
        fetch=lambda query: sections.sections_page(query, now=request.now),
        empty=zh("没有符合条件的断面。登记类型为“地表水自动站”的设备，或导入国家平台发布的数据，断面随即出现在这里。"),
        actions=[Action(zh("导入发布数据"), reverse("environment:import_water"), "file-import")]
        if request.actor.may(MANAGE_WATER)
        else [],
        template="environment/list.html",
        extra={"base": frame(request), "home": reverse("environment:water"), "home_name": zh("水环境")},
    )
    return respond(request, listing)


@public
@require_GET
def section(request: CityRequest, section_id: int) -> HttpResponseBase:
    """Show one section: its water now, a week as a chart, a month of days, months, and its samples as a list."""
    found = sections.section_by_id(section_id, now=request.now)
    listing = Listing[WaterSample](
        title=gettext("%(name)s 水质监测数据") % {"name": found.section.name},
        columns=(
            Column(zh("监测时间"), lambda row: row.measured_at, look="moment"),
            Column(zh("水质类别"), lambda row: badge(row.water_class)),
            Column(zh("定类项目"), lambda row: items(row.worst), wide_only=True),
            *(Column(SYMBOLS[item], _amount_of(item), look="number", wide_only=True) for item in ITEM_COLUMNS),
            Column(zh("水温（℃）"), lambda row: _number(row.temperature_c), look="number", wide_only=True),
            Column(zh("发布类别"), lambda row: _numeral(row.published_class), wide_only=True),
        ),
        filters=(
            Filter("since", zh("起始日期"), kind="date_from"),
            Filter("until", zh("截止日期"), kind="date_to"),
        ),
        fetch=lambda query: sections.samples_page(section_id, query=query, until=request.now + timedelta(seconds=1)),
        empty=zh("这段时间没有监测数据"),
        template="environment/water/section.html",
        extra=_facts(request, found),
    )
    return respond(request, listing)


@requires(MANAGE_WATER)
@require_http_methods(["GET", "POST"])
def change(request: CityRequest, section_id: int) -> HttpResponse:
    """Change what staff tell of a section."""
    row = sections.section_by_id(section_id, now=request.now).section
    form = SectionForm(request.POST) if request.method == "POST" else SectionForm(initial=SectionForm.initial_of(row))
    if request.method == "POST" and form.is_valid():
        try:
            describe_section(request.actor, section_id=row.id, facts=form.facts(), now=request.now)
        except OneCityError as error:
            form.take(error)
        else:
            notices.success(request, gettext("已保存，水质已按新的水体类型和目标重新评价"))
            return redirect("environment:water_section", row.id)
    facts = {
        "form": form,
        "title": gettext("变更断面资料"),
        "about": row.name,
        "back": reverse("environment:water_section", args=[row.id]),
    }
    return render(request, "environment/form.html", facts, status=422 if form.errors else 200)


def _facts(request: CityRequest, found: sections.SectionNow) -> dict[str, object]:
    row, today = found.section, day_of(request.now)
    samples = sections.samples_between(row.id, since=request.now - SHOWN, until=request.now)
    place = (row.location.x, row.location.y) if row.location is not None else None
    return {
        "base": frame(request),
        "section": row,
        "sample": found.sample,
        "water": shown(found.sample),
        "parts": parts(found.sample, section=row) if found.sample else [],
        "target": _numeral(row.target_class),
        "body": BODY_NAMES[row.body],
        "chart": classes_chart(samples, target=row.target_class) if samples else None,
        "samples": [(item, shown(item)) for item in reversed(samples)],
        "month": month_of(row.id, month_asked(request.GET.get("month", ""), today=today), today=today),
        "months": [(item, shown(item)) for item in sections.months_of(row.id, last=today)],
        "may_manage": request.actor.may(MANAGE_WATER),
        "map": geo.map_settings(
            request.actor, name="section-map", shown=(LAYER,), offered=(LAYER,), focus=geo.Focus(mark=place)
        )
        if place
        else None,
    }


def _amount_of(item: Item) -> Callable[[WaterSample], str]:
    return lambda row: amount(item, getattr(row, ITEM_COLUMNS[item]))


def _numeral(number: int | None) -> str:
    found = water_class(number)
    return gettext(found.numeral) if found else ""


def _number(value: object) -> str:
    return "" if value is None else f"{value:.1f}"


def _link(row: sections.SectionNow) -> str:
    return reverse("environment:water_section", args=[row.section.id])
