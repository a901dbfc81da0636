"""What the city has set: centres, duties, classes of alarms."""

from django.db.models import Q
from django.db.models.functions import Length

from onecity.domains.urban_management.models import AlarmClass, Centre, Duty
from onecity.domains.urban_management.permissions import CASES_VIEW, SUPERVISE
from onecity.domains.urban_management.rules.classes import prefixes
from onecity.kernel.actor import Actor
from onecity.platform.identity.api import organisations, row_scope


def centre_of(division_code: str) -> int | None:
    """Return the organisation that owns the cases of a place: the one set for the smallest division around it."""
    around = [division_code[:size] for size in range(len(division_code), 1, -1)]
    rows = Centre.objects.filter(division_code__in=around).annotate(size=Length("division_code"))
    return rows.order_by("-size").values_list("organisation_id", flat=True).first()


def centres_seen(actor: Actor) -> list[tuple[int, str]]:
    """Return the supervision centres that the actor may evaluate, as (id, name) pairs."""
    scope = row_scope(actor, SUPERVISE)
    known = set(Centre.objects.values_list("organisation_id", flat=True))
    if not scope.everything:
        known &= set(scope.organisation_ids)
    return [(item.id, item.short_name or item.name) for item in organisations() if item.id in known]


def centres_owned(actor: Actor) -> list[tuple[int, str]]:
    """Return the supervision centres whose components the actor keeps, as (id, name) pairs."""
    scope = row_scope(actor, CASES_VIEW)
    known = set(Centre.objects.values_list("organisation_id", flat=True))
    return [
        (item.id, item.short_name or item.name)
        for item in organisations()
        if item.id in known and (scope.everything or item.id in scope.organisation_ids)
    ]


def suggested_department(class_code: str, division_code: str) -> int | None:
    """Return who handles a class at a place: the nearest class goes first, then the smallest division."""
    wanted = prefixes(class_code)
    around = [division_code[:size] for size in range(len(division_code), -1, -1)]
    rows = Duty.objects.filter(class_code__in=wanted, division_code__in=around)
    ranked = sorted(rows, key=lambda row: (wanted.index(row.class_code), -len(row.division_code)))
    return ranked[0].organisation_id if ranked else None


def class_of_alarm(*, device_type: str, rule_code: str, property_code: str) -> tuple[str, int]:
    """Return under which class an alarm is filed and how urgent it is; ("", 0) where nothing is set.

    A row that names the rule goes before one that names the property, that before one that names the device type.
    """
    rows = AlarmClass.objects.filter(
        Q(rule_code="") | Q(rule_code=rule_code),
        Q(property_code="") | Q(property_code=property_code),
        Q(device_type="") | Q(device_type=device_type),
        is_active=True,
    )
    found = max(
        rows,
        key=lambda row: (row.rule_code != "", row.property_code != "", row.device_type != "", -row.id),
        default=None,
    )
    return (found.class_code, found.urgency) if found else ("", 0)
