"""Setting duty rooms, reporting times and the lists of the first day."""

import csv
from collections.abc import Container
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.db import transaction

from onecity.domains.emergency.contracts import NewRule
from onecity.domains.emergency.models import DutyRoom, GradeThreshold, IncidentKind, ReportRule
from onecity.domains.emergency.permissions import CONFIGURE
from onecity.domains.emergency.rules.codes import BODY_LEVELS, CLOCKS, GRADES, REPORT_KINDS
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity.api import organisation, record

_FOLDER: Final = Path(__file__).parent.parent / "data"
LONGEST_MINUTES: Final = 366 * 24 * 60


def set_duty_room(actor: Actor, *, division_code: str, organisation_id: int, level: str) -> None:
    """Let a body take in what happens in a division (2 to 15 digits); setting it again changes it.

    Raises: NotPermitted; Invalid; NotFound for an unknown organisation.
    """
    _may(actor)
    if not (2 <= len(division_code) <= 15 and division_code.isascii() and division_code.isdigit()):
        raise Invalid(fields={"division_code": zh("区划代码应为2至15位数字")})
    if level not in BODY_LEVELS:
        raise Invalid(fields={"level": zh("没有这个层级")})
    with transaction.atomic():
        values = {"organisation_id": organisation(organisation_id).id, "level": level}
        DutyRoom.objects.update_or_create(division_code=division_code, defaults=values)
        record(actor, action="emergency.set_duty_room", details={"division": division_code, **values})


def set_rule(actor: Actor, *, new: NewRule) -> int:
    """Bring in a row of reporting times; the row of the same subject that holds by then ends the day before.

    Returns its id. Raises: NotPermitted; Invalid naming the field, also where a later row stands already.
    """
    _may(actor)
    _check(new)
    with transaction.atomic():
        same = ReportRule.objects.select_for_update().filter(
            kind=new.kind, grade=new.grade, from_level=new.from_level, to_level=new.to_level
        )
        if same.filter(effective_from__gte=new.effective_from).exists():
            raise Invalid(fields={"effective_from": zh("已有同日或更晚生效的时限")})
        same.filter(effective_to__isnull=True).update(effective_to=new.effective_from - timedelta(days=1))
        row = ReportRule.objects.create(
            kind=new.kind,
            grade=new.grade,
            from_level=new.from_level,
            to_level=new.to_level,
            clock=new.clock,
            phone_minutes=new.phone_minutes,
            written_minutes=new.written_minutes,
            effective_from=new.effective_from,
            basis=new.basis.strip()[:120],
        )
        details = {"kind": new.kind, "grade": new.grade, "to": new.to_level, "minutes": new.written_minutes}
        record(actor, action="emergency.set_rule", target=f"emergency.reportrule:{row.pk}", details=details)
    return row.pk


def install_first_lists() -> int:
    """Bring in the kinds, thresholds and times that come with the software where there are none; returns how many."""
    count = 0
    with transaction.atomic():
        if not IncidentKind.objects.exists():
            kinds = [
                IncidentKind(
                    code=row["code"],
                    parent_code=row["parent"],
                    level=int(row["level"]),
                    name=row["name_zh"],
                    name_en=row["name_en"],
                )
                for row in rows_of("kinds.csv")
            ]
            count += len(IncidentKind.objects.bulk_create(kinds))
        if not GradeThreshold.objects.exists():
            count += len(GradeThreshold.objects.bulk_create(GradeThreshold(**row) for row in rows_of("thresholds.csv")))
        if not ReportRule.objects.exists():
            count += len(ReportRule.objects.bulk_create(_rule(row) for row in rows_of("report_rules.csv")))
    return count


def rows_of(name: str) -> list[dict[str, str]]:
    """Return the rows of a table that comes with the software."""
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        return [{key: value or "" for key, value in row.items()} for row in csv.DictReader(file)]


def _rule(row: dict[str, str]) -> ReportRule:
    phone = row.pop("phone_minutes")
    return ReportRule(phone_minutes=int(phone) if phone else None, **row)


def _may(actor: Actor) -> None:
    if not actor.may(CONFIGURE):
        raise NotPermitted


def _check(new: NewRule) -> None:
    faults = {}
    lists: dict[str, Container[object]] = {
        "kind": REPORT_KINDS,
        "grade": GRADES,
        "from_level": BODY_LEVELS,
        "to_level": BODY_LEVELS,
        "clock": CLOCKS,
    }
    for name, known in lists.items():
        if getattr(new, name) not in known:
            faults[name] = zh("请从列表中选择")
    order = list(BODY_LEVELS)
    if not faults and order.index(new.from_level) >= order.index(new.to_level):
        faults["to_level"] = zh("接收层级应高于报送层级")
    for name, minutes in (("phone_minutes", new.phone_minutes), ("written_minutes", new.written_minutes)):
        if minutes is not None and not 0 < minutes <= LONGEST_MINUTES:
            faults[name] = zh("时限应为正数，且不超过一年")
    if faults:
        raise Invalid(fields=faults)
