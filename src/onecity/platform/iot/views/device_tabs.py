"""The further pages of one device: settings, commands, history with firmware, children, certificates and claim code."""

import json
from datetime import timedelta
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from onecity.kernel import clock
from onecity.kernel.errors import NotFound, OneCityError
from onecity.kernel.text import zh
from onecity.platform.iot.contracts import DeviceInfo
from onecity.platform.iot.permissions import COMMAND_DEVICES, MANAGE_DEVICES, VIEW_DEVICES
from onecity.platform.iot.registries import type_of
from onecity.platform.iot.rules.arguments import typed
from onecity.platform.iot.selectors.devices import device_for, may_touch
from onecity.platform.iot.selectors.life import (
    certificates_of,
    children_of,
    claim_of,
    history_of,
    shadow_steps,
    upgrades_of,
)
from onecity.platform.iot.selectors.orders import orders_of
from onecity.platform.iot.services import commands, credentials
from onecity.platform.iot.services import settings as shadows
from onecity.platform.iot.services.devices import place_device
from onecity.platform.iot.services.firmware.progress import UPGRADE
from onecity.platform.iot.services.provisioning import certificates, claims
from onecity.platform.iot.services.settings import APPLY
from onecity.platform.iot.views.firmware import STEP
from onecity.platform.iot.views.shown import DEVICE, ORDER, person_name, sentence
from onecity.platform.iot.views.type_shown import command_rows
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Badge

MOST: Final = 100
SECRET_ARGUMENTS: Final = frozenset({"token", "password", "secret", "key"})
LONGEST_ARGUMENT: Final = 40
"""Longer texts, such as digests and signatures, are shown by their beginning."""
LIFE: Final = {
    "registered": Badge(zh("登记"), "blue"),
    "activated": Badge(zh("激活"), "green"),
    "online": Badge(zh("上线"), "green"),
    "silent": Badge(zh("失联"), "grey"),
    "faulty": Badge(zh("故障"), "orange"),
    "retired": Badge(zh("停用"), "purple"),
    "restored": Badge(zh("恢复使用"), "blue"),
    "moved": Badge(zh("变更机构"), "blue"),
    "firmware": Badge(zh("固件升级"), "green"),
    "claimed": Badge(zh("被认领"), "blue"),
    "released": Badge(zh("解除认领"), "grey"),
}
SIDES: Final = {"desired": zh("期望值"), "reported": zh("上报值")}


@requires(VIEW_DEVICES)
@require_GET
def settings(request: CityRequest, device_id: int) -> HttpResponse:
    """Show desired and reported state side by side."""
    info = device_for(request.actor, device_id)
    found = shadows.state_of(device_id)
    kind = type_of(info.type_code, edition=info.type_edition)
    writable = [item for item in kind.properties if item.writable] if kind else []
    names = {item.code: gettext(item.name) for item in kind.properties} if kind else {}
    rows = [
        (name, names.get(name, ""), _json(found.desired, name), _json(found.reported, name), name in found.delta)
        for name in sorted({*found.desired, *found.reported, *(item.code for item in writable)})
    ]
    steps = [
        (item, SIDES[item.side], person_name(item.by), json.dumps(item.changes, ensure_ascii=False))
        for item in shadow_steps(device_id, most=MOST)
    ]
    return _page(request, info, "settings", {"shadow": found, "rows": rows, "steps": steps})


@requires(COMMAND_DEVICES)
@require_POST
def desire(request: CityRequest, device_id: int) -> HttpResponse:
    """Change the desired state by one setting; an empty value takes it away."""
    name, text = request.POST.get("name", "").strip(), request.POST.get("value", "").strip()
    given = request.POST.get("version", "")
    try:
        value = json.loads(text) if text else None
    except ValueError:
        value = text
    try:
        shadows.desire(
            request.actor,
            device_id=device_id,
            changes={name: value} if name else {},
            expected_version=int(given) if given.isdecimal() else None,
            now=clock.real_now(),
        )
    except NotFound:
        raise
    except OneCityError as refusal:
        messages.error(request, sentence(refusal))
    else:
        messages.success(request, gettext("期望值已保存，正在下发"))
    return redirect("iot:device_settings", device_id)


@requires(VIEW_DEVICES)
@require_GET
def orders(request: CityRequest, device_id: int) -> HttpResponse:
    """Show the commands of a device's type and what was ordered."""
    info = device_for(request.actor, device_id)
    kind = type_of(info.type_code, edition=info.type_edition)
    names = {item.code: item.name for item in (*(kind.commands if kind else ()), APPLY, UPGRADE)}
    may = may_touch(request.actor, info, COMMAND_DEVICES) and info.state != "retired"
    listed = [
        (item, names.get(item.code, item.code), ORDER[item.state], person_name(item.asked_by), _shown(item.arguments))
        for item in orders_of(device_id, most=MOST)
    ]
    return _page(request, info, "commands", {"orders": listed, "commands": command_rows(kind) if kind and may else []})


@requires(COMMAND_DEVICES)
@require_POST
def order(request: CityRequest, device_id: int) -> HttpResponse:
    """Order a device with the arguments of the form, named `argument.<code>`."""
    info = device_for(request.actor, device_id, permission=COMMAND_DEVICES)
    kind = type_of(info.type_code, edition=info.type_edition)
    command = kind.command(request.POST.get("code", "")) if kind else None
    given = {}
    for item in command.takes if command else ():
        text = request.POST.get(f"argument.{item.code}", "").strip()
        if text:
            given[item.code] = typed(item, text)
    try:
        commands.order(
            request.actor,
            device_id=device_id,
            code=request.POST.get("code", ""),
            arguments=given,
            now=clock.real_now(),
        )
    except NotFound:
        raise
    except OneCityError as refusal:
        messages.error(request, sentence(refusal))
    else:
        messages.success(request, gettext("命令已提交，等待网关下发"))
    return redirect("iot:device_commands", device_id)


@requires(COMMAND_DEVICES)
@require_POST
def take_back(request: CityRequest, device_id: int, order_id: int) -> HttpResponse:
    """Take an order back."""
    try:
        commands.cancel_order(request.actor, order_id=order_id, now=clock.real_now())
    except commands.OrderOver as refusal:
        messages.error(request, sentence(refusal))
    else:
        messages.success(request, gettext("命令已取消"))
    return redirect("iot:device_commands", device_id)


@requires(VIEW_DEVICES)
@require_GET
def history(request: CityRequest, device_id: int) -> HttpResponse:
    """Show what happened to a device, and its firmware."""
    info = device_for(request.actor, device_id)
    steps = [
        (item, LIFE.get(item.kind, Badge(item.kind)), person_name(item.by) if item.by else "")
        for item in history_of(device_id, most=MOST)
    ]
    upgrades = [(item, STEP[item.state]) for item in upgrades_of(device_id, most=20)]
    return _page(request, info, "history", {"steps": steps, "upgrades": upgrades})


@requires(VIEW_DEVICES)
@require_GET
def children(request: CityRequest, device_id: int) -> HttpResponse:
    """Show the devices that speak through this one."""
    info = device_for(request.actor, device_id)
    found = [(item, DEVICE[item.state]) for item in children_of(request.actor, device_id, most=500)]
    return _page(request, info, "children", {"children": found})


@requires(MANAGE_DEVICES)
@require_GET
def identity(request: CityRequest, device_id: int) -> HttpResponse:
    """Show a device's certificates and whether it can be claimed."""
    info = device_for(request.actor, device_id, permission=MANAGE_DEVICES)
    claim = claim_of(device_id)
    facts: dict[str, object] = {
        "certificates": certificates_of(device_id),
        "claim": claim,
        "claimed_by": person_name(claim[0]) if claim and claim[0] else "",
    }
    return _page(request, info, "identity", facts)


@requires(MANAGE_DEVICES)
@require_POST
def rotate(request: CityRequest, device_id: int) -> HttpResponse:
    """Issue a new token beside the one in force, which is taken for a day more."""
    made = credentials.issue_token(request.actor, device_id=device_id, now=clock.real_now(), overlap=timedelta(days=1))
    info = device_for(request.actor, device_id, permission=MANAGE_DEVICES)
    return _secret(request, info, zh("设备令牌"), made)


@requires(MANAGE_DEVICES)
@require_POST
def certify(request: CityRequest, device_id: int) -> HttpResponse:
    """Issue a certificate for the request that is pasted."""
    asked = request.POST.get("csr", "")
    try:
        made = certificates.issue_certificate(
            request.actor, device_id=device_id, request_pem=asked, now=clock.real_now()
        )
    except certificates.BadRequestPem as refusal:
        messages.error(request, sentence(refusal))
        return redirect("iot:device_identity", device_id)
    info = device_for(request.actor, device_id, permission=MANAGE_DEVICES)
    return _secret(request, info, zh("设备证书"), made)


@requires(MANAGE_DEVICES)
@require_POST
def revoke(request: CityRequest, device_id: int, certificate_id: int) -> HttpResponse:
    """Revoke a certificate."""
    reason = request.POST.get("reason", "")
    certificates.revoke_certificate(request.actor, certificate_id=certificate_id, reason=reason, now=clock.real_now())
    messages.success(request, gettext("证书已吊销"))
    return redirect("iot:device_identity", device_id)


@requires(MANAGE_DEVICES)
@require_POST
def claim_code(request: CityRequest, device_id: int) -> HttpResponse:
    """Make a claim code and show it this once."""
    try:
        made = claims.issue_claim_code(request.actor, device_id=device_id, now=clock.real_now())
    except claims.AlreadyClaimed as refusal:
        messages.error(request, sentence(refusal))
        return redirect("iot:device_identity", device_id)
    info = device_for(request.actor, device_id, permission=MANAGE_DEVICES)
    return _secret(request, info, zh("认领码"), "-".join(made[place : place + 4] for place in range(0, len(made), 4)))


@requires(MANAGE_DEVICES)
@require_POST
def place(request: CityRequest, device_id: int) -> HttpResponse:
    """Put a device to where its mark was dragged on the map."""
    try:
        longitude, latitude = float(request.POST.get("longitude", "")), float(request.POST.get("latitude", ""))
        place_device(request.actor, device_id=device_id, place=(longitude, latitude))
    except ValueError:
        messages.error(request, gettext("经纬度应为数字，且同时填写"))
    except NotFound:
        raise
    except OneCityError as refusal:
        messages.error(request, sentence(refusal))
    else:
        messages.success(request, gettext("设备位置已保存"))
    return redirect("iot:device", device_id)


def _page(request: CityRequest, info: DeviceInfo, tab: str, facts: dict[str, object]) -> HttpResponse:
    shown = {
        "device": info,
        "state": DEVICE[info.state],
        "tab": tab,
        "may_manage": may_touch(request.actor, info, MANAGE_DEVICES),
        "may_command": may_touch(request.actor, info, COMMAND_DEVICES),
        **facts,
    }
    return render(request, f"iot/devices/{tab}.html", shown)


def _secret(request: CityRequest, info: DeviceInfo, title: str, secret: str) -> HttpResponse:
    facts = {
        "title_text": title,
        "secret": secret,
        "back": reverse("iot:device", args=[info.id]),
        "back_name": info.name,
        "lines": [(zh("设备标识"), info.key)],
    }
    response = render(request, "iot/devices/secret.html", facts)
    response.headers["Cache-Control"] = "no-store"
    return response


def _json(state: object, name: str) -> str:
    assert isinstance(state, dict)
    return json.dumps(state[name], ensure_ascii=False) if name in state else ""


def _short(value: object) -> object:
    return f"{value[:8]}…" if isinstance(value, str) and len(value) > LONGEST_ARGUMENT else value


def _shown(arguments: object) -> str:
    """Return an order's arguments in a line; what is secret is not shown."""
    assert isinstance(arguments, dict)
    told = {name: "···" if name in SECRET_ARGUMENTS else _short(value) for name, value in arguments.items()}
    return json.dumps(told, ensure_ascii=False) if told else ""
