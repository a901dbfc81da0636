"""The programming interface: opening cases, ending tasks, history. Lists and single cases stand on hot roads."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status

from onecity.kernel import clock
from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotPermitted
from onecity.kernel.text import zh
from onecity.platform.cases.contracts import NewCase, TaskAnswer
from onecity.platform.cases.permissions import CREATE, VIEW
from onecity.platform.cases.selectors import details, waiting
from onecity.platform.cases.selectors.scopes import covers, division_keys, organisation_keys
from onecity.platform.cases.services.completing import complete_task
from onecity.platform.cases.services.opening import open_case
from onecity.web.access import SIGNED_IN
from onecity.web.api import Needs, needs

router = Router(tags=["cases"])


class NewCaseIn(Schema):
    """A case to be opened."""

    type: str
    title: str
    organisation_id: int
    description: str = ""
    class_code: str = ""
    source: str = ""
    urgency: int = 0
    division_code: str = ""
    longitude: float | None = None
    latitude: float | None = None
    address: str = ""
    reporter_name: str = ""
    reporter_phone: str = ""
    origin: str = ""
    data: dict[str, str | int | float | bool | None] = {}


class OpenedOut(Schema):
    """The case that was opened, or that its origin had opened before."""

    id: int
    number: str
    created: bool


class AnswerIn(Schema):
    """How a task ends."""

    outcome: str
    note: str = ""
    organisation_id: int | None = None
    files: list[int] = []
    data: dict[str, Any] = {}
    revision: int | None = None


class CompletedOut(Schema):
    """The case after the step."""

    number: str
    status: str
    revision: int
    opened: list[str]


class EntryOut(Schema):
    """A line of history."""

    at: datetime
    kind: str
    actor: str
    organisation_id: int | None
    text: str
    data: dict[str, Any]


class WaitingOut(Schema):
    """A task that waits for the caller."""

    id: int
    name: str
    node: str
    number: str
    title: str
    light: str
    due_at: datetime | None


@router.post("/cases", response={201: OpenedOut, 200: OpenedOut}, auth=needs(CREATE), summary=zh("登记案件"))
def open_(request: HttpRequest, given: NewCaseIn) -> Status[OpenedOut]:
    """Open a case; the same `origin` or the same Idempotency-Key opens one."""
    actor = _actor(request)
    keys = frozenset({*organisation_keys(given.organisation_id), *division_keys(given.division_code)})
    if not covers(actor, CREATE, keys=keys):
        raise NotPermitted
    place = None if given.longitude is None or given.latitude is None else (given.longitude, given.latitude)
    new = NewCase(
        type_code=given.type,
        title=given.title,
        organisation_id=given.organisation_id,
        description=given.description,
        class_code=given.class_code,
        source_code=given.source,
        urgency=given.urgency,
        division_code=given.division_code,
        location=place,
        address=given.address,
        reporter_name=given.reporter_name,
        reporter_phone=given.reporter_phone,
        origin=given.origin,
        data=given.data,
    )
    opened = open_case(actor, new=new, now=clock.city_now())
    answer = OpenedOut(id=opened.id, number=opened.number, created=opened.created)
    return Status(201 if opened.created else 200, answer)


@router.post("/tasks/{task_id}/complete", response=CompletedOut, auth=Needs(SIGNED_IN), summary=zh("办结任务"))
def complete(request: HttpRequest, task_id: int, given: AnswerIn) -> CompletedOut:
    """End a task with an outcome; whoever holds its post where it belongs may."""
    answer = TaskAnswer(
        given.outcome, given.note, given.organisation_id, tuple(given.files), given.data, given.revision
    )
    done = complete_task(_actor(request), task_id=task_id, answer=answer, now=clock.city_now())
    return CompletedOut(number=done.number, status=done.status, revision=done.revision, opened=list(done.opened))


@router.get("/tasks", response=list[WaitingOut], auth=Needs(SIGNED_IN), summary=zh("我的待办任务"))
def my_tasks(request: HttpRequest, size: int = 20) -> list[WaitingOut]:
    """Return the tasks that wait for the caller, the one that is due first on top."""
    page = waiting.waiting_tasks(_actor(request), size=max(1, min(size, 200)))
    return [
        WaitingOut(
            id=row.id,
            name=row.name,
            node=row.node,
            number=row.number,
            title=row.title,
            light=row.light,
            due_at=row.due_at,
        )
        for row in page.rows
    ]


@router.get("/cases/{number}/history", response=list[EntryOut], auth=needs(VIEW), summary=zh("案件办理经过"))
def history(request: HttpRequest, number: str) -> list[EntryOut]:
    """Return a case's history, the oldest first."""
    return [
        EntryOut(
            at=item.at,
            kind=item.kind,
            actor=item.actor_name,
            organisation_id=item.organisation_id,
            text=item.text,
            data=dict(item.data),
        )
        for item in details.history(_actor(request), number)
    ]


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # the sign-on middleware sets it
    return actor
