"""Installs what modules declare: case types as version 1, classifications as edition 1, a first working period."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Final

from django.db import transaction

from onecity.kernel.actor import system_actor
from onecity.platform.cases.declare import Classification as DeclaredScheme
from onecity.platform.cases.declare import Limit
from onecity.platform.cases.models import CaseClass, CaseType, CaseTypeVersion, Classification, WorkPeriod
from onecity.platform.cases.registries import case_types, classifications
from onecity.platform.cases.rules.settings import settings_of, written_limit
from onecity.platform.cases.selectors.remembered import forget_all
from onecity.platform.cases.services.types import create_type, publish, save_draft

# House rule: what offices keep where a city has said nothing yet; staff change it on the calendar page.
FIRST_PERIODS: Final = ((time(8, 30), time(12, 0)), (time(13, 30), time(17, 30)))
BEGINNING: Final = "1970-01-01T00:00:00+00:00"


def install_declared(*, now: datetime) -> int:
    """Bring in what is declared and not there yet; returns how many things were installed. Run after each migration.

    Raises: VersionRefused if a declared process breaks a rule: the process must not start with it.
    """
    with transaction.atomic():
        installed = _install_types(now=now) + _install_classes() + _install_periods()
    forget_all()
    return installed


def _install_types(*, now: datetime) -> int:
    installer, count = system_actor("install"), 0
    for declared in case_types():
        if CaseTypeVersion.objects.filter(case_type__code=declared.code).exists():
            continue
        if not CaseType.objects.filter(code=declared.code).exists():
            create_type(installer, code=declared.code, name=declared.name)
        draft = save_draft(
            installer,
            type_code=declared.code,
            process=declared.process.read_text(encoding="utf-8"),
            settings=settings_of(declared),
            now=now,
        )
        publish(installer, version_id=draft.id, now=now)
        count += 1
    return count


def _install_classes() -> int:
    count = 0
    for declared in classifications():
        if not Classification.objects.filter(scheme_code=declared.code).exists():
            add_edition(declared, effective_from=datetime.fromisoformat(BEGINNING))
            count += 1
    return count


def add_edition(declared: DeclaredScheme, *, effective_from: datetime) -> int:
    """Add an edition of a scheme, in force for cases opened from `effective_from` on; returns the edition's number."""
    with transaction.atomic():
        edition = Classification.objects.filter(scheme_code=declared.code).count() + 1
        row = Classification.objects.create(
            scheme_code=declared.code, name=declared.name, edition=edition, effective_from=effective_from
        )
        CaseClass.objects.bulk_create(
            CaseClass(
                classification=row,
                code=item.code,
                name=item.name,
                parent_code=item.parent,
                limits=_limits(item.limits),
            )
            for item in declared.classes
        )
    forget_all()
    return edition


def _limits(limits: Mapping[str, Limit]) -> dict[str, object]:
    return {name: written_limit(limit) for name, limit in limits.items()}


def _install_periods() -> int:
    if WorkPeriod.objects.exists():
        return 0
    WorkPeriod.objects.bulk_create(WorkPeriod(start=start, end=end) for start, end in FIRST_PERIODS)
    return len(FIRST_PERIODS)
