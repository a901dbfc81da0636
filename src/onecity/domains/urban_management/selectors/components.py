"""Components as an actor may see them."""

from django.db.models import Q, QuerySet

from onecity.domains.urban_management.models import CaseComponent, Component, ComponentFault
from onecity.domains.urban_management.permissions import CASES_VIEW, CONFIGURE
from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.identity.api import row_scope
from onecity.web.paging import Cursor, Page

FIRST_FAULTS = 200


def components(
    actor: Actor, *, search: str = "", state: str = "", after: Cursor | None = None, size: int = 20
) -> Page[Component]:
    """Return components, newest first; search: the beginning of an identifier or class, or part of a name."""
    rows = _seen(actor)
    if search:
        beginning = Q(code__startswith=search) | Q(class_code__startswith=search)
        rows = rows.filter(beginning | Q(name__contains=search))
    if state:
        rows = rows.filter(state=state)
    if after is not None:
        rows = rows.filter(Q(created_at__lt=after.at) | Q(created_at=after.at, id__lt=after.id))
    found = list(rows.order_by("-created_at", "-id")[: size + 1])
    last = found[size - 1] if len(found) > size else None
    return Page(rows=found[:size], next=Cursor(last.created_at, last.id) if last else None, count=None)


def component(actor: Actor, code: str) -> Component:
    """Return a component by its identifier.

    Raises: NotFound also where the actor may not see it.
    """
    row = _seen(actor).filter(code=code).first()
    if row is None:
        raise NotFound(zh("没有这个部件"))
    return row


def component_by_id(actor: Actor, component_id: int) -> Component:
    """Return a component by the map's number.

    Raises: NotFound also where the actor may not see it.
    """
    row = _seen(actor).filter(id=component_id).first()
    if row is None:
        raise NotFound(zh("没有这个部件"))
    return row


def cases_of(row: Component) -> list[str]:
    """Return the numbers of the cases about a component, newest first. The caller has seen the component."""
    links = CaseComponent.objects.filter(component=row).order_by("-linked_at")
    return list(links.values_list("case__number", flat=True))


def component_of(case_id: int) -> Component | None:
    """Return the component that a case is about. The caller has seen the case."""
    link = CaseComponent.objects.filter(case_id=case_id).select_related("component").first()
    return link.component if link else None


def faults(actor: Actor) -> list[ComponentFault]:
    """Return the newest lines of the quarantine."""
    return list(_faults(actor).order_by("-created_at", "-id")[:FIRST_FAULTS])


def fault(actor: Actor, fault_id: int, *, lock: bool = False) -> ComponentFault:
    """Return a line of the quarantine.

    Raises: NotFound.
    """
    rows = _faults(actor)
    row = (rows.select_for_update() if lock else rows).filter(id=fault_id).first()
    if row is None:
        raise NotFound(zh("隔离区没有这一行"))
    return row


def _seen(actor: Actor) -> QuerySet[Component]:
    return Component.objects.filter(row_scope(actor, CASES_VIEW).q())


def _faults(actor: Actor) -> QuerySet[ComponentFault]:
    if not actor.may(CONFIGURE):
        return ComponentFault.objects.none()
    return ComponentFault.objects.filter(row_scope(actor, CASES_VIEW).q(division="organisation__division_code"))
