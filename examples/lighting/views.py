"""The list of lamps."""

from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET
from onecity.domains.lighting.contracts import LampInfo
from onecity.domains.lighting.declarations import VIEW
from onecity.domains.lighting.selectors import lamps

from onecity.kernel.text import zh
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Badge, Column, Listing, Query, respond
from onecity.web.paging import Count, Page

_STATES = {True: Badge(zh("故障"), "red"), False: Badge(zh("正常"), "green")}


@requires(VIEW)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List the lamps."""

    def fetch(query: Query) -> Page[LampInfo]:
        found = [item for item in lamps(request.actor) if query.search in f"{item.name} {item.key}"]
        return Page(found, None, Count(len(found)))

    listing = Listing[LampInfo](
        title=zh("路灯"),
        columns=(
            Column(zh("设备名称"), lambda row: row.name, link=lambda row: f"/iot/devices/{row.device_id}"),
            Column(zh("设备标识"), lambda row: row.key, look="code", wide_only=True),
            Column(zh("功率（瓦）"), lambda row: row.power_w, look="number"),
            Column(zh("状态"), lambda row: _STATES[row.failed]),
        ),
        searchable=True,
        search_hint=zh("输入名称或标识"),
        fetch=fetch,
        empty=zh("还没有登记路灯"),
    )
    return respond(request, listing)
