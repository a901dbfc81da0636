"""A demand as its citizen follows it: stages and answers, nobody's name."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from onecity.domains.hotline.contracts import FollowedDemand
from onecity.domains.hotline.kinds import KIND_NAMES
from onecity.domains.hotline.models import Demand
from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.cases.api import case, history
from onecity.platform.cases.contracts import CaseInfo, EntryInfo

_DESK: Final = system_actor("hotline.follow")
# Steps of which a citizen is told, and whether what was written at them is written for him.
_TOLD: Final = {
    ("accept", "dispatch"): (zh("已受理，正在派单"), False),
    ("accept", "answer"): (zh("已直接答复"), True),
    ("accept", "refuse"): (zh("不予受理"), True),
    ("register", "transfer"): (zh("已登记，转送有权处理的机关"), False),
    ("register", "legal"): (zh("依法导入其他程序"), True),
    ("register", "refuse"): (zh("不予受理"), True),
    ("decide", "accept"): (zh("有权处理机关已决定受理"), False),
    ("decide", "refuse"): (zh("告知不予受理"), True),
    ("dispatch", "assign"): (zh("已派给承办单位"), False),
    ("sign", "sign"): (zh("承办单位已签收"), False),
    ("consent", "grant"): (zh("因故延期办理"), True),
    ("reply", "send"): (zh("承办单位已答复"), True),
    ("answer", "send"): (zh("已出具答复意见书"), True),
    ("callback", "redo"): (zh("回访不满意，已退回重办"), False),
    ("review", "uphold"): (zh("复查：维持答复意见"), True),
    ("review", "amend"): (zh("复查：变更或撤销答复意见"), True),
    ("reexamine", "uphold"): (zh("复核：维持复查意见"), True),
    ("reexamine", "amend"): (zh("复核：变更或撤销复查意见"), True),
    ("close", "close"): (zh("工单已办结"), False),
}


def demand_row(number: str) -> Demand | None:
    """Return the row behind a number, for the citizen's own pages."""
    return Demand.objects.filter(number=number).first()


def is_citizen(actor: Actor, row: Demand) -> bool:
    """Say whether the actor handed it in himself: the account that was signed in."""
    return actor.kind == "account" and actor.id is not None and actor.id == row.account_id


def followed(number: str, *, now: datetime) -> FollowedDemand:
    """Return a demand for its citizen; a merged one goes on as the case it was merged into. now: city time.

    The caller has checked that the reader is the citizen. Raises: NotFound.
    """
    row = demand_row(number)
    if row is None:
        raise NotFound(zh("没有这件诉求"))
    own = case(_DESK, number, now=now)
    living = case(_DESK, own.merged_into, now=now) if own.merged_into else own
    return FollowedDemand(
        number=number,
        title=row.title,
        words=row.words,
        kind=KIND_NAMES.get(row.kind, ""),
        address=row.address,
        opened_at=row.opened_at,
        due_at=living.row.due_at,
        status=living.row.status,
        stages=[(item.name, item.state) for item in living.stages],
        answers=list(_answers(own, living)),
        merged_into=own.merged_into,
        satisfaction=row.get_satisfaction_display() if row.satisfaction else "",
        may_rate=row.status == Demand.Status.CLOSED and row.satisfaction in ("", Demand.Satisfaction.UNREACHED),
    )


def _answers(own: CaseInfo, living: CaseInfo) -> Iterable[tuple[datetime, str, str]]:
    yield own.row.opened_at, zh("已收到您的诉求"), ""
    if living is not own:
        for entry in history(_DESK, own.row.number):
            if entry.kind == "merged":
                yield entry.at, zh("与他人反映的同一问题合并办理"), ""
    for entry in history(_DESK, living.row.number):
        told = _told(entry)
        if told:
            yield told


def _told(entry: EntryInfo) -> tuple[datetime, str, str] | None:
    found = _TOLD.get((str(entry.data.get("node")), str(entry.data.get("outcome"))))
    if entry.kind != "completed" or found is None:
        return None
    return entry.at, found[0], entry.text if found[1] else ""
