"""Alarms: the list, one alarm, taking notice of it and ending it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid
from onecity.kernel.text import zh
from onecity.platform.iot.contracts import AlarmInfo
from onecity.platform.iot.permissions import HANDLE_ALARMS, VIEW_ALARMS, VIEW_DEVICES
from onecity.platform.iot.rules.series import SUB_VALUES
from onecity.platform.iot.selectors.alarm_care import care_of, consequences, steps_of
from onecity.platform.iot.selectors.alarms import AlarmQuery, alarm, alarm_note, alarms, may_handle, standing_count
from onecity.platform.iot.services.alarm_care.noting import add_note
from onecity.platform.iot.services.alarms import acknowledge, close_alarm
from onecity.platform.iot.views.shown import (
    SEVERITY,
    SEVERITY_CHOICES,
    alarm_badge,
    alarm_link,
    property_name,
    sentence,
    symbol,
    type_name,
    written,
)
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Column, Filter, Listing, Query, respond

DAY: Final = timedelta(days=1)
CARD_ROWS: Final = 6
STATES: Final = (
    ("standing", zh("未解除")),
    ("unacknowledged", zh("未解除且未确认")),
    ("quiet", zh("静默中")),
    ("cleared", zh("已解除")),
)


@requires(VIEW_ALARMS)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List the alarms that the visitor may see."""
    listing = Listing[AlarmInfo](
        title=zh("告警"),
        columns=(
            Column(zh("级别"), lambda row: SEVERITY[row.severity]),
            Column(zh("告警内容"), lambda row: row.text, link=alarm_link),
            Column(zh("状态"), alarm_badge),
            Column(zh("设备"), lambda row: row.device_name, wide_only=True),
            Column(zh("告警规则"), lambda row: row.rule_name, wide_only=True),
            Column(zh("触发时间"), lambda row: row.raised_at, look="moment"),
            Column(zh("解除时间"), lambda row: row.cleared_at, look="moment", wide_only=True),
            Column(zh("确认人"), lambda row: row.acknowledged_by, wide_only=True),
        ),
        filters=(
            Filter("state", zh("全部状态"), choices=STATES),
            Filter("severity", zh("全部级别"), choices=SEVERITY_CHOICES),
            Filter("from", zh("记录自"), kind="date_from"),
            Filter("to", zh("至"), kind="date_to"),
        ),
        fetch=lambda query: alarms(request.actor, _query(query)),
        searchable=True,
        search_hint=zh("告警内容，至少两个字"),
        empty=zh("没有符合条件的告警"),
        template="iot/alarms.html",
        extra={"standing": standing_count(request.actor), "chosen_state": request.GET.get("state", "")},
    )
    return respond(request, listing)


@requires(VIEW_ALARMS)
@require_GET
def card(request: CityRequest) -> HttpResponse:
    """Give the newest standing alarms as a fragment for the home page."""
    found = alarms(request.actor, AlarmQuery(state="standing", size=CARD_ROWS)).rows
    rows = [(row, SEVERITY[row.severity], alarm_link(row)) for row in found]
    return render(request, "iot/alarms_card.html", {"rows": rows, "count": standing_count(request.actor)})


@requires(VIEW_ALARMS)
@require_GET
def page(request: CityRequest, alarm_id: int) -> HttpResponse:
    """Show an alarm."""
    info = alarm(request.actor, alarm_id)
    facts = {
        "alarm": info,
        "state": alarm_badge(info),
        "severity": SEVERITY[info.severity],
        "property": property_name(info.device_type, info.property_code),
        "kind": SUB_VALUES.get(info.sub_value, info.sub_value),
        "value": written(info.value, type_code=info.device_type, property_code=info.property_code),
        "unit": symbol(info.unit),
        "type_name": type_name(info.device_type),
        "lasted": (info.cleared_at or request.now) - info.raised_at,
        "note": alarm_note(info.id),
        "care": care_of(info.id),
        "steps": steps_of(info.id),
        "consequences": [(row, SEVERITY[row.severity]) for row in consequences(info.id)],
        "may_handle": may_handle(request.actor, info),
        "may_view_device": request.actor.may(VIEW_DEVICES),
    }
    return render(request, "iot/alarm.html", facts)


@requires(HANDLE_ALARMS)
@require_POST
def take_notice(request: CityRequest, alarm_id: int) -> HttpResponse:
    """Acknowledge an alarm."""

    def act(actor: Actor) -> None:
        acknowledge(actor, alarm_id=alarm_id, note=request.POST.get("note", ""), now=request.now)

    return _tried(request, alarm_id, act, gettext("告警已确认"))


@requires(HANDLE_ALARMS)
@require_POST
def close(request: CityRequest, alarm_id: int) -> HttpResponse:
    """End an alarm by hand."""

    def act(actor: Actor) -> None:
        close_alarm(actor, alarm_id=alarm_id, reason=request.POST.get("reason", ""), now=request.now)

    return _tried(request, alarm_id, act, gettext("告警已解除"))


@requires(HANDLE_ALARMS)
@require_POST
def note(request: CityRequest, alarm_id: int) -> HttpResponse:
    """Add a note to an alarm."""

    def act(actor: Actor) -> None:
        add_note(actor, alarm_id=alarm_id, text=request.POST.get("text", ""), now=request.now)

    return _tried(request, alarm_id, act, gettext("备注已添加"))


def _tried(request: CityRequest, alarm_id: int, act: Callable[[Actor], None], done: str) -> HttpResponse:
    try:
        act(request.actor)
    except (Invalid, Conflict) as refusal:
        messages.error(request, sentence(refusal))
    else:
        messages.success(request, done)
    return redirect("iot:alarm", alarm_id)


def _query(query: Query) -> AlarmQuery:
    until = query.instant("to")
    return AlarmQuery(
        search=query.search,
        state=query.filters.get("state", ""),
        severity=query.filters.get("severity", ""),
        since=query.instant("from"),
        until=until + DAY if until else None,
        after=query.after,
        size=query.size,
    )
