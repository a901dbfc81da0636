"""A report as its reporter follows it: stages and answers, nobody's name."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from onecity.domains.urban_management.contracts import Answer, FollowedReport, Stage
from onecity.domains.urban_management.models import Report
from onecity.domains.urban_management.selectors.classes import shown_name
from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.cases.api import case, history
from onecity.platform.cases.contracts import CaseInfo, EntryInfo

_DESK = system_actor("urban_management.follow")
# Steps of which a reporter is told, and whether what was written at them is written for him.
_TOLD: Final = {
    ("accept", "accept"): (zh("已受理立案"), False),
    ("accept", "void"): (zh("不予立案"), True),
    ("accept", "verify"): (zh("已派监督员现场核实"), False),
    ("dispatch", "assign"): (zh("已派遣专业部门"), False),
    ("consent", "grant"): (zh("因故延期处理"), False),
    ("feedback", "send"): (zh("专业部门已反馈处理结果"), True),
    ("check", "fail"): (zh("现场核查未通过，已要求返工"), False),
    ("check", "pass"): (zh("现场核查通过"), False),
    ("close", "close"): (zh("案件已结案"), True),
}


def report_of(number: str) -> Report | None:
    """Return the report behind a case's number; None where the case came from elsewhere."""
    return Report.objects.filter(number=number).first()


def is_reporter(actor: Actor, row: Report) -> bool:
    """Say whether the actor told it himself: the account that was signed in, or who handed it in."""
    if actor.kind == "account" and actor.id is not None and actor.id == row.account_id:
        return True
    return bool(row.client) and actor.key == row.client


def followed(number: str, *, now: datetime) -> FollowedReport:
    """Return a report's case for its reporter; a merged one goes on as the case it was merged into. now: city time.

    The caller has checked that the reader is the reporter. Raises: NotFound.
    """
    row = report_of(number)
    if row is None:
        raise NotFound(zh("没有这个案件"))
    own = case(_DESK, number, now=now)
    living = case(_DESK, own.merged_into, now=now) if own.merged_into else own
    over = living.row.status != "open"
    return FollowedReport(
        number=number,
        title=own.row.title,
        description=own.description,
        class_name=shown_name(living.row.class_code),
        address=own.row.address,
        opened_at=own.row.opened_at,
        due_at=living.row.due_at,
        closed_at=living.row.closed_at,
        status=living.row.status,
        merged_into=own.merged_into,
        stages=[Stage(item.name, item.state) for item in living.stages],
        answers=list(_answers(own, living)),
        satisfaction=row.satisfaction,
        may_rate=over and not row.satisfaction,
    )


def _answers(own: CaseInfo, living: CaseInfo) -> Iterable[Answer]:
    yield Answer(own.row.opened_at, zh("已收到您反映的问题"), "")
    if living is not own:
        for entry in history(_DESK, own.row.number):
            if entry.kind == "merged":
                yield Answer(entry.at, zh("与他人反映的同一问题合并办理"), "")
    for entry in history(_DESK, living.row.number):
        told = _told(entry)
        if told:
            yield told


def _told(entry: EntryInfo) -> Answer | None:
    if entry.kind != "completed":
        return None
    found = _TOLD.get((str(entry.data.get("node")), str(entry.data.get("outcome"))))
    return Answer(entry.at, found[0], entry.text if found[1] else "") if found else None
