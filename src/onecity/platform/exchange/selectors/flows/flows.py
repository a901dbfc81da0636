"""Reading connections and flows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.platform.exchange.models import Connection, Flow, FlowVersion
from onecity.platform.exchange.permissions import MANAGE_FLOWS, VIEW_FLOWS
from onecity.platform.identity import api as identity
from onecity.web.keyset import counted_page
from onecity.web.paging import Cursor, Page


@dataclass(frozen=True, slots=True)
class FlowQuery:
    """What a list of flows or connections is asked for. search: in name and code; late: only those."""

    search: str = ""
    state: str = ""
    kind: str = ""
    late_at: datetime | None = None
    after: Cursor | None = None
    size: int = 20


def connections(actor: Actor, query: FlowQuery) -> Page[Connection]:
    """Return connections that the actor manages, newest first."""
    rows = Connection.objects.filter(identity.row_scope(actor, MANAGE_FLOWS).q())
    if query.kind:
        rows = rows.filter(kind=query.kind)
    if query.search:
        rows = rows.filter(Q(name__icontains=query.search) | Q(code__icontains=query.search))
    return counted_page(rows, after=query.after, size=query.size)


def connection(actor: Actor, connection_id: int) -> Connection:
    """Return one connection that the actor manages. Raises: NotFound."""
    found = Connection.objects.filter(identity.row_scope(actor, MANAGE_FLOWS).q(), id=connection_id).first()
    if found is None:
        raise NotFound
    return found


def connection_choices(actor: Actor) -> list[Connection]:
    """Return all connections in use that the actor manages, by name."""
    rows = Connection.objects.filter(identity.row_scope(actor, MANAGE_FLOWS).q(), is_active=True)
    return list(rows.order_by("name", "id"))


def flows(actor: Actor, query: FlowQuery) -> Page[Flow]:
    """Return flows that the actor may see, newest first, with what their lists show."""
    rows = Flow.objects.filter(identity.row_scope(actor, VIEW_FLOWS).q())
    rows = rows.select_related("published__source", "published__target", "last_run")
    if query.state:
        rows = rows.filter(state=query.state)
    if query.search:
        rows = rows.filter(
            Q(name__icontains=query.search) | Q(code__icontains=query.search) | Q(dataset_code__icontains=query.search)
        )
    if query.late_at is not None:
        rows = rows.filter(late_told_at__isnull=False)
    return counted_page(rows, after=query.after, size=query.size)


def flow(actor: Actor, flow_id: int) -> Flow:
    """Return one flow that the actor may see. Raises: NotFound."""
    rows = Flow.objects.select_related("published__source", "published__target", "published__after", "last_run")
    found = rows.filter(identity.row_scope(actor, VIEW_FLOWS).q(), id=flow_id).first()
    if found is None:
        raise NotFound
    return found


def flow_choices(actor: Actor) -> list[Flow]:
    """Return the flows that another may run after, by name."""
    rows = Flow.objects.filter(identity.row_scope(actor, MANAGE_FLOWS).q()).exclude(state=Flow.State.CLOSED)
    return list(rows.order_by("name", "id"))


def versions(flow_id: int) -> Sequence[FlowVersion]:
    """Return a flow's versions, the newest first; the caller has fetched the flow within its scope."""
    rows = FlowVersion.objects.filter(flow_id=flow_id).select_related("source", "target", "after", "flow")
    return list(rows.order_by("-number"))


def newest_version(flow_id: int) -> FlowVersion:
    """Return the draft, else the newest version; the caller has fetched the flow within its scope."""
    return versions(flow_id)[0]
