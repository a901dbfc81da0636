"""Devices that speak and are not registered; and the gateways that hear them."""

from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from onecity.kernel import clock
from onecity.kernel.text import zh
from onecity.platform.iot.contracts import GatewayInfo, UnknownInfo
from onecity.platform.iot.declare import PROTOCOL_NAMES
from onecity.platform.iot.permissions import MANAGE_DEVICES, WATCH_GATEWAYS
from onecity.platform.iot.selectors.quarantine import UnknownQuery, gateways, unknown_devices
from onecity.platform.iot.services.devices import ignore_unknown
from onecity.platform.iot.views.shown import PROTOCOL_CHOICES, STRANGER
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Badge, Column, Filter, Listing, respond

FIGURE_NAMES: Final = {
    "connections": zh("当前连接"),
    "connected": zh("累计连接"),
    "turned_away": zh("拒绝连接"),
    "messages": zh("报文数"),
    "readings": zh("监测值数"),
    "stored": zh("入库"),
    "repeated": zh("重复"),
    "quarantined": zh("隔离"),
    "unheard": zh("不需处理"),
    "answered": zh("应答"),
    "commits": zh("提交次数"),
    "waiting": zh("等待入库"),
    "lag_ms": zh("入库延迟（毫秒）"),
    "held_back": zh("限速次数"),
}


@requires(MANAGE_DEVICES)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List the devices that nobody registered."""
    listing = Listing[UnknownInfo](
        title=zh("未登记设备"),
        columns=(
            Column(zh("设备标识"), lambda row: row.key or "—", look="code", link=_adopt),
            Column(zh("状态"), lambda row: STRANGER[row.state]),
            Column(zh("接入协议"), lambda row: gettext(PROTOCOL_NAMES[row.protocol]), wide_only=True),
            Column(zh("来源地址"), lambda row: row.peer, look="code", wide_only=True),
            Column(zh("报文数"), lambda row: row.messages, look="number"),
            Column(zh("首次出现时间"), lambda row: row.first_seen_at, look="moment", wide_only=True),
            Column(zh("最近出现时间"), lambda row: row.last_seen_at, look="moment"),
        ),
        filters=(
            Filter("state", zh("待登记"), choices=[(code, STRANGER[code].text) for code in ("registered", "ignored")]),
            Filter("protocol", zh("全部接入协议"), choices=PROTOCOL_CHOICES),
        ),
        fetch=lambda query: unknown_devices(
            UnknownQuery(
                search=query.search,
                state=query.filters.get("state", "open"),
                protocol=query.filters.get("protocol", ""),
                after=query.after,
                size=query.size,
            )
        ),
        searchable=True,
        search_hint=zh("设备标识的开头"),
        empty=zh("没有未登记的设备。凡有报文而未登记的设备都会列在这里"),
        template="iot/unknown.html",
        fragment="iot/unknown_rows.html",
        extra={"may_ignore": request.GET.get("state", "") == ""},
    )
    return respond(request, listing)


@requires(MANAGE_DEVICES)
@require_POST
def ignore(request: CityRequest, unknown_id: int) -> HttpResponse:
    """Put a stranger out of sight."""
    ignore_unknown(request.actor, unknown_id=unknown_id)
    messages.success(request, gettext("已忽略该设备，其报文仍会计数"))
    return redirect("iot:unknown")


@requires(WATCH_GATEWAYS)
@require_GET
def gateway_states(request: CityRequest) -> HttpResponse:
    """Show the gateway processes; asked again every few seconds."""
    rows = [(item, _gateway_badge(item), _figures(item)) for item in gateways(clock.real_now())]
    template = "iot/gateway_rows.html" if request.wants_fragment else "iot/gateways.html"
    return render(request, template, {"gateways": rows})


def _gateway_badge(item: GatewayInfo) -> Badge:
    if item.alive:
        return Badge(zh("运行中"), "green")
    return Badge(zh("已停止"), "grey") if item.stopped_at else Badge(zh("失去联系"), "red")


def _figures(item: GatewayInfo) -> list[tuple[str, str]]:
    return [(FIGURE_NAMES.get(name, name), f"{value:,.0f}") for name, value in item.figures.items()]


def _adopt(row: UnknownInfo) -> str:
    return f"{reverse('iot:new_device')}?unknown={row.id}"
