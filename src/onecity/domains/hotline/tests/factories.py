"""The smallest city in which a demand can be answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Final

from onecity.domains.hotline import permissions
from onecity.domains.hotline.api import assign_duty, install_first_lists, set_centre, take_demand
from onecity.domains.hotline.contracts import NewDemand
from onecity.domains.hotline.models import Demand
from onecity.kernel.actor import Actor, system_actor
from onecity.platform.cases.api import case, complete_task
from onecity.platform.cases.contracts import CaseInfo, CompletedTask, TaskAnswer
from onecity.platform.geo.tests.factories import COMMUNITY, SOUTH, WEST, make_cell, make_tree
from onecity.platform.identity.api import organisation
from onecity.platform.identity.contracts import OrganisationInfo
from onecity.platform.identity.tests.factories import make_actor, make_organisation

SYSTEM: Final = system_actor("test")
GRID: Final = f"{COMMUNITY}001"
INSIDE: Final = (WEST + 0.0005, SOUTH + 0.0005)
NOISE: Final = "040100"
HEATING: Final = "050200"
PHONE: Final = "13912345678"
_keys = count(1)


@dataclass(frozen=True, slots=True)
class Desks:
    """Who works in the small city."""

    hotline: OrganisationInfo
    petitions: OrganisationInfo
    bureau: OrganisationInfo
    other: OrganisationInfo
    upper: OrganisationInfo
    top: OrganisationInfo
    agent: Actor
    dispatcher: Actor
    undertaker: Actor
    body_leader: Actor
    caller_back: Actor
    leader: Actor
    clerk: Actor
    reviewer: Actor
    examiner: Actor
    editor: Actor

    def by_node(self, *, petition: bool) -> Mapping[str, Actor]:
        """Return who ends the task of each node."""
        handling = dict.fromkeys(
            ("sign", "handle", "handle_longer", "redo", "reply", "decide", "answer"), self.undertaker
        )
        waiting = dict.fromkeys(("register", "await_review", "await_reexamine"), self.clerk)
        return {
            **handling,
            **waiting,
            "accept": self.agent,
            "dispatch": self.dispatcher,
            "consent": self.body_leader if petition else self.leader,
            "callback": self.caller_back,
            "close": self.leader,
            "review": self.reviewer,
            "reexamine": self.examiner,
        }


def make_desks() -> Desks:
    """Make the city, its organisations and people."""
    make_tree()
    make_cell(GRID)
    install_first_lists()
    names = ("热线服务中心", "信访局", "生态环境局", "水务局", "市政府", "省信访局")
    made = [make_organisation(name) for name in names]
    hotline, petitions, bureau, _, upper, top = made
    infos = [organisation(item.id) for item in made]
    set_centre(SYSTEM, division_code="2201", organisation_id=hotline.id, petition_office_id=petitions.id)
    assign_duty(SYSTEM, topic_code="040000", organisation_id=bureau.id)
    view, look = permissions.CASES_VIEW, permissions.CASES_LOOK
    return Desks(
        hotline=infos[0],
        petitions=infos[1],
        bureau=infos[2],
        other=infos[3],
        upper=infos[4],
        top=infos[5],
        agent=make_actor(
            view,
            permissions.TAKE,
            permissions.ACCEPT,
            permissions.DISPATCH,
            permissions.CASES_MERGE,
            organisation=hotline,
        ),
        dispatcher=make_actor(view, permissions.ACCEPT, permissions.DISPATCH, organisation=hotline),
        undertaker=make_actor(view, permissions.HANDLE, organisation=bureau),
        body_leader=make_actor(view, permissions.HANDLE, permissions.APPROVE, organisation=bureau),
        caller_back=make_actor(view, permissions.CALL_BACK, look, organisation=hotline),
        leader=make_actor(
            view,
            permissions.TAKE,
            permissions.ACCEPT,
            permissions.APPROVE,
            permissions.MEASURE,
            permissions.CONFIGURE,
            permissions.WRITE_KNOWLEDGE,
            permissions.PUBLISH_KNOWLEDGE,
            organisation=hotline,
        ),
        clerk=make_actor(view, permissions.PETITION, organisation=petitions),
        reviewer=make_actor(view, permissions.REVIEW, organisation=upper),
        examiner=make_actor(view, permissions.REVIEW, organisation=top),
        editor=make_actor(view, permissions.WRITE_KNOWLEDGE, organisation=bureau),
    )


def new_demand(**facts: object) -> NewDemand:
    """Return a complaint about noise; each has a key of its own."""
    given: dict[str, object] = {
        "kind": "complaint",
        "words": "小区旁边工地夜间施工噪声扰民，凌晨还在打桩。",
        "source_code": "hotline.call",
        "key": f"key{next(_keys)}",
        "location": INSIDE,
        "caller_phone": PHONE,
        "topic_code": NOISE,
        **facts,
    }
    return NewDemand(**given)  # type: ignore[arg-type]  # test data


def make_demand(desks: Desks, *, now: datetime, **facts: object) -> str:
    """Take in a demand; returns its number."""
    new = new_demand(**facts)
    actor = desks.clerk if new.kind.startswith("petition") else desks.agent
    return take_demand(actor, new=new, now=now).number


def shown(number: str, *, now: datetime) -> CaseInfo:
    """Return a demand's case as the system sees it."""
    return case(SYSTEM, number, now=now)


def kept(number: str) -> Demand:
    """Return a demand's row in the pool."""
    return Demand.objects.get(number=number)


def waiting(number: str, *, now: datetime) -> list[str]:
    """Return the nodes of the tasks that wait."""
    return [task.node for task in shown(number, now=now).tasks if task.state == "open"]


def end_task(
    desks: Desks,
    number: str,
    outcome: str,
    *,
    now: datetime,
    note: str = "情况说明",
    to: OrganisationInfo | None = None,
    solved: str = "已解决",
) -> CompletedTask:
    """End the one waiting task of a demand by whoever holds its post."""
    found = shown(number, now=now)
    task = next(item for item in found.tasks if item.state == "open")
    data = {"solved": solved} if task.node == "callback" else {}
    answer = TaskAnswer(outcome, note, organisation_id=to.id if to else None, data=data)
    petition = found.row.type_code == "hotline.petition"
    return complete_task(desks.by_node(petition=petition)[task.node], task_id=task.id, answer=answer, now=now)


def walk(desks: Desks, number: str, *steps: str, now: datetime) -> None:
    """End one task after another: `assign` and `transfer` to the bureau, `review` above it, `reexamine` to the top."""
    goals = {"assign": desks.bureau, "transfer": desks.bureau, "review": desks.upper, "reexamine": desks.top}
    for outcome in steps:
        end_task(desks, number, outcome, now=now, to=goals.get(outcome))
