"""Reading exchange nodes within the actor's scope."""

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.platform.exchange.codecs.plans import many_from_json
from onecity.platform.exchange.contracts.nodes import NodePlace
from onecity.platform.exchange.models import ExchangeNode, NodeTask
from onecity.platform.exchange.permissions import MANAGE_NODES
from onecity.platform.identity.api import row_scope
from onecity.web.keyset import page_of
from onecity.web.listing import Query
from onecity.web.paging import Page

_DIVISION = "organisation__division_code"


def nodes_page(actor: Actor, query: Query) -> Page[ExchangeNode]:
    """Return nodes, newest first."""
    rows = ExchangeNode.objects.filter(row_scope(actor, MANAGE_NODES).q(division=_DIVISION))
    return page_of(rows.select_related("organisation"), after=query.after, size=query.size)


def node(actor: Actor, code: str) -> ExchangeNode:
    """Return one node. Raises: NotFound."""
    rows = ExchangeNode.objects.filter(row_scope(actor, MANAGE_NODES).q(division=_DIVISION), code=code)
    found = rows.select_related("organisation").first()
    if found is None:
        raise NotFound
    return found


def places_of(found: ExchangeNode) -> tuple[NodePlace, ...]:
    """Return what a node reported of its places."""
    return many_from_json(found.places, NodePlace)


def tasks_of(found: ExchangeNode) -> list[NodeTask]:
    """Return a node's last runs."""
    return list(NodeTask.objects.filter(node=found).select_related("run__flow").order_by("-id")[:20])
