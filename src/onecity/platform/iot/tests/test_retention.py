"""Old observations leave a day at a time, and only where the city says so."""

from datetime import timedelta

import pytest
from django.db import connections

from onecity.platform.identity.tests.factories import AuditEntry
from onecity.platform.iot.models import Latest, Observation
from onecity.platform.iot.rules.instants import DAY, micros
from onecity.platform.iot.services.retention import drop_old_days
from onecity.platform.iot.services.store import Store
from onecity.platform.iot.services.store.partitions import existing_days, partition_of
from onecity.platform.iot.tests.factories import NOW, make_batch, make_datastream

ONE_DAY = timedelta(days=1)


def fill() -> None:
    """Store a reading of today, one of nine days ago and one of eleven."""
    stream = make_datastream()
    Store().record([make_batch(*[(stream.id, NOW - days * ONE_DAY, 1.0) for days in (0, 9, 11)])], now=NOW)


@pytest.mark.django_db
def test_nothing_is_dropped_unless_it_is_asked_for() -> None:
    fill()
    assert drop_old_days(NOW, keep_days=0) == 0
    assert Observation.objects.count() == 3


@pytest.mark.django_db
def test_days_that_are_over_are_dropped_and_on_record() -> None:
    fill()
    gone = drop_old_days(NOW, keep_days=10)
    assert gone >= 1
    assert {row.phenomenon_at for row in Observation.objects.all()} == {NOW, NOW - 9 * ONE_DAY}
    assert Latest.objects.count() == 1
    assert min(existing_days()) >= micros(NOW - 10 * ONE_DAY) // DAY
    assert AuditEntry.objects.filter(action="iot.drop_observations").count() == gone
    assert drop_old_days(NOW, keep_days=10) == 0


@pytest.mark.django_db(transaction=True)
def test_day_in_use_is_left_for_the_next_time() -> None:
    fill()
    table = partition_of(micros(NOW - 11 * ONE_DAY) // DAY)
    reader = connections["default"].copy()
    try:
        reader.set_autocommit(False)
        with reader.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN ACCESS SHARE MODE")
        assert drop_old_days(NOW, keep_days=10) == 0
    finally:
        reader.rollback()
        reader.close()
    assert Observation.objects.count() == 3
    assert drop_old_days(NOW, keep_days=10) >= 1
