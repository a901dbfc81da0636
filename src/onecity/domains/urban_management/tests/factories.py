"""The smallest city in which a case can be handled, for tests of this domain and of those that stand on it."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Final

from django.core.files.base import ContentFile
from PIL import Image

from onecity.domains.urban_management import permissions
from onecity.domains.urban_management.api import TYPE_CODE, assign_duty, file_case, set_centre
from onecity.domains.urban_management.contracts import NewReport
from onecity.kernel.actor import Actor, system_actor
from onecity.platform.cases.api import case, complete_with_files, open_case
from onecity.platform.cases.contracts import CaseInfo, CompletedTask, NewCase, TaskAnswer
from onecity.platform.geo.tests.factories import COMMUNITY, SOUTH, WEST, make_cell, make_tree
from onecity.platform.identity.api import organisation
from onecity.platform.identity.contracts import OrganisationInfo
from onecity.platform.identity.tests.factories import make_actor, make_organisation

SYSTEM: Final = system_actor("test")
GRID: Final = f"{COMMUNITY}001"
INSIDE: Final = (WEST + 0.0005, SOUTH + 0.0005)
DUST: Final = "E0304-1"
RUBBISH: Final = "E0110-1"
_keys = count(1)


@dataclass(frozen=True, slots=True)
class Offices:
    """Who works in the small city."""

    centre: OrganisationInfo
    bureau: OrganisationInfo
    other: OrganisationInfo
    acceptor: Actor
    dispatcher: Actor
    handler: Actor
    supervisor: Actor
    leader: Actor

    def by_node(self) -> Mapping[str, Actor]:
        """Return who ends the task of each node."""
        return {
            "accept": self.acceptor,
            "classify": self.acceptor,
            "verify": self.supervisor,
            "dispatch": self.dispatcher,
            "handle": self.handler,
            "handle_longer": self.handler,
            "redo": self.handler,
            "feedback": self.handler,
            "consent": self.leader,
            "check": self.supervisor,
            "close": self.leader,
        }


def make_offices() -> Offices:
    """Make the city, its organisations and people."""
    make_tree()
    make_cell(GRID)
    centre, bureau = make_organisation("城管监督指挥中心"), make_organisation("生态环境局")
    other = make_organisation("水务局")
    set_centre(SYSTEM, division_code="2201", organisation_id=centre.id)
    assign_duty(SYSTEM, class_code="E03", organisation_id=bureau.id)
    view = permissions.CASES_VIEW
    return Offices(
        centre=organisation(centre.id),
        bureau=organisation(bureau.id),
        other=organisation(other.id),
        acceptor=make_actor(view, permissions.ACCEPT, permissions.REPORT, permissions.CASES_MERGE, organisation=centre),
        dispatcher=make_actor(view, permissions.DISPATCH, organisation=centre),
        handler=make_actor(view, permissions.HANDLE, organisation=bureau),
        supervisor=make_actor(view, permissions.CHECK, permissions.REPORT, division=COMMUNITY),
        leader=make_actor(
            view,
            permissions.CLOSE,
            permissions.SUPERVISE,
            permissions.CONFIGURE,
            "cases.supervise",
            organisation=centre,
        ),
    )


def picture(name: str = "现场.jpg") -> "ContentFile[bytes]":
    """Return a small photo on its way in."""
    target = io.BytesIO()
    Image.new("RGB", (32, 24), (180, 120, 60)).save(target, "JPEG")
    return ContentFile(target.getvalue(), name=name)


def new_report(**facts: object) -> NewReport:
    """Return a report of dust at a building site; each has a key of its own."""
    given: dict[str, object] = {
        "description": "工地扬尘严重。没有洒水",
        "location": INSIDE,
        "key": f"key{next(_keys)}",
        "reporter_phone": "13912345678",
        **facts,
    }
    return NewReport(**given)  # type: ignore[arg-type]  # test data


def make_city_case(offices: Offices, *, now: datetime, class_code: str = DUST, **facts: object) -> str:
    """Open a case in the unit grid; returns its number."""
    given: dict[str, object] = {
        "title": "工地扬尘",
        "division_code": GRID,
        "location": INSIDE,
        "source_code": "urban_management.patrol",
        **facts,
    }
    new = NewCase(TYPE_CODE, organisation_id=offices.centre.id, class_code=class_code, **given)  # type: ignore[arg-type]  # test data
    return open_case(SYSTEM, new=new, now=now).number


def shown(number: str, *, now: datetime) -> CaseInfo:
    """Return a case as the system sees it."""
    return case(SYSTEM, number, now=now)


def waiting(number: str, *, now: datetime) -> list[str]:
    """Return the nodes of the tasks that wait."""
    return [task.node for task in shown(number, now=now).tasks if task.state == "open"]


def end_task(
    offices: Offices,
    number: str,
    outcome: str,
    *,
    now: datetime,
    note: str = "",
    photo: bool = True,
    to: OrganisationInfo | None = None,
    actor: Actor | None = None,
) -> CompletedTask:
    """End the one waiting task of a case by whoever holds its post."""
    task = next(item for item in shown(number, now=now).tasks if item.state == "open")
    rule = next((item for item in task.outcomes if item.code == outcome), None)
    uploads = [picture()] if photo and rule is not None and rule.files else []
    answer = TaskAnswer(outcome, note, organisation_id=to.id if to else None)
    who = actor or offices.by_node()[task.node]
    return complete_with_files(who, task_id=task.id, answer=answer, uploads=uploads, now=now)


def walk(offices: Offices, number: str, *steps: str, now: datetime) -> None:
    """End one task after another, each with a note; `assign` goes to the bureau."""
    for outcome in steps:
        to = offices.bureau if outcome == "assign" else None
        end_task(offices, number, outcome, now=now, note="情况说明", to=to)


def to_handling(offices: Offices, number: str, *, now: datetime) -> None:
    """File a case under its class and dispatch it to the bureau."""
    found = shown(number, now=now)
    file_case(
        offices.acceptor,
        number=number,
        class_code=found.row.class_code or DUST,
        note="",
        revision=found.revision,
        now=now,
    )
    walk(offices, number, "assign", now=now)
