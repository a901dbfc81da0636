"""Putting a case under a class, or under another one: what it is about turns out when somebody reads it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.cases.models import Case, Task
from onecity.platform.cases.rules.clocks import LIGHTS, LimitRule, TimedLimit, read_clock, timed, worst
from onecity.platform.cases.rules.joint import in_diagram
from onecity.platform.cases.rules.terms import token
from onecity.platform.cases.selectors.calendars import calendar_of
from onecity.platform.cases.selectors.classes import class_name, classes_at
from onecity.platform.cases.selectors.scopes import covers
from onecity.platform.cases.selectors.versions import Version, version
from onecity.platform.cases.services.locking import locked_case, task_keys, waiting_tasks
from onecity.platform.cases.services.rows import clock_columns, entry
from onecity.platform.cases.services.writing import run, write_entries, written
from onecity.platform.identity.api import record

_CLASSIFY: Final = """
    WITH found AS (
        UPDATE cases_searchterms SET terms = array_remove(terms, %(old_term)s::bigint) || %(new_term)s::bigint
        WHERE case_id = %(case_id)s
    )
    UPDATE cases_case SET class_code = %(class_code)s, scheme_code = %(scheme)s,
        due_at = %(due_at)s::timestamptz,
        warn_at = %(warn_at)s::timestamptz, next_light_at = %(next_light_at)s::timestamptz,
        clock = %(clock)s::jsonb, light = %(light)s,
        revision = revision + 1
    WHERE id = %(case_id)s RETURNING revision
"""


class UnknownClass(Invalid):
    """The edition in force when the case was opened has no such class."""

    code = "unknown_case_class"
    message = zh("没有这个案件分类")


def classify_case(actor: Actor, *, case_id: int, class_code: str, now: datetime) -> int:
    """Put an open case under a class and return its revision.

    The limit of the whole case counts from the opening, or the reopening, and keeps what was granted on top; tasks
    that wait already keep their limits. Whoever may end a waiting task of the case may. now: city time.
    Raises: NotFound; CaseIsOver; NotPermitted; UnknownClass.
    """
    with transaction.atomic():
        case = locked_case(case_id, deed="complete")
        tasks = waiting_tasks(case.id)
        if not any(covers(actor, task.post, keys=task_keys(task)) for task in tasks if in_diagram(task.node)):
            raise NotPermitted
        form = version(case.version_id)
        scheme = form.settings.scheme
        known = classes_at(scheme, at=case.opened_at).get(class_code)
        if known is None:
            raise UnknownClass(fields={"class_code": zh("没有这个案件分类")})
        if case.class_code == class_code:
            return int(case.revision)
        row = run(_CLASSIFY, _values(case, form, class_code=class_code, limits=known.limits, tasks=tasks, now=now))
        assert row is not None
        told = {"class_code": class_code, "before": case.class_code, "class_name": known.info.name}
        text = f"{class_name(scheme, case.class_code) or '—'} → {known.info.name}"
        write_entries(case.id, entry("note", actor, at=now, text=text, data=told))
        record(actor, action="cases.classify", target=f"cases.case:{case.id}", details=told)
        return int(row[0])


def _values(
    case: Case,
    form: Version,
    *,
    class_code: str,
    limits: Mapping[str, LimitRule],
    tasks: list[Task],
    now: datetime,
) -> dict[str, Any]:
    clock = _clock(case, form, limits=limits)
    columns = clock_columns(clock, now=now)
    lights = [next(light for light in LIGHTS if light == task.light) for task in tasks]
    return {
        "case_id": case.id,
        "class_code": class_code,
        "scheme": form.settings.scheme,
        "old_term": token("class", case.class_code),
        "new_term": token("class", class_code),
        "due_at": columns["due_at"],
        "warn_at": columns["warn_at"],
        "next_light_at": columns["next_light_at"],
        "clock": written(columns["clock"]),
        "light": worst([*lights, clock.light(now=now)] if clock else lights),
    }


def _clock(case: Case, form: Version, *, limits: Mapping[str, LimitRule]) -> TimedLimit | None:
    limit = limits.get(form.settings.case_limit) or form.settings.limits.get(form.settings.case_limit)
    if limit is None:
        return None
    old = read_clock(case.clock, due_at=case.due_at, warn_at=case.warn_at, paused_at=case.paused_at)
    fresh = timed(
        limit,
        started_at=old.clock.started_at if old else case.opened_at,
        calendar=calendar_of(case.division_code),
        pauses=old.clock.pauses if old else (),
        extensions=old.clock.extensions if old else (),
    )
    return TimedLimit(limit, replace(fresh.clock, paused_at=case.paused_at))
