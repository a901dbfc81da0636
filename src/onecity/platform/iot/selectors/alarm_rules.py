"""Reading alarm rules and their versions."""

from dataclasses import dataclass

from django.db.models import Q

from onecity.kernel.errors import NotFound
from onecity.platform.iot.contracts import RuleInfo, RuleText
from onecity.platform.iot.declare import Limits, Period, Severity
from onecity.platform.iot.models import AlarmRule
from onecity.web.keyset import page_of
from onecity.web.paging import Count, Cursor, Page


@dataclass(frozen=True, slots=True)
class RuleQuery:
    """What a list of rules is asked for. state: "" for all but superseded versions."""

    search: str = ""
    state: str = ""
    device_type: str = ""
    severity: str = ""
    after: Cursor | None = None
    size: int = 20


def rules(query: RuleQuery) -> Page[RuleInfo]:
    """Return versions of rules, the newest first."""
    rows = AlarmRule.objects.exclude(kind=AlarmRule.Kind.LINKED)
    rows = rows.filter(state=query.state) if query.state else rows.exclude(state=AlarmRule.State.SUPERSEDED)
    for name in ("device_type", "severity"):
        if getattr(query, name):
            rows = rows.filter(**{name: getattr(query, name)})
    if query.search:
        rows = rows.filter(Q(name__icontains=query.search) | Q(code__icontains=query.search))
    count = None if query.after else Count(rows.count())
    return page_of(rows, after=query.after, size=query.size, count=count).shown(rule_info)


def rule(rule_id: int) -> RuleInfo:
    """Return one version of a rule.

    Raises: NotFound.
    """
    row = AlarmRule.objects.filter(id=rule_id).exclude(kind=AlarmRule.Kind.LINKED).first()
    if row is None:
        raise NotFound
    return rule_info(row)


def versions(code: str) -> list[RuleInfo]:
    """Return all versions of a rule, the newest first."""
    return [rule_info(row) for row in AlarmRule.objects.filter(code=code).order_by("-version")]


def rule_info(row: AlarmRule) -> RuleInfo:
    """Return a rule's row as others see it."""
    return RuleInfo(
        id=row.id,
        code=row.code,
        version=row.version,
        state=row.state,
        text=text_of(row),
        author=row.author,
        created_at=row.created_at,
        published_at=row.published_at,
    )


def text_of(row: AlarmRule) -> RuleText:
    """Return what a version says."""
    return RuleText(
        name=row.name,
        device_type=row.device_type,
        property_code=row.property_code,
        kind=row.kind,  # type: ignore[arg-type]  # the column holds these words only
        limits=Limits(**{name: getattr(row, name) for name in Limits.__dataclass_fields__}),
        text=row.text,
        period=Period(row.period),
        sub_value=row.sub_value,
        severity=Severity(row.severity),
        source=row.source,
    )
