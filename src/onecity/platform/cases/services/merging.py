"""Merging: two cases tell of one thing; one of them goes on for both."""

from datetime import datetime

from django.db import transaction

from onecity.kernel import bus
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid, NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.cases.events import CASE_MERGED
from onecity.platform.cases.models import Case
from onecity.platform.cases.permissions import MERGE
from onecity.platform.cases.rules.states import check_deed
from onecity.platform.cases.selectors.scopes import covers
from onecity.platform.cases.selectors.types import type_of
from onecity.platform.cases.services.locking import CaseChanged
from onecity.platform.cases.services.rows import entry
from onecity.platform.cases.services.stopping import announce_stopped, stop_case
from onecity.platform.cases.services.tasks import ReasonLacking
from onecity.platform.cases.services.writing import write_entries
from onecity.platform.identity.api import record


def merge_cases(
    actor: Actor, *, away_id: int, into_id: int, reason: str, now: datetime, revision: int | None = None
) -> None:
    """End one open case because another open one of the same type tells of the same thing.

    The waiting tasks of the case that goes away are cancelled; whoever reads it is led to the other. revision: of the
    case that goes away, as the person saw it.
    Raises: NotFound; NotPermitted unless the actor may merge both; CaseIsOver; CaseChanged; Invalid; ReasonLacking.
    """
    if away_id == into_id:
        raise Invalid(zh("案件不能与自身合并"))
    if not reason.strip():
        raise ReasonLacking(fields={"reason": zh("请写明理由")})
    with transaction.atomic():
        away, into = _both(away_id, into_id)
        for case in (away, into):
            if not covers(actor, MERGE, keys=frozenset(case.scope_keys)):
                raise NotPermitted
        check_deed("open" if away.status == "open" else "merged", "merge_away")
        check_deed("open" if into.status == "open" else "merged", "merge_into")
        if away.case_type_id != into.case_type_id:
            raise Invalid(zh("只能合并同一类型的案件"))
        if revision is not None and revision != away.revision:
            raise CaseChanged
        _end(actor, away, into, reason=reason.strip(), now=now)
        write_entries(into.id, entry("merged", actor, at=now, text=reason.strip(), data={"from": away.number}))
        record(
            actor,
            action="cases.merge",
            target=f"cases.case:{away.id}",
            details={"from": away.number, "into": into.number},
        )
        _announce(away, into, now=now)


def _both(away_id: int, into_id: int) -> tuple[Case, Case]:
    """Return both cases, locked in the order of their ids, so that two mergers cannot wait for each other."""
    rows = Case.objects.select_for_update(no_key=True).filter(id__in=[away_id, into_id]).order_by("id")
    found = {row.id: row for row in rows}
    if len(found) < 2:
        raise NotFound(zh("没有这个案件"))
    return found[away_id], found[into_id]


def _end(actor: Actor, away: Case, into: Case, *, reason: str, now: datetime) -> None:
    lines = stop_case(actor, away, status="merged", now=now, into=into)
    lines.append(entry("merged", actor, at=now, text=reason, data={"into": into.number}))
    write_entries(away.id, *lines)


def _announce(away: Case, into: Case, *, now: datetime) -> None:
    code = type_of(away.case_type_id).code
    bus.announce(CASE_MERGED, case_id=away.id, into_id=into.id, type_code=code, at=now)
    announce_stopped(away, now=now)
