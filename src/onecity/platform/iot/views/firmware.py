"""Firmware: packages, and the campaigns that bring them to devices."""

from collections.abc import Callable
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onecity.kernel import clock
from onecity.kernel.errors import Conflict, NotFound, OneCityError
from onecity.kernel.text import zh
from onecity.platform.iot.contracts.firmware import CampaignInfo, FirmwareInfo
from onecity.platform.iot.forms.firmware import CampaignForm, FirmwareForm
from onecity.platform.iot.permissions import MANAGE_FIRMWARE
from onecity.platform.iot.selectors.firmware import (
    campaign_for,
    campaign_steps,
    campaigns,
    package_for,
    packages,
)
from onecity.platform.iot.services.firmware import campaigns as services
from onecity.platform.iot.services.firmware.packages import add_firmware, withdraw_firmware
from onecity.platform.iot.views.shown import person_name, sentence, type_choices, type_name
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Action, Badge, Column, Filter, Listing, respond

CAMPAIGN: Final = {
    "draft": Badge(zh("待启动"), "grey"),
    "running": Badge(zh("进行中"), "blue"),
    "paused": Badge(zh("已暂停"), "orange"),
    "done": Badge(zh("已完成"), "green"),
    "cancelled": Badge(zh("已取消"), "purple"),
}
STEP: Final = {
    "waiting": Badge(zh("待通知"), "grey"),
    "told": Badge(zh("已通知"), "blue"),
    "loading": Badge(zh("下载中"), "blue"),
    "loaded": Badge(zh("已下载"), "yellow"),
    "done": Badge(zh("升级成功"), "green"),
    "failed": Badge(zh("升级失败"), "red"),
    "left_out": Badge(zh("未升级"), "purple"),
}
PACKAGE: Final = {"ready": Badge(zh("可用"), "green"), "withdrawn": Badge(zh("已撤回"), "grey")}
SHOWN: Final = 200


@requires(MANAGE_FIRMWARE)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List the packages."""
    listing = Listing[FirmwareInfo](
        title=zh("固件"),
        columns=(
            Column(zh("固件版本"), lambda row: row.version, look="code", link=_package_link),
            Column(zh("设备类型"), lambda row: type_name(row.type_code)),
            Column(zh("文件名"), lambda row: row.name, wide_only=True),
            Column(zh("大小"), lambda row: _size(row.size), wide_only=True),
            Column(zh("状态"), lambda row: PACKAGE[row.state]),
            Column(zh("上传时间"), lambda row: row.created_at, look="moment", wide_only=True),
        ),
        filters=(Filter("type", zh("全部设备类型"), choices=type_choices()),),
        fetch=lambda query: packages(
            request.actor, type_code=query.filters.get("type", ""), after=query.after, size=query.size
        ),
        empty=zh("还没有固件包"),
        actions=[
            Action(zh("上传固件"), reverse("iot:new_firmware"), icon="upload"),
            Action(zh("升级任务"), reverse("iot:campaigns"), icon="list"),
        ],
    )
    return respond(request, listing)


@requires(MANAGE_FIRMWARE)
@require_http_methods(["GET", "POST"])
def new(request: CityRequest) -> HttpResponse:
    """Take in a package."""
    form = FirmwareForm(request.POST or None, request.FILES or None)
    form.offer(request.actor)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = add_firmware(request.actor, file=file, new=form.new(), now=request.now, real_now=clock.real_now())
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("固件已入库并签名"))
            return redirect("iot:firmware", made)
    return _form(request, form, title=gettext("上传固件"), back=reverse("iot:firmwares"))


@requires(MANAGE_FIRMWARE)
@require_GET
def package(request: CityRequest, firmware_id: int) -> HttpResponse:
    """Show a package."""
    info = package_for(request.actor, firmware_id)
    facts = {
        "firmware": info,
        "state": PACKAGE[info.state],
        "size": _size(info.size),
        "type_name": type_name(info.type_code),
        "person": person_name(info.created_by),
    }
    return render(request, "iot/devices/firmware.html", facts)


@requires(MANAGE_FIRMWARE)
@require_POST
def withdraw(request: CityRequest, firmware_id: int) -> HttpResponse:
    """Take a package out of use."""
    try:
        withdraw_firmware(request.actor, firmware_id=firmware_id)
    except Conflict as refusal:
        messages.error(request, sentence(refusal))
    else:
        messages.success(request, gettext("固件已撤回"))
    return redirect("iot:firmware", firmware_id)


@requires(MANAGE_FIRMWARE)
@require_GET
def campaign_list(request: CityRequest) -> HttpResponseBase:
    """List the campaigns."""
    listing = Listing[CampaignInfo](
        title=zh("升级任务"),
        columns=(
            Column(zh("任务名称"), lambda row: row.name, link=_campaign_link),
            Column(zh("固件版本"), lambda row: row.firmware.version, look="code"),
            Column(zh("状态"), lambda row: CAMPAIGN[row.state]),
            Column(zh("升级成功"), lambda row: row.counts.get("done", 0), look="number"),
            Column(zh("升级失败"), lambda row: row.counts.get("failed", 0), look="number", wide_only=True),
            Column(zh("设备"), lambda row: sum(row.counts.values()), look="number", wide_only=True),
            Column(zh("创建时间"), lambda row: row.created_at, look="moment", wide_only=True),
        ),
        filters=(Filter("state", zh("全部状态"), choices=[(code, badge.text) for code, badge in CAMPAIGN.items()]),),
        fetch=lambda query: campaigns(
            request.actor, state=query.filters.get("state", ""), after=query.after, size=query.size
        ),
        empty=zh("还没有升级任务。在固件页面选择“新建升级任务”"),
        actions=[Action(zh("固件"), reverse("iot:firmwares"), icon="package")],
    )
    return respond(request, listing)


@requires(MANAGE_FIRMWARE)
@require_http_methods(["GET", "POST"])
def new_campaign(request: CityRequest, firmware_id: int) -> HttpResponse:
    """Make a campaign of a package."""
    info = package_for(request.actor, firmware_id)
    form = CampaignForm(request.POST or None, initial={"name": f"{type_name(info.type_code)} {info.version}"})
    form.offer_devices(request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.make_campaign(
                request.actor, new=form.new(firmware_id), chosen=form.chosen(), now=request.now
            )
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("升级任务已建立，启动后开始通知设备"))
            return redirect("iot:campaign", made)
    return _form(request, form, title=gettext("新建升级任务"), back=reverse("iot:firmware", args=[firmware_id]))


@requires(MANAGE_FIRMWARE)
@require_GET
def campaign(request: CityRequest, campaign_id: int) -> HttpResponse:
    """Show a campaign; asks for itself every few seconds while it is under way."""
    info = campaign_for(request.actor, campaign_id)
    total = sum(info.counts.values())
    facts = {
        "campaign": info,
        "state": CAMPAIGN[info.state],
        "person": person_name(info.created_by),
        "total": total,
        "ended": info.counts.get("done", 0) + info.counts.get("failed", 0) + info.counts.get("left_out", 0),
        "counts": [(badge, info.counts.get(code, 0)) for code, badge in STEP.items()],
        "steps": [
            (item, STEP[item.state], _percent(item.received, info.firmware.size))
            for item in campaign_steps(campaign_id, most=SHOWN)
        ],
        "batches": [
            (number + 1, share, number < info.batch or info.state == "done", number == info.batch)
            for number, share in enumerate(info.batches)
        ],
        "shown": SHOWN,
    }
    wanted = "iot/devices/campaign_state.html" if request.wants_fragment else "iot/devices/campaign.html"
    return render(request, wanted, facts)


@requires(MANAGE_FIRMWARE)
@require_POST
def turn(request: CityRequest, campaign_id: int, action: str) -> HttpResponse:
    """Start, pause, cancel or roll back a campaign."""
    acts: dict[str, Callable[[], object]] = {
        "start": lambda: services.start_campaign(request.actor, campaign_id=campaign_id, now=request.now),
        "pause": lambda: services.pause_campaign(
            request.actor, campaign_id=campaign_id, reason=gettext("人工暂停"), now=request.now
        ),
        "cancel": lambda: services.cancel_campaign(request.actor, campaign_id=campaign_id, now=request.now),
        "roll-back": lambda: services.roll_back(request.actor, campaign_id=campaign_id, now=request.now),
    }
    if action not in acts:
        raise NotFound
    try:
        made = acts[action]()
    except Conflict as refusal:
        messages.error(request, sentence(refusal))
        return redirect("iot:campaign", campaign_id)
    messages.success(request, gettext("操作已完成"))
    return redirect("iot:campaign", made if isinstance(made, int) else campaign_id)


def _form(request: CityRequest, form: FirmwareForm | CampaignForm, *, title: str, back: str) -> HttpResponse:
    facts = {"form": form, "form_title": title, "back": back, "back_name": zh("固件"), "submit": gettext("保存")}
    return render(request, "iot/devices/form.html", facts, status=422 if form.is_bound else 200)


def _size(count: int) -> str:
    return f"{count / 1048576:.1f} MB" if count >= 1048576 else f"{count / 1024:.1f} KB"


def _percent(part: int, whole: int) -> int:
    return 100 * part // whole if whole else 0


def _package_link(row: FirmwareInfo) -> str:
    return reverse("iot:firmware", args=[row.id])


def _campaign_link(row: CampaignInfo) -> str:
    return reverse("iot:campaign", args=[row.id])
