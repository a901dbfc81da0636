"""The raw messages of one device: switching the trace on, looking at the bytes, taking them away."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from onecity.kernel import clock
from onecity.kernel.errors import Invalid
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts.tracing import TracedInfo
from onecity.platform.iot.permissions import TRACE_DEVICES
from onecity.platform.iot.rules.escaping import escaped
from onecity.platform.iot.rules.reasons import sentence as reason_text
from onecity.platform.iot.selectors.devices import device_for
from onecity.platform.iot.selectors.tracing import trace_of, traced_messages
from onecity.platform.iot.services.tracing import MOST_KEPT, start_trace, stop_trace
from onecity.platform.iot.views.shown import DEVICE, hexadecimal, person_name, sentence
from onecity.web.access import requires
from onecity.web.http import CityRequest

PAGE: Final = 50
MINUTES: Final = (5, 15, 30, 60)


@dataclass(frozen=True, slots=True)
class Shown:
    """One message as the page shows it."""

    info: TracedInfo
    text: str
    lines: list[tuple[str, str, str]]
    result: str


@requires(TRACE_DEVICES)
@require_GET
def page(request: CityRequest, device_id: int) -> HttpResponse:
    """Show what was kept; `?before=` goes back, and the list alone is given to the page that asks every few seconds."""
    device = device_for(request.actor, device_id, permission=TRACE_DEVICES)
    given = request.GET.get("before", "")
    before = int(given) if given.isascii() and given.isdigit() else None
    found = traced_messages(request.actor, device_id, size=PAGE + 1, before=before)
    trace = trace_of(request.actor, device_id, now=clock.real_now())
    facts: dict[str, object] = {
        "device": device,
        "state": DEVICE[device.state],
        "trace": trace,
        "started_by": person_name(trace.started_by) if trace else "",
        "view": "text" if request.GET.get("view") == "text" else "hex",
        "messages_kept": [_shown(item) for item in found[:PAGE]],
        "following": found[PAGE - 1].id if len(found) > PAGE else None,
        "before": before,
        "minutes": MINUTES,
    }
    part = request.headers.get("HX-Request") == "true"
    return render(request, "iot/tracing/messages.html" if part else "iot/tracing/trace.html", facts)


@requires(TRACE_DEVICES)
@require_POST
def start(request: CityRequest, device_id: int) -> HttpResponse:
    """Keep the device's bytes for a while."""
    given = request.POST.get("minutes", "")
    minutes = int(given) if given.isascii() and given.isdigit() else 0
    try:
        start_trace(request.actor, device_id=device_id, minutes=minutes, now=clock.real_now())
    except Invalid as refusal:
        messages.error(request, sentence(refusal))
    else:
        messages.success(request, gettext("已开始跟踪，网关将在两秒内生效"))
    return redirect("iot:trace", device_id)


@requires(TRACE_DEVICES)
@require_POST
def stop(request: CityRequest, device_id: int) -> HttpResponse:
    """Keep no more of them."""
    stop_trace(request.actor, device_id=device_id, now=clock.real_now())
    messages.success(request, gettext("已停止跟踪"))
    return redirect("iot:trace", device_id)


@requires(TRACE_DEVICES)
@require_GET
def download(request: CityRequest, device_id: int) -> HttpResponse:
    """Give everything that was kept, oldest first: one JSON object a line, bytes as hexadecimal."""
    device = device_for(request.actor, device_id, permission=TRACE_DEVICES)
    kept = traced_messages(request.actor, device_id, size=MOST_KEPT)
    identity.record(request.actor, action="iot.download_trace", target=f"iot.device:{device_id}")
    response = HttpResponse("".join(_lines(kept)), content_type="application/x-ndjson; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="trace-{device.id}.jsonl"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _shown(info: TracedInfo) -> Shown:
    return Shown(info, escaped(info.raw), list(hexadecimal(info.raw)), gettext(reason_text(info.result)))


def _lines(kept: list[TracedInfo]) -> Iterator[str]:
    for item in reversed(kept):
        line = {
            "at": item.at.isoformat(),
            "direction": "down" if item.outward else "up",
            "protocol": item.protocol,
            "peer": item.peer,
            "hex": item.raw.hex(),
            "result": item.result,
        }
        yield json.dumps(line, ensure_ascii=False) + "\n"
