"""Pages of exchange nodes: the list, entering one, its page with certificate, places and runs, renewing, revoking."""

from datetime import datetime, timedelta

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onecity.kernel import clock
from onecity.kernel.errors import OneCityError
from onecity.kernel.text import zh
from onecity.platform.exchange.forms.nodes import NodeForm, RequestForm, RevokeForm
from onecity.platform.exchange.models import ExchangeNode, NodeTask
from onecity.platform.exchange.permissions import MANAGE_NODES
from onecity.platform.exchange.selectors import nodes as selectors
from onecity.platform.exchange.services.nodes.authority import trusted_certificate
from onecity.platform.exchange.services.nodes.engine import SILENT_S
from onecity.platform.exchange.services.nodes.enrolling import enter_node, renew_node, revoke_node
from onecity.platform.exchange.views.flows.shown import organisation_names
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Action, Badge, Column, Listing, respond

ONLINE = Badge(zh("在线"), "green")
SILENT = Badge(zh("未连接"), "yellow")
REVOKED = Badge(zh("已吊销"), "red")
TASK_STATES = {
    NodeTask.State.OFFERED: Badge(zh("等待前置机"), "yellow"),
    NodeTask.State.TAKEN: Badge(zh("前置机执行中"), "blue"),
    NodeTask.State.DONE: Badge(zh("已完成"), "green"),
    NodeTask.State.FAILED: Badge(zh("失败"), "red"),
    NodeTask.State.STOPPED: Badge(zh("已停止"), "grey"),
}


@requires(MANAGE_NODES)
@require_GET
def nodes(request: CityRequest) -> HttpResponseBase:
    """List the nodes that the visitor manages."""
    now = clock.real_now()
    listing = Listing[ExchangeNode](
        title=zh("前置机"),
        columns=(
            Column(zh("前置机名称"), lambda row: row.name, link=lambda row: reverse("exchange:node", args=[row.code])),
            Column(zh("前置机编码"), lambda row: row.code, look="code", wide_only=True),
            Column(zh("所属机构"), lambda row: row.organisation.name, wide_only=True),
            Column(zh("数据源"), lambda row: len(row.places), look="number"),
            Column(zh("状态"), lambda row: state_of(row, now)),
            Column(zh("最近联系时间"), lambda row: row.last_seen_at, look="moment", wide_only=True),
        ),
        fetch=lambda query: selectors.nodes_page(request.actor, query),
        empty=zh("还没有前置机。前置机由部门自行运行，只向外连接交换中心，部门数据库不对外开放。"),
        actions=(Action(zh("登记前置机"), reverse("exchange:new_node")),),
    )
    return respond(request, listing)


@requires(MANAGE_NODES)
@require_http_methods(["GET", "POST"])
def new(request: CityRequest) -> HttpResponse:
    """Enter a node by its certificate request."""
    form = NodeForm(request.POST or None)
    form.offer(sorted(organisation_names().items(), key=lambda pair: pair[1]))
    if form.is_bound and form.is_valid():
        try:
            node = enter_node(request.actor, now=clock.real_now(), **form.cleaned_data)
            return redirect("exchange:node", node.code)
        except OneCityError as error:
            form.take(error)
    return render(request, "exchange/nodes/new.html", {"form": form})


@requires(MANAGE_NODES)
@require_GET
def node(request: CityRequest, code: str) -> HttpResponse:
    """Show a node: state, certificate, places, last runs."""
    found = selectors.node(request.actor, code)
    facts = {
        "node": found,
        "state": state_of(found, clock.real_now()),
        "places": selectors.places_of(found),
        "tasks": [(task, TASK_STATES[NodeTask.State(task.state)]) for task in selectors.tasks_of(found)],
        "renewal": RequestForm(),
        "revocation": RevokeForm(),
        "active": found.state == ExchangeNode.State.ACTIVE,
    }
    return render(request, "exchange/nodes/node.html", facts)


@requires(MANAGE_NODES)
@require_GET
def certificate(request: CityRequest, code: str) -> HttpResponse:
    """Give the node's certificate as a file."""
    return _pem(selectors.node(request.actor, code).certificate, "node.pem")


@requires(MANAGE_NODES)
@require_GET
def authority(request: CityRequest) -> HttpResponse:
    """Give the certificate by which nodes know the hub."""
    return _pem(trusted_certificate(now=clock.real_now()), "hub-ca.pem")


@requires(MANAGE_NODES)
@require_POST
def renew(request: CityRequest, code: str) -> HttpResponse:
    """Sign a new certificate in place of the old one."""
    form = RequestForm(request.POST)
    if form.is_valid():
        renew_node(request.actor, code=code, request=form.cleaned_data["request"], now=clock.real_now())
    return redirect("exchange:node", code)


@requires(MANAGE_NODES)
@require_POST
def revoke(request: CityRequest, code: str) -> HttpResponse:
    """Shut a node out."""
    revoke_node(request.actor, code=code, reason=request.POST.get("reason", ""))
    return redirect("exchange:node", code)


def state_of(row: ExchangeNode, now: datetime) -> Badge:
    """Return whether a node is there."""
    if row.state == ExchangeNode.State.REVOKED:
        return REVOKED
    seen = row.last_seen_at is not None and now - row.last_seen_at <= timedelta(seconds=SILENT_S)
    return ONLINE if seen else SILENT


def _pem(text: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type="application/x-pem-file", headers=headers)
