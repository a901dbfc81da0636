"""Pages of connections: the list, making and changing one, testing it, looking what lies there."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onecity.kernel.errors import NotFound, OneCityError
from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.contract import Connector
from onecity.platform.exchange.connectors.registry import connector
from onecity.platform.exchange.forms.connections import ConnectionForm, NewConnectionForm, option_values
from onecity.platform.exchange.models import Connection
from onecity.platform.exchange.permissions import MANAGE_FLOWS
from onecity.platform.exchange.selectors.flows import flows as selectors
from onecity.platform.exchange.services.flows import connections as services
from onecity.platform.exchange.views.flows.shown import organisation_names, sentence
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Action, Badge, Column, Filter, Listing, respond


@requires(MANAGE_FLOWS)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List the connections that the visitor manages."""
    names, kinds = organisation_names(), {item.kind: item.title for item in services.offered_kinds()}
    listing = Listing[Connection](
        title=zh("数据连接"),
        columns=(
            Column(zh("连接名称"), lambda row: row.name, link=_link),
            Column(zh("连接方式"), lambda row: gettext(kinds.get(row.kind, row.kind))),
            Column(zh("测试结果"), _tested),
            Column(zh("连接编码"), lambda row: row.code, look="code", wide_only=True),
            Column(zh("所属机构"), lambda row: names.get(row.organisation_id, ""), wide_only=True),
            Column(zh("最近测试时间"), lambda row: row.checked_at, look="moment", wide_only=True),
        ),
        filters=(Filter("kind", zh("全部连接方式"), choices=sorted(kinds.items())),),
        fetch=lambda query: selectors.connections(
            request.actor,
            selectors.FlowQuery(
                search=query.search, kind=query.filters.get("kind", ""), after=query.after, size=query.size
            ),
        ),
        searchable=True,
        search_hint=zh("连接名称或编码"),
        empty=zh("还没有数据连接。新建连接后，可以查看对方的表并建立交换流程。"),
        actions=[Action(zh("新建连接"), reverse("exchange:new_connection"))],
    )
    return respond(request, listing)


@requires(MANAGE_FLOWS)
@require_http_methods(["GET", "POST"])
def new(request: CityRequest) -> HttpResponse:
    """Choose a kind, then make a connection of it."""
    kind = request.GET.get("kind", "")
    if not kind:
        return render(request, "exchange/flows/kinds.html", {"kinds": services.offered_kinds()})
    chosen = _kind(kind)
    form = NewConnectionForm(request.POST or None)
    form.offer(organisations=list(organisation_names().items()), options=chosen.options)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create_connection(
                request.actor, code=form.cleaned_data["code"], text=form.connection_text(kind), now=request.now
            )
        except OneCityError as refusal:
            form.take(_named(refusal, chosen))
        else:
            return _tell_test(request, made, gettext("连接已保存"))
    title = gettext("新建连接：%(kind)s") % {"kind": gettext(chosen.title)}
    return _form_page(request, form, title=title, back=reverse("exchange:connections"))


@requires(MANAGE_FLOWS)
@require_http_methods(["GET", "POST"])
def page(request: CityRequest, connection_id: int) -> HttpResponse:
    """Show a connection as a form, and change it."""
    found = selectors.connection(request.actor, connection_id)
    chosen = connector(found.kind)
    initial = {name: getattr(found, name) for name in ("name", "organisation_id", "rows_per_second", "at_once", "note")}
    form = ConnectionForm(request.POST or None, initial={**initial, **option_values(found.options)})
    form.offer(organisations=list(organisation_names().items()), options=chosen.options)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_connection(
                request.actor, connection_id=connection_id, text=form.connection_text(found.kind)
            )
        except OneCityError as refusal:
            form.take(_named(refusal, chosen))
        else:
            return _tell_test(request, connection_id, gettext("连接已保存"))
    return _form_page(request, form, title=found.name, back=reverse("exchange:connections"), connection=found)


@requires(MANAGE_FLOWS)
@require_POST
def test(request: CityRequest, connection_id: int) -> HttpResponse:
    """Reach the other side and tell how it went."""
    selectors.connection(request.actor, connection_id)
    return _tell_test(request, connection_id, "")


@requires(MANAGE_FLOWS)
@require_GET
def tables(request: CityRequest, connection_id: int) -> HttpResponse:
    """Show what can be read there, each table with a way to a flow."""
    found = selectors.connection(request.actor, connection_id)
    facts: dict[str, object] = {"connection": found}
    try:
        facts["tables"] = services.discover(request.actor, connection_id=connection_id)
    except OneCityError as refusal:
        facts["error"] = sentence(refusal)
    return render(request, "exchange/flows/tables.html", facts)


def _tell_test(request: CityRequest, connection_id: int, saved: str) -> HttpResponse:
    error = services.test_connection(request.actor, connection_id=connection_id, now=request.now)
    parts = [saved, error or gettext("连接成功")]
    text = "；".join(part for part in parts if part)
    (messages.error if error else messages.success)(request, text)
    return redirect("exchange:connection", connection_id)


def _form_page(
    request: CityRequest, form: ConnectionForm, *, title: str, back: str, connection: Connection | None = None
) -> HttpResponse:
    facts = {"form": form, "form_title": title, "back": back, "connection": connection}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "exchange/flows/connection.html", facts, status=status)


def _kind(kind: str) -> Connector:
    """Return a kind that people may choose. Raises: NotFound."""
    for item in services.offered_kinds():
        if item.kind == kind:
            return item
    raise NotFound


def _named(refusal: OneCityError, chosen: Connector) -> OneCityError:
    """Name the kind's options as the form does."""
    options = {item.name for item in chosen.options}
    refusal.fields = {f"option_{name}" if name in options else name: text for name, text in refusal.fields.items()}
    return refusal


def _link(row: Connection) -> str:
    return reverse("exchange:connection", args=[row.id])


def _tested(row: Connection) -> Badge | str:
    if row.checked_at is None:
        return Badge(zh("未测试"), "grey")
    return Badge(zh("不通"), "red") if row.check_error else Badge(zh("连通"), "green")
