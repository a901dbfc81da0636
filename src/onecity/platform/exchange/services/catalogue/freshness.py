"""How new data are: noted by flows, asked of declared datasets, and compared with the update cycle."""

from datetime import datetime
from typing import Final

from django.db import connection, transaction

from onecity.platform.cases import api as cases
from onecity.platform.exchange.models import Dataset
from onecity.platform.exchange.registries import declared_datasets
from onecity.platform.exchange.rules.cycles import due_at
from onecity.platform.exchange.selectors.catalogue.classes import rule_at
from onecity.platform.identity import api as identity

_LONGEST_MS: Final = "2000"


def note_data(code: str, *, data_at: datetime, now: datetime) -> bool:
    """Note that a dataset holds data up to an instant; return if there is such an entry. Never goes back in time."""
    with transaction.atomic():
        row = Dataset.objects.select_for_update().filter(code=code).first()
        if row is None:
            return False
        if row.last_data_at is None or data_at > row.last_data_at:
            row.last_data_at = data_at
        row.next_data_at = _next(row, row.last_data_at, now=now)
        row.save(update_fields=["last_data_at", "next_data_at"])
    return True


def refresh_declared(*, now: datetime) -> int:
    """Ask every declared dataset that says how for the instant of its newest data; return how many have one."""
    found = 0
    for item in declared_datasets():
        if not item.last_at:
            continue
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [_LONGEST_MS])
            cursor.execute(item.last_at)
            row = cursor.fetchone()
        if row is not None and row[0] is not None:
            found += note_data(item.code, data_at=row[0], now=now)
    return found


def _next(row: Dataset, last: datetime, *, now: datetime) -> datetime | None:
    """Return when newer data are due; None where no cycle says so, or the city has no working calendar yet."""
    division = identity.organisation(row.organisation_id).division_code
    try:
        calendar = cases.calendar_of(division)
    except cases.NoCalendar:
        return None
    return due_at(last, cycle=row.update_cycle, grace_days=rule_at(now).overdue_grace, calendar=calendar)
