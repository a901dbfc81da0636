"""Histories that were kept long enough."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from onecity.kernel import clock
from onecity.platform.iot.models import ContextHistory, ContextInstance
from onecity.platform.iot.ngsild.upkeep import drop_old_instances


def _instance(history: ContextHistory, at: datetime) -> None:
    ContextInstance.objects.create(
        history=history, attribute="urn:a:b", instance=uuid4(), created_at=at, modified_at=at, body={}
    )


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "gone"), [(0, 0), (30, 1)])
def test_instances_are_kept_as_long_as_the_operator_says(settings: Any, days: int, gone: int) -> None:
    settings.ENV = replace(settings.ENV, ngsi_history_days=days)
    now = clock.city_now()
    history = ContextHistory.objects.create(uri="urn:a:b", types=["urn:a:t"], created_at=now, modified_at=now)
    for age in (1, 31):
        _instance(history, now - timedelta(days=age))
    assert drop_old_instances() == gone
    assert ContextInstance.objects.count() == 2 - gone
