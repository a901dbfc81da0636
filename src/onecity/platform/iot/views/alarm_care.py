"""Maintenance windows, escalation, and figures about alarms."""

from datetime import timedelta
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onecity.kernel.errors import Conflict, Invalid, NotFound, OneCityError
from onecity.kernel.text import zh
from onecity.platform.iot.declare import SEVERITY_NAMES, Severity
from onecity.platform.iot.forms import MaintenanceForm
from onecity.platform.iot.models import Maintenance
from onecity.platform.iot.permissions import HANDLE_ALARMS, MANAGE_RULES, VIEW_ALARMS
from onecity.platform.iot.selectors import alarm_care as selectors
from onecity.platform.iot.services.alarm_care.escalating import LEVELS, write_steps
from onecity.platform.iot.services.alarm_care.maintenance import NewMaintenance, end, plan
from onecity.platform.iot.views.shown import SEVERITY, sentence, type_name
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Action, Badge, Column, Filter, Listing, respond

SPANS: Final = (("1", zh("近一日")), ("7", zh("近七日")), ("30", zh("近三十日")), ("365", zh("近一年")))
_STATES: Final = (("running", zh("进行中")), ("planned", zh("未开始")), ("over", zh("已结束")))
_BADGES: Final = {
    "running": Badge(zh("进行中"), "orange"),
    "planned": Badge(zh("未开始"), "blue"),
    "over": Badge(zh("已结束"), "grey"),
}


@requires(VIEW_ALARMS)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List the maintenance windows."""
    handles = request.actor.may(HANDLE_ALARMS)
    listing = Listing[Maintenance](
        title=zh("维护窗口"),
        columns=(
            Column(zh("维护事项"), lambda row: row.title),
            Column(zh("状态"), lambda row: _BADGES[_state(row, request)]),
            Column(zh("范围"), _covers),
            Column(zh("开始时间"), lambda row: row.begins_at, look="moment"),
            Column(zh("结束时间"), lambda row: row.ended_at or row.ends_at, look="moment"),
            Column(zh("维护原因"), lambda row: row.reason, wide_only=True),
            Column(zh("登记人"), lambda row: row.author, wide_only=True),
        ),
        filters=(Filter("state", zh("全部状态"), choices=_STATES),),
        fetch=lambda query: selectors.maintenances(
            request.actor,
            state=query.filters.get("state", ""),
            after=query.after,
            size=query.size,
            now=request.now,
        ),
        empty=zh("没有登记过维护窗口"),
        actions=[Action(zh("登记维护"), reverse("iot:new_maintenance"))] if handles else [],
        template="iot/maintenance.html",
        extra={
            "running": selectors.maintenances(
                request.actor, state="running", after=None, size=20, now=request.now
            ).rows,
            "handles": handles,
        },
    )
    return respond(request, listing)


@requires(HANDLE_ALARMS)
@require_http_methods(["GET", "POST"])
def new(request: CityRequest) -> HttpResponse:
    """Plan a window."""
    first = {"begins_at": request.now, "ends_at": request.now + timedelta(hours=2)}
    form = MaintenanceForm(request.POST or None, initial={**first, "device_key": request.GET.get("device", "")})
    form.offer(request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            plan(request.actor, new=_given(form, request), now=request.now)
        except NotFound:
            form.add_error("device_key", gettext("没有找到该设备，或不在您的管理范围内"))
        except Invalid as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("维护窗口已登记，期间的告警将静默记录"))
            return redirect("iot:maintenance")
    facts = {"form": form, "form_title": gettext("登记维护"), "back": reverse("iot:maintenance")}
    return render(request, "iot/maintenance_form.html", facts)


@requires(HANDLE_ALARMS)
@require_POST
def end_window(request: CityRequest, maintenance_id: int) -> HttpResponse:
    """End a window before its time."""
    try:
        end(request.actor, maintenance_id=maintenance_id, now=request.now)
    except Conflict as refusal:
        messages.error(request, sentence(refusal))
    else:
        messages.success(request, gettext("维护窗口已提前结束"))
    return redirect("iot:maintenance")


@requires(MANAGE_RULES)
@require_http_methods(["GET", "POST"])
def escalation_page(request: CityRequest) -> HttpResponse:
    """Show and set after how long an unanswered alarm goes a level up."""
    refusal: OneCityError | None = None
    given = selectors.escalation()
    if request.method == "POST":
        given = {
            (severity.value, level): int(text)
            for severity in Severity
            for level in range(1, LEVELS + 1)
            if (text := request.POST.get(f"{severity.value}-{level}", "").strip()).isdigit() and len(text) < 7
        }
        try:
            write_steps(request.actor, minutes=given)
        except Invalid as error:
            refusal = error
        else:
            messages.success(request, gettext("告警升级设置已保存"))
            return redirect("iot:escalation")
    faults = refusal.fields if refusal else {}
    rows = [
        (
            SEVERITY[code],
            gettext(name),
            [(f"{code}-{level}", level, given.get((code, level), "")) for level in range(1, LEVELS + 1)],
            gettext(faults[code]) if code in faults else "",
        )
        for code, name in SEVERITY_NAMES.items()
    ]
    return render(request, "iot/escalation.html", {"rows": rows, "levels": range(1, LEVELS + 1)})


@requires(VIEW_ALARMS)
@require_GET
def figures(request: CityRequest) -> HttpResponse:
    """Show how many alarms there were, how soon they were taken notice of, and where they come from."""
    days = next((code for code, _ in SPANS if code == request.GET.get("days")), "30")
    found = selectors.alarm_figures(request.actor, since=request.now - timedelta(days=int(days)))
    facts = {
        "figures": found,
        "severities": [(SEVERITY[code], found.by_severity.get(code, 0)) for code in SEVERITY_NAMES],
        "spans": SPANS,
        "days": days,
    }
    return render(request, "iot/alarm_figures.html", facts)


def _state(row: Maintenance, request: CityRequest) -> str:
    if row.ended_at or row.ends_at <= request.now:
        return "over"
    return "running" if row.begins_at <= request.now else "planned"


def _covers(row: Maintenance) -> str:
    if row.device is not None:
        return row.device.name
    return row.group.name if row.group is not None else type_name(row.type_code)


def _given(form: MaintenanceForm, request: CityRequest) -> NewMaintenance:
    given = form.cleaned_data
    return NewMaintenance(
        title=given["title"],
        reason=given["reason"],
        begins_at=given["begins_at"],
        ends_at=given["ends_at"],
        organisation_id=int(given["organisation_id"]),
        device_id=form.device_id(request.actor),
        group_id=int(given["group_id"] or 0),
        type_code=given["type_code"],
    )
