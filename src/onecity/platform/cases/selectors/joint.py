"""Joint handling as pages show it: who assists, which cases were opened under which."""

from onecity.kernel.actor import Actor
from onecity.platform.cases.contracts import AssistanceInfo, SubcaseInfo
from onecity.platform.cases.models import Assistance, Case, Subcase
from onecity.platform.cases.permissions import VIEW
from onecity.platform.cases.rules.settings import TypeSettings
from onecity.platform.cases.selectors.scopes import covers
from onecity.platform.cases.selectors.types import visible_types


def assistances_of(case_id: int) -> list[AssistanceInfo]:
    """Return who assists, and assisted, in a case that the actor has been shown, the latest first."""
    rows = Assistance.objects.select_related("assist").filter(case_id=case_id).order_by("-id")
    return [_assistance(row) for row in rows]


def subcases_of(actor: Actor, case_id: int) -> list[SubcaseInfo]:
    """Return the cases under a case that the actor has been shown, the latest first."""
    rows = Subcase.objects.select_related("child").filter(parent_id=case_id).order_by("-id")
    return [_subcase(actor, row, row.child) for row in rows]


def parent_of(actor: Actor, case_id: int) -> SubcaseInfo | None:
    """Return the case above a case that the actor has been shown; None for one that stands alone."""
    row = Subcase.objects.select_related("parent").filter(child_id=case_id).first()
    return _subcase(actor, row, row.parent) if row else None


def held_tasks(case_id: int, settings: TypeSettings) -> frozenset[int]:
    """Return the tasks of a case that wait for others; nothing is read for types without joint handling."""
    if not settings.joint and not settings.subcases:
        return frozenset()
    assisted = Assistance.objects.filter(case_id=case_id, state=Assistance.State.WAITING)
    running = Subcase.objects.filter(parent_id=case_id, waits=True, child__status=Case.Status.OPEN)
    return frozenset({*assisted.values_list("task_id", flat=True), *running.values_list("task_id", flat=True)})


def _assistance(row: Assistance) -> AssistanceInfo:
    return AssistanceInfo(
        id=row.id,
        task_id=row.task_id,
        assist_id=row.assist_id,
        name=row.name,
        organisation_id=row.organisation_id,
        state=row.state,
        wish=row.wish,
        light=row.assist.light,
        due_at=row.assist.due_at,
        asked_at=row.asked_at,
        asked_by_name=row.asked_by_name,
        ended_at=row.ended_at,
        ended_by_name=row.ended_by_name,
        note=row.note,
    )


def _subcase(actor: Actor, row: Subcase, other: Case) -> SubcaseInfo:
    types = {item.id for item in visible_types(actor)}
    return SubcaseInfo(
        name=row.name,
        number=other.number,
        title=other.title,
        status=other.status,
        light=other.light,
        waits=row.waits,
        task_id=row.task_id,
        organisation_id=other.organisation_id,
        opened_at=row.opened_at,
        ended_at=row.ended_at,
        visible=other.case_type_id in types and covers(actor, VIEW, keys=frozenset(other.scope_keys)),
    )
