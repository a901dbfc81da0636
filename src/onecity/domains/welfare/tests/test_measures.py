"""Indicators: how long verifications take, how many hit, seen within the actor's scope."""

from datetime import datetime, timedelta

import pytest

from onecity.domains.welfare.models import Verification
from onecity.domains.welfare.selectors.measures import (
    contradiction_rate,
    hit_rate,
    median_minutes,
    verification_rows,
)
from onecity.domains.welfare.tests.factories import SYSTEM, Offices, make_application
from onecity.kernel.actor import Actor
from onecity.platform.identity.tests.factories import make_actor, make_organisation
from onecity.platform.indicators.declare import Period

pytestmark = pytest.mark.django_db


def reported(offices: Offices, *, now: datetime, minutes: int, contradictions: int = 0, differences: int = 0) -> None:
    row = make_application(offices, now=now)
    Verification.objects.create(
        number=f"HD{row.id}",
        application=row,
        purpose="application",
        state="reported",
        organisation_id=row.organisation_id,
        division_code=row.division_code,
        policy_number=1,
        requested_by="test",
        requested_at=now - timedelta(minutes=minutes),
        finished_at=now,
        contradictions=contradictions,
        differences=differences,
    )


def month(now: datetime) -> Period:
    return Period(now - timedelta(days=9), now + timedelta(days=1))


def test_median_and_rates_of_the_period(offices: Offices, now: datetime) -> None:
    for minutes, contradictions, differences in ((2, 0, 0), (4, 1, 0), (90, 0, 2), (6, 0, 0)):
        reported(offices, now=now, minutes=minutes, contradictions=contradictions, differences=differences)
    assert median_minutes(SYSTEM, month(now)).value == 5.0
    assert (hit_rate(SYSTEM, month(now)).value, contradiction_rate(SYSTEM, month(now)).value) == (50.0, 25.0)
    reported(offices, now=now, minutes=5)
    assert median_minutes(SYSTEM, month(now)).value == 5.0
    assert len(verification_rows(SYSTEM, month(now), 3).rows) == 3


def test_nothing_is_known_of_an_empty_period(offices: Offices, now: datetime) -> None:
    reported(offices, now=now, minutes=5)
    empty = Period(now - timedelta(days=9), now - timedelta(days=1))
    values = [measure(SYSTEM, empty).value for measure in (median_minutes, hit_rate, contradiction_rate)]
    assert values == [None, None, None]


def test_others_verifications_are_not_counted(offices: Offices, now: datetime) -> None:
    reported(offices, now=now, minutes=5)
    elsewhere = make_organisation("外区民政局", division="220105")
    stranger: Actor = make_actor("welfare.statistics", organisation=elsewhere)
    assert hit_rate(stranger, month(now)).denominator == 0
