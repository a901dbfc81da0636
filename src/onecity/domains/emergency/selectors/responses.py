"""Responses and their tasks as an actor may see them."""

from datetime import datetime

from django.db.models import Q, QuerySet

from onecity.domains.emergency.models import (
    Incident,
    PlanGroup,
    Response,
    ResponseLevelChange,
    ResponseTask,
    TimelineEntry,
)
from onecity.domains.emergency.permissions import HANDLE, VIEW
from onecity.domains.emergency.selectors.paging import paged
from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.identity.api import row_scope
from onecity.web.listing import Query
from onecity.web.paging import Page


class ResponseMissing(NotFound):
    """There is no such response, or the actor may not know of it."""

    code = "response_missing"
    message = zh("没有这个应急响应")


def seen_responses(actor: Actor) -> QuerySet[Response]:
    """Return the responses that an actor may see: of his rooms, and those in which a body of his has a task."""
    rows = Response.objects.select_related("incident", "plan", "version", "organisation")
    scope = row_scope(actor, VIEW)
    if scope.everything:
        return rows
    working = row_scope(actor, HANDLE)
    mine = Q(id__in=ResponseTask.objects.filter(organisation_id__in=working.organisation_ids).values("response_id"))
    return rows.filter(scope.q() | mine) if not working.everything else rows


def response_of(actor: Actor, response_id: int) -> Response:
    """Return one response.

    Raises: ResponseMissing.
    """
    row = seen_responses(actor).filter(id=response_id).first()
    if row is None:
        raise ResponseMissing
    return row


def responses(actor: Actor, *, query: Query) -> Page[Response]:
    """Return a page of responses, the newest first."""
    rows = seen_responses(actor)
    if query.filters.get("state"):
        rows = rows.filter(state=query.filters["state"])
    if query.filters.get("drill"):
        rows = rows.filter(is_drill=query.filters["drill"] == "yes")
    if query.search:
        rows = rows.filter(Q(plan__name__contains=query.search) | Q(incident__title__contains=query.search))
    return paged(rows, query, at="activated_at")


def responses_to(incident: Incident) -> list[Response]:
    """Return the responses to an incident, the newest first."""
    return list(Response.objects.filter(incident=incident).select_related("plan", "version").order_by("-activated_at"))


def board(row: Response) -> list[tuple[PlanGroup, list[ResponseTask]]]:
    """Return a response's groups with their tasks, in the order of the plan."""
    tasks = list(
        ResponseTask.objects.filter(response=row)
        .select_related("step", "group", "group__organisation", "organisation", "done_by", "case")
        .order_by("step__serial")
    )
    groups = list(PlanGroup.objects.filter(version_id=row.version_id).select_related("organisation").order_by("id"))
    return [(group, [task for task in tasks if task.group_id == group.pk]) for group in groups]


def task_counts(row: Response, *, now: datetime) -> dict[str, int]:
    """Return how many tasks are done, open, late and dropped."""
    tasks = list(ResponseTask.objects.filter(response=row).values_list("state", "due_at"))
    waiting = [due for state, due in tasks if state == ResponseTask.State.OPEN]
    return {
        "done": sum(state == ResponseTask.State.DONE for state, _ in tasks),
        "open": len(waiting),
        "late": sum(due < now for due in waiting),
        "dropped": sum(state == ResponseTask.State.DROPPED for state, _ in tasks),
    }


def level_changes(row: Response) -> list[ResponseLevelChange]:
    """Return how a response's level changed, in order."""
    return list(ResponseLevelChange.objects.filter(response=row).select_related("account").order_by("at", "id"))


def latest_lines(row: Response, *, most: int = 60) -> list[TimelineEntry]:
    """Return the newest lines of the incident's timeline, for the board."""
    rows = TimelineEntry.objects.filter(Q(incident=row.incident_id) | Q(incident__merged_into=row.incident_id))
    return list(rows.select_related("account").order_by("-at", "-id")[:most])


def may_read_response(actor: Actor, response_id: int) -> bool:
    """Say whether the actor may read the files of a response."""
    return actor.may(VIEW) and seen_responses(actor).filter(id=response_id).exists()


def open_task_ids(response_id: int) -> list[int]:
    """Return the open tasks of a response, in the order of the plan."""
    rows = ResponseTask.objects.filter(response_id=response_id, state=ResponseTask.State.OPEN)
    return list(rows.order_by("step__serial").values_list("id", flat=True))
