"""Groups of devices: the list, one group, its members."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onecity.kernel.errors import Conflict, OneCityError
from onecity.kernel.text import zh
from onecity.platform.iot.contracts import DeviceFilter, DeviceInfo
from onecity.platform.iot.forms.firmware import GroupForm
from onecity.platform.iot.permissions import MANAGE_DEVICES, VIEW_DEVICES
from onecity.platform.iot.selectors.devices import DeviceQuery, devices
from onecity.platform.iot.selectors.life import GroupInfo, group_for, groups
from onecity.platform.iot.services import groups as services
from onecity.platform.iot.views.shown import DEVICE, organisation_names, sentence, type_name
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Action, Badge, Column, Listing, respond

STATIC, FILTER = Badge(zh("静态分组"), "blue"), Badge(zh("条件分组"), "purple")


@requires(VIEW_DEVICES)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List the groups that the visitor may see."""
    names = organisation_names()
    listing = Listing[GroupInfo](
        title=zh("设备分组"),
        columns=(
            Column(zh("分组名称"), lambda row: row.name, link=_link),
            Column(zh("分组方式"), lambda row: FILTER if row.filter else STATIC),
            Column(zh("所属机构"), lambda row: names.get(row.organisation_id, ""), wide_only=True),
            Column(zh("创建时间"), lambda row: row.created_at, look="moment", wide_only=True),
        ),
        fetch=lambda query: groups(request.actor, after=query.after, size=query.size),
        empty=zh("还没有设备分组"),
        actions=[Action(zh("新建分组"), reverse("iot:new_group"))] if request.actor.may(MANAGE_DEVICES) else [],
    )
    return respond(request, listing)


@requires(VIEW_DEVICES)
@require_GET
def page(request: CityRequest, group_id: int) -> HttpResponseBase:
    """List a group's devices."""
    info = group_for(request.actor, group_id)
    may = request.actor.may(MANAGE_DEVICES)
    listing = Listing[DeviceInfo](
        title=info.name,
        columns=(
            Column(zh("设备名称"), lambda row: row.name, link=lambda row: reverse("iot:device", args=[row.id])),
            Column(zh("设备标识"), lambda row: row.key, look="code", wide_only=True),
            Column(zh("状态"), lambda row: DEVICE[row.state]),
            Column(zh("设备类型"), lambda row: type_name(row.type_code), wide_only=True),
            Column(zh("最近通信时间"), lambda row: row.last_seen_at, look="moment"),
        ),
        fetch=lambda query: devices(
            request.actor,
            DeviceQuery(search=query.search, after=query.after, size=query.size, more=DeviceFilter(group_id=group_id)),
        ),
        searchable=True,
        search_hint=zh("设备名称或标识，至少两个字"),
        empty=zh("分组内没有设备"),
        template="iot/devices/group.html",
        extra={"group": info, "may_manage": may, "conditions": info.filter.plain() if info.filter else None},
    )
    return respond(request, listing)


@requires(MANAGE_DEVICES)
@require_http_methods(["GET", "POST"])
def new(request: CityRequest) -> HttpResponse:
    """Make a group."""
    form = GroupForm(request.POST or None)
    form.offer(request.actor, MANAGE_DEVICES)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = services.make_group(
                request.actor,
                name=given["name"],
                organisation_id=given["organisation_id"],
                chosen=form.group_filter(),
                now=request.now,
            )
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("分组已建立"))
            return redirect("iot:group", made)
    facts = {
        "form": form,
        "form_title": gettext("新建分组"),
        "back": reverse("iot:groups"),
        "back_name": zh("设备分组"),
        "submit": gettext("保存"),
        "intro": zh("条件分组至少填写一个条件；静态分组不必填写条件，建立后再加入设备。"),
    }
    return render(request, "iot/devices/form.html", facts, status=422 if form.is_bound else 200)


@requires(MANAGE_DEVICES)
@require_POST
def add(request: CityRequest, group_id: int) -> HttpResponse:
    """Put the devices that a search finds into a group."""
    chosen = DeviceFilter(search=request.POST.get("search", "").strip()[:64], tag=request.POST.get("tag", "").strip())
    try:
        added = services.add_members(request.actor, group_id=group_id, chosen=chosen) if chosen.plain() else 0
    except Conflict as refusal:
        messages.error(request, sentence(refusal))
    else:
        messages.success(request, gettext("已加入%(number)s台设备") % {"number": added})
    return redirect("iot:group", group_id)


@requires(MANAGE_DEVICES)
@require_POST
def dissolve(request: CityRequest, group_id: int) -> HttpResponse:
    """Dissolve a group."""
    services.dissolve_group(request.actor, group_id=group_id)
    messages.success(request, gettext("分组已解散，设备不受影响"))
    return redirect("iot:groups")


def _link(row: GroupInfo) -> str:
    return reverse("iot:group", args=[row.id])
