"""Sources as an actor may see them, with how they fared."""

from django.db.models import QuerySet

from onecity.domains.opinion.models import Collection, Source
from onecity.domains.opinion.permissions import VIEW
from onecity.domains.opinion.selectors.pages import page_of
from onecity.kernel.actor import Actor
from onecity.platform.identity.api import row_scope
from onecity.web.listing import Query
from onecity.web.paging import Page

MOST_LOOKS = 30


def seen_sources(actor: Actor) -> QuerySet[Source]:
    """Return the sources of the actor's organisations and divisions."""
    return Source.objects.filter(row_scope(actor, VIEW).q())


def sources(actor: Actor, *, query: Query) -> Page[Source]:
    """Return a page of the sources, the newest first."""
    rows = seen_sources(actor)
    given = query.filters
    if given.get("kind"):
        rows = rows.filter(kind=given["kind"])
    if given.get("health"):
        rows = {
            "failing": rows.filter(is_active=True, failures__gt=0),
            "resting": rows.filter(is_active=False),
            "well": rows.filter(is_active=True, failures=0),
        }[given["health"]]
    rows = rows.filter(name__icontains=query.search) if query.search else rows
    return page_of(rows.select_related("organisation"), query, at="created_at")


def source_of(actor: Actor, source_id: int) -> Source | None:
    """Return a source that the actor may see."""
    return seen_sources(actor).select_related("organisation").filter(id=source_id).first()


def looks_of(source: Source) -> list[Collection]:
    """Return how the last thirty looks at a source went, the newest first."""
    return list(Collection.objects.filter(source=source).order_by("-at")[:MOST_LOOKS])


def file_source(actor: Actor, *, name: str) -> int | None:
    """Return the id of the source of this name that files are brought in under; None without one the actor may see."""
    rows = seen_sources(actor).filter(kind=Source.Kind.FILE, name=name)
    return rows.values_list("id", flat=True).first()
