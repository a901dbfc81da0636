"""One device: its newest values, one datastream over time, alarms, token, orders, what it said."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from onecity.kernel import clock
from onecity.kernel.errors import NotFound, OneCityError
from onecity.platform.iot.contracts import DeviceInfo, LatestValue
from onecity.platform.iot.declare import PERIOD_NAMES, PROTOCOL_NAMES, Protocol
from onecity.platform.iot.permissions import COMMAND_DEVICES, MANAGE_DEVICES, TRACE_DEVICES, VIEW_ALARMS, VIEW_DEVICES
from onecity.platform.iot.registries import device_types
from onecity.platform.iot.rules.quality import GOOD, code, meaning
from onecity.platform.iot.rules.series import SUB_VALUES
from onecity.platform.iot.selectors.alarms import AlarmQuery, alarms
from onecity.platform.iot.selectors.devices import datastreams_of, device_for, latest_values, may_touch
from onecity.platform.iot.selectors.orders import notes_of, orders_of, token_of
from onecity.platform.iot.selectors.types import belongings_of
from onecity.platform.iot.services import commands, credentials
from onecity.platform.iot.views.drawing import COLUMNS, SPANS, chosen_stream, drawn, rows, span_of
from onecity.platform.iot.views.shown import (
    DEVICE,
    ORDER,
    SEVERITY,
    alarm_badge,
    organisation_names,
    person_name,
    property_name,
    sentence,
    stream_name,
    symbol,
    type_name,
    written,
)
from onecity.web.access import requires
from onecity.web.exports import FORMATS, export
from onecity.web.http import CityRequest

MOST_LISTED: Final = 10


@dataclass(frozen=True, slots=True)
class Value:
    """A newest value as the page shows it."""

    id: int
    name: str
    period: str
    kind: str
    text: str
    unit: str
    at: datetime
    quality: str
    good: bool


@requires(VIEW_DEVICES)
@require_GET
def page(request: CityRequest, device_id: int) -> HttpResponseBase:
    """Show a device; `?stream=` and `?span=` choose what is drawn, `?format=` exports it."""
    info = device_for(request.actor, device_id)
    return _page(request, info)


@requires(VIEW_DEVICES)
@require_GET
def values(request: CityRequest, device_id: int) -> HttpResponse:
    """Give the newest values alone, for the page that asks every few seconds."""
    info = device_for(request.actor, device_id)
    shown = [_value(info, item) for item in latest_values(device_id)]
    return render(request, "iot/values.html", {"device": info, "values": shown, "state": DEVICE[info.state]})


@requires(MANAGE_DEVICES)
@require_POST
def issue_token(request: CityRequest, device_id: int) -> HttpResponse:
    """Issue a token and show it this once."""
    token = credentials.issue_token(request.actor, device_id=device_id, now=clock.real_now())
    info = device_for(request.actor, device_id, permission=MANAGE_DEVICES)
    response = render(request, "iot/token.html", {"device": info, "token": token})
    response.headers["Cache-Control"] = "no-store"
    return response


@requires(MANAGE_DEVICES)
@require_POST
def revoke_token(request: CityRequest, device_id: int) -> HttpResponse:
    """Take a device's token away."""
    credentials.revoke_token(request.actor, device_id=device_id, now=clock.real_now())
    messages.success(request, gettext("令牌已吊销"))
    return redirect("iot:device", device_id)


@requires(COMMAND_DEVICES)
@require_POST
def order(request: CityRequest, device_id: int) -> HttpResponse:
    """Order a device to do something."""
    given = request.POST.get("argument", "").strip()
    argument = int(given) if given.lstrip("-").isdigit() and given.isascii() else None
    wanted = request.POST.get("code", "")
    try:
        commands.order(request.actor, device_id=device_id, code=wanted, argument=argument, now=clock.real_now())
    except NotFound:
        raise
    except OneCityError as refusal:
        messages.error(request, sentence(refusal))
    else:
        messages.success(request, gettext("命令已提交，等待网关下发"))
    return redirect("iot:device", device_id)


def _page(request: CityRequest, info: DeviceInfo) -> HttpResponseBase:
    streams, latest = datastreams_of([info.id]), latest_values(info.id)
    chosen, span = chosen_stream(streams, request.GET.get("stream", "")), request.GET.get("span", "day")
    found = span_of(chosen, latest=latest, span=span, now=request.now) if chosen else None
    wanted = request.GET.get("format", "")
    if chosen and found and wanted in FORMATS:
        title = f"{info.name} {stream_name(info.type_code, chosen)}"
        return export(wanted, title=title, names=COLUMNS, rows=rows(found, chosen))
    facts: dict[str, object] = {
        "device": info,
        "state": DEVICE[info.state],
        "type_name": type_name(info.type_code),
        "protocol": PROTOCOL_NAMES[info.protocol],
        "organisation": organisation_names().get(info.organisation_id, ""),
        "values": [_value(info, item) for item in latest],
        "streams": [(stream, stream_name(info.type_code, stream)) for stream in streams],
        "chosen": chosen,
        "span": span,
        "spans": [(code, name) for code, (name, _) in SPANS.items()],
        "notes": notes_of(info.id, most=MOST_LISTED),
        "may_manage": may_touch(request.actor, info, MANAGE_DEVICES),
        "belongs": belongings_of(info.id),
        "may_trace": may_touch(request.actor, info, TRACE_DEVICES),
        **(drawn(info, chosen, found) if chosen and found else {"chart": None}),
        **_alarms(request, info),
        **_token(request, info),
        **_orders(request, info),
    }
    return render(request, "iot/device.html", facts)


def _value(info: DeviceInfo, item: LatestValue) -> Value:
    stream = item.datastream
    return Value(
        id=stream.id,
        name=property_name(info.type_code, stream.property_code),
        period=PERIOD_NAMES[stream.period],
        kind=SUB_VALUES.get(stream.sub_value, stream.sub_value),
        text=written(item.result, type_code=info.type_code, property_code=stream.property_code),
        unit=symbol(stream.unit),
        at=item.phenomenon_at,
        quality=meaning(code(item.quality)),
        good=item.quality == GOOD,
    )


def _alarms(request: CityRequest, info: DeviceInfo) -> dict[str, object]:
    if not request.actor.may(VIEW_ALARMS):
        return {}
    found = alarms(request.actor, AlarmQuery(device_id=info.id, size=MOST_LISTED)).rows
    return {"alarms": [(item, alarm_badge(item), SEVERITY[item.severity]) for item in found], "may_view_alarms": True}


def _token(request: CityRequest, info: DeviceInfo) -> dict[str, object]:
    speaks_json = info.protocol in {Protocol.MQTT, Protocol.HTTP}
    if not speaks_json or not may_touch(request.actor, info, MANAGE_DEVICES):
        return {}
    return {"token": token_of(info.id), "may_issue": True}


def _orders(request: CityRequest, info: DeviceInfo) -> dict[str, object]:
    kind = device_types().get(info.type_code)
    names = {item.code: item.name for item in kind.commands} if kind else {}
    listed = [
        (item, names.get(item.code, item.code), ORDER[item.state], person_name(item.asked_by))
        for item in orders_of(info.id, most=MOST_LISTED)
    ]
    may = may_touch(request.actor, info, COMMAND_DEVICES) and info.state != "retired"
    return {"orders": listed, "commands": kind.commands if kind and may else ()}
