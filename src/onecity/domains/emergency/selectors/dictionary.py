"""The lists that staff keep: kinds, thresholds, reporting times, duty rooms."""

from datetime import date

from django.db.models import Q
from django.utils.translation import get_language

from onecity.domains.emergency.models import DutyRoom, GradeThreshold, IncidentKind, ReportRule
from onecity.domains.emergency.rules.grading import Threshold
from onecity.domains.emergency.rules.reporting import Limit


def room_for(division_code: str) -> DutyRoom | None:
    """Return the duty room of a division: the one of the longest code that the division lies in."""
    rows = [row for row in DutyRoom.objects.all() if division_code.startswith(row.division_code)]
    return max(rows, key=lambda row: len(row.division_code), default=None)


def room_of(organisation_id: int) -> DutyRoom | None:
    """Return the duty room that a body runs; the widest where it runs several."""
    rows = DutyRoom.objects.filter(organisation_id=organisation_id)
    return min(rows, key=lambda row: len(row.division_code), default=None)


def thresholds() -> list[Threshold]:
    """Return every row of grades."""
    return [
        Threshold(row.kind_prefix, row.grade, row.deaths, row.injured, row.loss_cny, row.effective_from, row.basis)
        for row in GradeThreshold.objects.all()
    ]


def limits() -> list[Limit]:
    """Return every row of reporting times."""
    return [
        Limit(
            row.pk,
            row.kind,
            row.grade,
            row.from_level,
            row.to_level,
            row.clock,
            row.phone_minutes,
            row.written_minutes,
            row.effective_from,
            row.effective_to,
        )
        for row in ReportRule.objects.all()
    ]


def rules_on(day: date) -> list[ReportRule]:
    """Return the rows of reporting times that hold or will hold, in order of what they are about."""
    rows = ReportRule.objects.filter(Q(effective_to__isnull=True) | Q(effective_to__gte=day))
    return list(rows.order_by("kind", "from_level", "to_level", "grade", "effective_from"))


def kind_name(row: IncidentKind) -> str:
    """Return a kind's name in the visitor's language, where it has one."""
    return row.name_en if row.name_en and not (get_language() or "zh").startswith("zh") else row.name


def kind_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the kinds as grouped choices: group name, (code, name) of its kinds."""
    groups: dict[str, tuple[str, list[tuple[str, str]]]] = {}
    for row in IncidentKind.objects.filter(is_active=True).order_by("code"):
        if row.level < 3 and row.code != "19000":
            groups[row.code] = (kind_name(row), [])
            continue
        parent = groups.setdefault(row.parent_code or row.code, (kind_name(row), []))
        parent[1].append((row.code, f"{row.code} {kind_name(row)}"))
    return [(name, kinds) for name, kinds in groups.values() if kinds]


def big_classes() -> list[tuple[str, str]]:
    """Return the four classes as (first two digits, name)."""
    return [(row.code[:2], kind_name(row)) for row in IncidentKind.objects.filter(level=1).order_by("code")]
