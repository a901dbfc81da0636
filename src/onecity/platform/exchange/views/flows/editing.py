"""The editor of flows: a new one from a source's table, the next version of one, and a look at twenty rows."""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onecity.kernel.errors import Invalid, OneCityError
from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.contract import Connector
from onecity.platform.exchange.connectors.registry import connector
from onecity.platform.exchange.contracts.flows import FlowText, NewFlow
from onecity.platform.exchange.contracts.tables import TableShape
from onecity.platform.exchange.forms.flow_editor import Editor, posted, shown, suggested, text_of
from onecity.platform.exchange.models import Connection, FlowVersion
from onecity.platform.exchange.permissions import MANAGE_FLOWS
from onecity.platform.exchange.selectors.flows import flows as selectors
from onecity.platform.exchange.services.flows import drafting
from onecity.platform.exchange.services.flows import plans as planning
from onecity.platform.exchange.services.flows.previewing import preview, suggestions_for, table_at
from onecity.platform.exchange.views.flows.shown import (
    IDENTIFIER_CHOICES,
    LOADING_CHOICES,
    MASK_CHOICES,
    READING_CHOICES,
    TYPE_CHOICES,
    organisation_names,
    sentence,
)
from onecity.platform.identity import api as identity
from onecity.web.access import requires
from onecity.web.http import CityRequest


@requires(MANAGE_FLOWS)
@require_http_methods(["GET", "POST"])
def new(request: CityRequest) -> HttpResponse:
    """Choose a source, then its table, then write the flow's first draft."""
    given = request.POST if request.method == "POST" else request.GET
    if not given.get("table"):
        facts = {"connections": selectors.connection_choices(request.actor)}
        return render(request, "exchange/flows/sources.html", facts)
    source = _source(request, given.get("source", ""))
    table = table_at(request.actor, connection_id=source.id, name=given["table"])
    if request.method == "GET":
        found = suggestions_for(request.actor, connection_id=source.id, table=table)
        return _editor_page(request, suggested(table, found, key_loading=True), source, table)
    editor = posted(request.POST.dict())
    try:
        text = text_of(editor, source=source.code, table=table)
        made = drafting.draft_flow(request.actor, new=_new(request), text=text, now=request.now)
    except OneCityError as refusal:
        return _editor_page(request, editor, source, table, refusal=refusal)
    messages.success(request, gettext("草稿已保存，发布后生效"))
    return redirect("exchange:flow", made)


@requires(MANAGE_FLOWS)
@require_http_methods(["GET", "POST"])
def edit(request: CityRequest, flow_id: int) -> HttpResponse:
    """Change the draft of a flow, or begin the next version."""
    flow = selectors.flow(request.actor, flow_id)
    version = selectors.newest_version(flow_id)
    editor, table = shown(planning.text_of(version)), _table_of(version)
    if request.method == "POST":
        editor = posted(request.POST.dict(), kept=editor.kept)
        try:
            text = text_of(editor, source=version.source.code, table=table)
            drafting.change_draft(request.actor, flow_id=flow_id, text=text, now=request.now)
        except OneCityError as refusal:
            return _editor_page(request, editor, version.source, table, refusal=refusal, flow_name=flow.name)
        messages.success(request, gettext("草稿已保存，发布后生效"))
        return redirect("exchange:flow", flow_id)
    return _editor_page(request, editor, version.source, table, flow_name=flow.name)


@requires(MANAGE_FLOWS)
@require_POST
def look(request: CityRequest) -> HttpResponse:
    """Show twenty rows as the form on the page would make them."""
    source = _source(request, request.POST.get("source", ""))
    table = table_at(request.actor, connection_id=source.id, name=request.POST.get("table", ""))
    facts: dict[str, object] = {}
    try:
        text = text_of(posted(request.POST.dict()), source=source.code, table=table)
        facts["preview"] = preview(request.actor, text=text)
    except OneCityError as refusal:
        facts["error"] = sentence(refusal)
    template = "exchange/flows/preview.html" if request.wants_fragment else "exchange/flows/preview_page.html"
    return render(request, template, facts)


@requires(MANAGE_FLOWS)
@require_GET
def choose_table(request: CityRequest) -> HttpResponse:
    """Lead from a chosen source to its tables."""
    source = _source(request, request.GET.get("source", ""))
    return redirect("exchange:tables", source.id)


def _source(request: CityRequest, text: str) -> Connection:
    """Return the connection whose id stands in the address. Raises: NotFound; Invalid."""
    if not text.isdigit():
        raise Invalid(fields={"source": zh("请选择来源")})
    return selectors.connection(request.actor, int(text))


def _new(request: CityRequest) -> NewFlow:
    """Return the flow that the form names. Raises: Invalid naming the field."""
    organisation, owner = request.POST.get("organisation_id", ""), request.POST.get("owner", "").strip()
    if not organisation.isdigit():
        raise Invalid(fields={"organisation_id": zh("请选择所属机构")})
    person = identity.find_account(owner) if owner else None
    if owner and person is None:
        raise Invalid(fields={"owner": zh("没有这个账户")})
    return NewFlow(
        code=request.POST.get("code", "").strip(),
        name=request.POST.get("name", ""),
        organisation_id=int(organisation),
        owner_id=person.id if person else request.actor.account_id,
        dataset_code=request.POST.get("dataset_code", "").strip(),
        source_dataset_code=request.POST.get("source_dataset_code", "").strip(),
    )


def _table_of(version: FlowVersion) -> TableShape:
    """Return the source's table as it was when the flow was written."""
    text: FlowText = planning.text_of(version)
    return TableShape(text.source_table, text.source_columns)


def _editor_page(
    request: CityRequest,
    editor: Editor,
    source: Connection,
    table: TableShape,
    *,
    refusal: OneCityError | None = None,
    flow_name: str = "",
) -> HttpResponse:
    kind: Connector = connector(source.kind)
    titles = {item.name: item for item in table.columns}
    facts = {
        "editor": replace(editor, values={**editor.values}),
        "lines": [(number, line, titles.get(line.source)) for number, line in enumerate(editor.lines)],
        "source": source,
        "table": table,
        "flow_name": flow_name,
        "errors": [sentence(refusal)] if refusal and not refusal.fields else [],
        "fields": refusal.fields if refusal else {},
        "given": request.POST.dict(),
        "organisations": list(organisation_names().items()),
        "own_organisation": request.actor.organisation_id,
        "targets": [item for item in selectors.connection_choices(request.actor) if connector(item.kind).loadings],
        "upstream": selectors.flow_choices(request.actor),
        "types": TYPE_CHOICES,
        "readings": [item for item in READING_CHOICES if item[0] in kind.readings],
        "loadings": LOADING_CHOICES,
        "identifiers": IDENTIFIER_CHOICES,
        "masks": MASK_CHOICES,
    }
    return render(request, "exchange/flows/editor.html", facts, status=422 if refusal else 200)
