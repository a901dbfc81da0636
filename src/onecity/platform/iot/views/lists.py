"""Large lists of devices: taken in, registered in the background, watched; their refused lines as a file."""

from collections.abc import Iterable
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onecity.kernel import clock
from onecity.kernel.errors import NotFound, OneCityError
from onecity.kernel.text import zh
from onecity.platform.iot.forms.firmware import ListForm
from onecity.platform.iot.permissions import MANAGE_DEVICES
from onecity.platform.iot.rules.lists import COLUMNS
from onecity.platform.iot.selectors.life import ImportInfo, import_for, imports, refused_lines
from onecity.platform.iot.services.imports import ask_import, cancel_import
from onecity.web.access import requires
from onecity.web.exports import export
from onecity.web.http import CityRequest
from onecity.web.listing import Action, Badge, Column, Listing, respond

STATES: Final = {
    "waiting": Badge(zh("等待处理"), "grey"),
    "running": Badge(zh("处理中"), "blue"),
    "done": Badge(zh("已完成"), "green"),
    "failed": Badge(zh("无法读取"), "red"),
    "cancelled": Badge(zh("已取消"), "purple"),
}
INTRO: Final = zh(
    "清单在后台逐批登记，已登记的设备保持不变；有误的行会留下原因，可下载更正后重新上传。网关设备应排在其下级设备之前。"
)
SHOWN: Final = 100
MOST: Final = 100_000


@requires(MANAGE_DEVICES)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List the visitor's own lists."""
    listing = Listing[ImportInfo](
        title=zh("批量登记任务"),
        columns=(
            Column(zh("文件名"), lambda row: row.name, link=_link),
            Column(zh("状态"), lambda row: STATES[row.state]),
            Column(zh("新登记"), lambda row: row.made, look="number"),
            Column(zh("早已登记"), lambda row: row.known, look="number", wide_only=True),
            Column(zh("有误"), lambda row: row.refused, look="number"),
            Column(zh("提交时间"), lambda row: row.created_at, look="moment", wide_only=True),
        ),
        fetch=lambda query: imports(request.actor, after=query.after, size=query.size),
        empty=zh("还没有批量登记任务"),
        actions=[Action(zh("上传清单"), reverse("iot:new_list"), icon="upload")],
    )
    return respond(request, listing)


@requires(MANAGE_DEVICES)
@require_http_methods(["GET", "POST"])
def new(request: CityRequest) -> HttpResponse:
    """Take a list in and start registering it."""
    form = ListForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = ask_import(request.actor, file=file, name=file.name, size=file.size, now=clock.real_now())
        except OneCityError as refusal:
            form.take(refusal)
        else:
            return redirect("iot:list", made)
    facts = {
        "form": form,
        "form_title": gettext("批量登记设备"),
        "back": reverse("iot:lists"),
        "back_name": zh("批量登记任务"),
        "submit": gettext("开始登记"),
        "intro": INTRO,
    }
    return render(request, "iot/devices/form.html", facts, status=422 if form.is_bound else 200)


@requires(MANAGE_DEVICES)
@require_GET
def page(request: CityRequest, import_id: int) -> HttpResponse:
    """Show a list; asks for itself again while it is being registered."""
    info = import_for(request.actor, import_id)
    facts = {
        "list": info,
        "state": STATES[info.state],
        "total": max(info.total, info.read),
        "lines": [
            (line.number, line.values.get("key", ""), line.values.get("name", ""), list(line.reasons.values()))
            for line in refused_lines(import_id, most=SHOWN)
        ],
        "shown": SHOWN,
    }
    wanted = "iot/devices/list_state.html" if request.wants_fragment else "iot/devices/list.html"
    return render(request, wanted, facts)


@requires(MANAGE_DEVICES)
@require_GET
def refused(request: CityRequest, import_id: int) -> HttpResponseBase:
    """Give the refused lines as a list that can be mended and sent again, with the reasons behind each line."""
    info = import_for(request.actor, import_id)
    names = [*COLUMNS.values(), zh("有误原因")]
    return export("csv", title=f"{gettext('有误行')} {info.id}", names=names, rows=_lines(import_id))


@requires(MANAGE_DEVICES)
@require_POST
def cancel(request: CityRequest, import_id: int) -> HttpResponse:
    """Stop a list."""
    try:
        cancel_import(request.actor, import_id=import_id, now=clock.real_now())
    except NotFound:
        messages.error(request, gettext("任务已经结束，不能取消"))
    else:
        messages.success(request, gettext("已要求取消，正在处理的一批完成后停止"))
    return redirect("iot:list", import_id)


def _lines(import_id: int) -> Iterable[list[str]]:
    for line in refused_lines(import_id, most=MOST):
        reasons = "；".join(gettext(text) for text in line.reasons.values())
        yield [*(line.values.get(name, "") for name in COLUMNS), reasons]


def _link(row: ImportInfo) -> str:
    return reverse("iot:list", args=[row.id])
