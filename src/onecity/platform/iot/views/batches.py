"""One order to many devices: the list, a new one, how far it is."""

import json
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onecity.kernel import clock
from onecity.kernel.errors import OneCityError
from onecity.kernel.text import zh
from onecity.platform.iot.contracts import BatchInfo
from onecity.platform.iot.forms.firmware import BatchForm
from onecity.platform.iot.permissions import COMMAND_DEVICES, VIEW_DEVICES
from onecity.platform.iot.selectors.orders import batch, batches, orders_of_batch
from onecity.platform.iot.services.commands import cancel_batch, order_many
from onecity.platform.iot.views.shown import ORDER, person_name, type_name
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Action, Column, Listing, respond

SHOWN: Final = 200
OPEN: Final = ("queued", "sent", "accepted")


@requires(VIEW_DEVICES)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List orders to many devices."""
    listing = Listing[BatchInfo](
        title=zh("批量命令"),
        columns=(
            Column(zh("名称"), lambda row: row.name, link=_link),
            Column(zh("设备类型"), lambda row: type_name(row.type_code), wide_only=True),
            Column(zh("台数"), lambda row: row.total, look="number"),
            Column(zh("执行成功"), lambda row: row.counts.get("done", 0), look="number"),
            Column(zh("下达人"), lambda row: person_name(row.asked_by), wide_only=True),
            Column(zh("下达时间"), lambda row: row.asked_at, look="moment", wide_only=True),
        ),
        fetch=lambda query: batches(request.actor, after=query.after, size=query.size),
        empty=zh("还没有批量下达过命令"),
        actions=[Action(zh("批量下达命令"), reverse("iot:new_batch"), icon="send")]
        if request.actor.may(COMMAND_DEVICES)
        else [],
    )
    return respond(request, listing)


@requires(COMMAND_DEVICES)
@require_http_methods(["GET", "POST"])
def new(request: CityRequest) -> HttpResponse:
    """Order many devices."""
    form = BatchForm(request.POST or None)
    form.offer(request.actor)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = order_many(
                request.actor,
                name=given["name"],
                chosen=form.chosen(),
                code=given["code"],
                arguments=given["arguments"],
                now=clock.real_now(),
            )
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("命令已提交，等待网关下发"))
            return redirect("iot:batch", made)
    facts = {
        "form": form,
        "form_title": gettext("批量下达命令"),
        "back": reverse("iot:batches"),
        "back_name": zh("批量命令"),
        "submit": gettext("下达"),
    }
    return render(request, "iot/devices/form.html", facts, status=422 if form.is_bound else 200)


@requires(VIEW_DEVICES)
@require_GET
def page(request: CityRequest, batch_id: int) -> HttpResponse:
    """Show a batch; asks for itself again while orders are open."""
    info = batch(request.actor, batch_id)
    facts = {
        "batch": info,
        "type_name": type_name(info.type_code),
        "person": person_name(info.asked_by),
        "arguments": json.dumps(dict(info.arguments), ensure_ascii=False) if info.arguments else "",
        "counts": [(badge, info.counts.get(code, 0)) for code, badge in ORDER.items()],
        "ended": sum(count for code, count in info.counts.items() if code not in OPEN),
        "is_open": any(info.counts.get(code) for code in OPEN),
        "may_cancel": request.actor.may(COMMAND_DEVICES) and bool(info.counts.get("queued")),
        "orders": [(item, ORDER[item.state]) for item in orders_of_batch(batch_id, most=SHOWN)],
        "shown": SHOWN,
    }
    wanted = "iot/devices/batch_state.html" if request.wants_fragment else "iot/devices/batch.html"
    return render(request, wanted, facts)


@requires(COMMAND_DEVICES)
@require_POST
def cancel(request: CityRequest, batch_id: int) -> HttpResponse:
    """Take back what of a batch waits."""
    ended = cancel_batch(request.actor, batch_id=batch_id, now=clock.real_now())
    messages.success(request, gettext("已取消%(number)s条待下发的命令") % {"number": ended})
    return redirect("iot:batch", batch_id)


def _link(row: BatchInfo) -> str:
    return reverse("iot:batch", args=[row.id])
