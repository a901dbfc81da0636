"""Devices: the list, registering one, changing it, taking it out of service."""

from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onecity.kernel.actor import Actor
from onecity.kernel.errors import OneCityError
from onecity.kernel.text import zh
from onecity.platform.iot.contracts import DeviceFilter, DeviceInfo
from onecity.platform.iot.declare import PROTOCOL_NAMES
from onecity.platform.iot.forms import ChangeForm, DeviceForm, described
from onecity.platform.iot.permissions import MANAGE_DEVICES, VIEW_DEVICES
from onecity.platform.iot.selectors.devices import DeviceQuery, device_for, devices, state_counts, wire_facts
from onecity.platform.iot.selectors.life import group_names
from onecity.platform.iot.selectors.quarantine import unknown_device
from onecity.platform.iot.selectors.types import belongings_of, product_names
from onecity.platform.iot.services import devices as services
from onecity.platform.iot.views.shown import (
    DEVICE,
    PROTOCOL_CHOICES,
    STATE_CHOICES,
    organisation_names,
    type_choices,
    type_name,
)
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Action, Column, Filter, Listing, respond

EMPTY: Final = zh("没有符合条件的设备。设备登记后，收到的数据会显示在这里")


@requires(VIEW_DEVICES)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List the devices that the visitor may see."""
    names = organisation_names()
    listing = Listing[DeviceInfo](
        title=zh("物联设备"),
        columns=(
            Column(zh("设备名称"), lambda row: row.name, link=device_link),
            Column(zh("设备标识"), lambda row: row.key, look="code", wide_only=True),
            Column(zh("状态"), lambda row: DEVICE[row.state]),
            Column(zh("设备类型"), lambda row: type_name(row.type_code), wide_only=True),
            Column(zh("接入协议"), lambda row: gettext(PROTOCOL_NAMES[row.protocol]), wide_only=True),
            Column(zh("所属机构"), lambda row: names.get(row.organisation_id, ""), wide_only=True),
            Column(zh("所在网格"), lambda row: row.division_code, look="code", wide_only=True),
            Column(zh("最近通信时间"), lambda row: row.last_seen_at, look="moment"),
        ),
        filters=(
            Filter("state", zh("全部状态"), choices=STATE_CHOICES),
            Filter("type", zh("全部设备类型"), choices=type_choices()),
            Filter("protocol", zh("全部接入协议"), choices=PROTOCOL_CHOICES),
            Filter("group", zh("全部分组"), choices=group_names(request.actor)),
            Filter(
                "product",
                zh("全部产品"),
                choices=[(str(number), name) for number, name in product_names(request.actor)],
            ),
            Filter("tag", zh("标签"), kind="text"),
        ),
        fetch=lambda query: devices(
            request.actor,
            DeviceQuery(
                search=query.search,
                type_code=query.filters.get("type", ""),
                state=query.filters.get("state", ""),
                protocol=query.filters.get("protocol", ""),
                after=query.after,
                size=query.size,
                more=DeviceFilter(
                    group_id=int(query.filters.get("group", 0)),
                    product_id=int(query.filters.get("product", 0)),
                    tag=query.filters.get("tag", ""),
                ),
            ),
        ),
        searchable=True,
        search_hint=zh("设备名称或标识，至少两个字"),
        empty=EMPTY,
        actions=_actions(request.actor),
        template="iot/devices.html",
        extra={"tabs": _tabs(request)},
    )
    return respond(request, listing)


@requires(MANAGE_DEVICES)
@require_http_methods(["GET", "POST"])
def new(request: CityRequest) -> HttpResponse:
    """Register a device; one that is heard of already brings its key and protocol (`?unknown=`)."""
    form = DeviceForm(request.POST or None, initial=_stranger(request))
    form.offer(request.actor, MANAGE_DEVICES)
    if request.method == "POST" and form.is_valid():
        try:
            number = services.register_device(request.actor, new=form.new(), now=request.now)
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("设备已登记"))
            return redirect("iot:device", number)
    return render(request, "iot/new_device.html", {"form": form}, status=422 if form.is_bound else 200)


@requires(MANAGE_DEVICES)
@require_http_methods(["GET", "POST"])
def change(request: CityRequest, device_id: int) -> HttpResponse:
    """Change a device's description."""
    info = device_for(request.actor, device_id, permission=MANAGE_DEVICES)
    has_password, scales = wire_facts(device_id)
    told = described(info, has_password=has_password, scales=scales, **belongings_of(device_id))
    form = ChangeForm(request.POST or None, initial=told)
    form.offer(request.actor, MANAGE_DEVICES)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_device(request.actor, device_id=device_id, changes=form.changes())
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("设备信息已保存"))
            return redirect("iot:device", device_id)
    facts = {"form": form, "device": info}
    return render(request, "iot/change_device.html", facts, status=422 if form.is_bound else 200)


@requires(MANAGE_DEVICES)
@require_POST
def retire(request: CityRequest, device_id: int) -> HttpResponse:
    """Take a device out of service."""
    reason = request.POST.get("reason", "")
    services.retire_device(request.actor, device_id=device_id, reason=reason, now=request.now)
    messages.success(request, gettext("设备已停用"))
    return redirect("iot:device", device_id)


@requires(MANAGE_DEVICES)
@require_POST
def restore(request: CityRequest, device_id: int) -> HttpResponse:
    """Take a device back into service."""
    services.restore_device(request.actor, device_id=device_id)
    messages.success(request, gettext("设备已恢复使用"))
    return redirect("iot:device", device_id)


def device_link(row: DeviceInfo) -> str:
    """Return the address of a device's page."""
    return reverse("iot:device", args=[row.id])


def _actions(actor: Actor) -> list[Action]:
    others = [
        Action(zh("在地图上看"), "/map?layer=iot.devices", icon="map"),
        Action(zh("设备分组"), reverse("iot:groups"), icon="stack-2"),
    ]
    if not actor.may(MANAGE_DEVICES):
        return others
    return [
        *others,
        Action(zh("登记设备"), reverse("iot:new_device")),
        Action(zh("批量登记"), reverse("iot:import_devices"), icon="upload"),
    ]


def _tabs(request: CityRequest) -> list[dict[str, object]]:
    """Return the states with their counts, as links above the list."""
    chosen, counts = request.GET.get("state", ""), state_counts(request.actor)
    tabs: list[dict[str, object]] = [
        {"code": "", "name": zh("全部"), "count": sum(counts.values()), "chosen": not chosen}
    ]
    for code, badge in DEVICE.items():
        tabs.append({"code": code, "name": badge.text, "count": counts[code], "chosen": code == chosen})
    return tabs


def _products(actor: Actor) -> list[tuple[str, str]]:
    return [(str(number), name) for number, name in product_names(actor)]


def _stranger(request: CityRequest) -> dict[str, object]:
    number = request.GET.get("unknown", "")
    if not number.isdigit():
        return {}
    stranger = unknown_device(int(number))
    return {"key": stranger.key, "name": stranger.key, "protocol": stranger.protocol}
