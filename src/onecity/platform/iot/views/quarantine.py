"""Refused messages: the list, one with its bytes, mending, replaying, laying aside."""

from datetime import timedelta
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from onecity.kernel.errors import Conflict, Invalid, OneCityError
from onecity.kernel.text import zh
from onecity.platform.iot.contracts import QuarantinedInfo
from onecity.platform.iot.declare import PROTOCOL_NAMES
from onecity.platform.iot.permissions import HANDLE_QUARANTINE, VIEW_DEVICES
from onecity.platform.iot.rules.escaping import NotEscaped, escaped, unescaped
from onecity.platform.iot.rules.reasons import SENTENCES
from onecity.platform.iot.rules.reasons import sentence as reason_text
from onecity.platform.iot.selectors.quarantine import QuarantineQuery, quarantined, quarantined_message
from onecity.platform.iot.services.quarantine.deciding import discard as lay_aside
from onecity.platform.iot.services.quarantine.deciding import mend
from onecity.platform.iot.services.quarantine.replaying import Replayed, replay
from onecity.platform.iot.views.shown import PROTOCOL_CHOICES, QUARANTINE, hexadecimal, sentence
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Badge, Column, Filter, Listing, Query, respond

DAY: Final = timedelta(days=1)
AT_ONCE: Final = 200


@requires(HANDLE_QUARANTINE)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List the messages that were refused and that the visitor may handle."""
    listing = Listing[QuarantinedInfo](
        title=zh("隔离报文"),
        columns=(
            Column(zh("接收时间"), lambda row: row.received_at, look="moment", link=_link),
            Column(zh("原因"), lambda row: gettext(reason_text(row.reason)), link=_link),
            Column(zh("状态"), lambda row: QUARANTINE[row.state]),
            Column(zh("设备标识"), lambda row: row.device_key, look="code"),
            Column(zh("次数"), lambda row: row.times, look="number", wide_only=True),
            Column(zh("接入协议"), lambda row: gettext(PROTOCOL_NAMES[row.protocol]), wide_only=True),
            Column(zh("来源地址"), lambda row: row.peer, look="code", wide_only=True),
            Column(zh("更正"), _mended, wide_only=True),
        ),
        filters=(
            Filter("state", zh("全部状态"), choices=[(code, badge.text) for code, badge in QUARANTINE.items()]),
            Filter("reason", zh("全部原因"), choices=sorted(SENTENCES.items())),
            Filter("protocol", zh("全部接入协议"), choices=PROTOCOL_CHOICES),
            Filter("from", zh("接收自"), kind="date_from"),
            Filter("to", zh("至"), kind="date_to"),
        ),
        fetch=lambda query: quarantined(request.actor, _query(query)),
        searchable=True,
        search_hint=zh("完整的设备标识"),
        empty=zh("没有符合条件的隔离报文"),
        template="iot/quarantine.html",
        extra={"at_once": AT_ONCE},
    )
    return respond(request, listing)


@requires(HANDLE_QUARANTINE)
@require_GET
def page(request: CityRequest, message_id: int) -> HttpResponse:
    """Show a refused message."""
    return _page(request, quarantined_message(request.actor, message_id))


@requires(HANDLE_QUARANTINE)
@require_POST
def correct(request: CityRequest, message_id: int) -> HttpResponse:
    """Keep mended bytes, and replay them if asked to at once."""
    info, text = quarantined_message(request.actor, message_id), request.POST.get("text", "")
    try:
        mend(request.actor, message_id=message_id, raw=unescaped(text))
    except NotEscaped as fault:
        messages.error(request, gettext("第%(place)s个字符起的转义写法无法识别") % {"place": fault.place + 1})
        return _page(request, info, text=text, status=422)
    except (Invalid, Conflict) as refusal:
        messages.error(request, sentence(refusal))
        return _page(request, info, text=text, status=422)
    if request.POST.get("then") == "replay":
        return again(request, message_id)
    messages.success(request, gettext("更正已保存，重放后生效"))
    return redirect("iot:quarantined", message_id)


@requires(HANDLE_QUARANTINE)
@require_POST
def again(request: CityRequest, message_id: int) -> HttpResponse:
    """Replay one message."""
    quarantined_message(request.actor, message_id)
    try:
        _tell(request, replay(request.actor, [message_id], now=request.now))
    except OneCityError as refusal:
        messages.error(request, sentence(refusal))
    return redirect("iot:quarantined", message_id)


@requires(HANDLE_QUARANTINE)
@require_POST
def discard(request: CityRequest, message_id: int) -> HttpResponse:
    """Lay one message aside."""
    quarantined_message(request.actor, message_id)
    try:
        lay_aside(request.actor, [message_id], note=request.POST.get("note", ""), now=request.now)
    except Invalid as refusal:
        messages.error(request, sentence(refusal))
    else:
        messages.success(request, gettext("报文已作废"))
    return redirect("iot:quarantined", message_id)


@requires(HANDLE_QUARANTINE)
@require_POST
def again_all(request: CityRequest) -> HttpResponse:
    """Replay the newest open messages that the list's filters choose, as many as go in one transaction."""
    reason, device_key = request.POST.get("reason", ""), request.POST.get("q", "")
    query = QuarantineQuery(state="open", reason=reason, device_key=device_key, size=AT_ONCE)
    chosen = [item.id for item in quarantined(request.actor, query).rows]
    try:
        _tell(request, replay(request.actor, chosen, now=request.now))
    except OneCityError as refusal:
        messages.error(request, sentence(refusal))
    return redirect(f"{reverse('iot:quarantine')}?state=open")


def _page(request: CityRequest, info: QuarantinedInfo, *, text: str = "", status: int = 200) -> HttpResponse:
    current = info.raw if info.mended is None else info.mended
    facts = {
        "message": info,
        "state": QUARANTINE[info.state],
        "reason": reason_text(info.reason),
        "protocol": PROTOCOL_NAMES[info.protocol],
        "text": escaped(info.raw),
        "lines": hexadecimal(info.raw),
        "editable": text or escaped(current),
        "details": [(name, value) for name, value in info.fields.items() if name != "readings"],
        "readings": info.fields.get("readings", []),
        "is_open": info.state == "open",
        "may_view_device": request.actor.may(VIEW_DEVICES),
    }
    return render(request, "iot/quarantined.html", facts, status=status)


def _tell(request: CityRequest, replayed: list[Replayed]) -> None:
    """Say what a replay brought."""
    done = [item for item in replayed if not item.reason]
    if done:
        stored = sum(item.stored for item in done)
        text = gettext("已重放%(done)s条报文，入库%(stored)s条数据") % {"done": len(done), "stored": stored}
        messages.success(request, text)
    refused = {item.reason for item in replayed if item.reason}
    if refused:
        reasons = "；".join(sorted(gettext(reason_text(item)) for item in refused))
        number = len(replayed) - len(done)
        messages.error(
            request, gettext("%(number)s条报文仍被拒收：%(reasons)s") % {"number": number, "reasons": reasons}
        )
    if not replayed:
        messages.info(request, gettext("没有可重放的报文"))


def _query(query: Query) -> QuarantineQuery:
    until = query.instant("to")
    return QuarantineQuery(
        device_key=query.search,
        state=query.filters.get("state", ""),
        reason=query.filters.get("reason", ""),
        protocol=query.filters.get("protocol", ""),
        since=query.instant("from"),
        until=until + DAY if until else None,
        after=query.after,
        size=query.size,
    )


def _link(row: QuarantinedInfo) -> str:
    return reverse("iot:quarantined", args=[row.id])


def _mended(row: QuarantinedInfo) -> Badge | str:
    return Badge(zh("已更正"), "blue") if row.mended is not None else ""
