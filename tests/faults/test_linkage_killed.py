"""kill -9 of workers that judge a linkage rule: what fired is what a trial of the same stretch finds, once each."""

import os
import signal
from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pytest
from django.db import connection
from tests.faults.test_cases_under_kill import running, until

from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.platform.identity.tests.factories import make_organisation
from onecity.platform.iot.contracts import Batch
from onecity.platform.iot.contracts.linkage import LinkageAction, LinkageText
from onecity.platform.iot.models import DeviceCommand, LinkageFiring, LinkageOutcome, LinkageRule
from onecity.platform.iot.rules.instants import SECOND, micros
from onecity.platform.iot.selectors.linkage.stretches import plan_of
from onecity.platform.iot.services.linkage.editing import make_rule
from onecity.platform.iot.services.linkage.publishing import publish
from onecity.platform.iot.services.linkage.trying import tried
from onecity.platform.iot.services.store import Store
from onecity.platform.iot.tests.factories import make_datastream, make_device

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
DEVICES = 20
TYPE_CODE = "iot.hydrology_station"
"""A type that every process of the city knows, with the command that the rule gives."""
BEHIND = timedelta(hours=12)
STEP_S = 10


class Quiet:
    """A progress that nobody watches."""

    def step(self, done: int, *, total: int = 0, note: str = "") -> None:
        """Take the report."""


def test_rule_judged_by_workers_that_are_killed_fires_what_a_trial_finds(run_queue: Callable[[], int]) -> None:
    organisation, system = make_organisation(), system_actor("test")
    streams = [make_datastream(make_device(organisation=organisation, type_code=TYPE_CODE)).id for _ in range(DEVICES)]
    now = clock.city_now().replace(microsecond=0)
    begins = now - BEHIND
    steps = np.arange(micros(begins), micros(now), 300 * SECOND)
    at = np.tile(steps, DEVICES)
    values = np.random.default_rng(5).uniform(0.0, 100.0, len(at))
    Store().record(
        [Batch(np.repeat(np.array(streams, np.int32), len(steps)), at, values, np.full(len(at), ord("N"), np.uint8),
               np.zeros(len(at), np.int32))],
        now=now,
    )  # fmt: skip
    text = LinkageText(
        'last("pm2_5") > 95.0',
        type_code=TYPE_CODE,
        step_s=STEP_S,
        late_s=0,
        actions=(LinkageAction("command", command="set_time"),),
    )
    rule = make_rule(system, name="扬尘联动", organisation_id=organisation.id, text=text, now=begins)
    publish(system, rule_id=rule, now=begins)
    target = micros(now) // (STEP_S * SECOND) * STEP_S * SECOND
    plan = plan_of(organisation.id, text, division_code="")
    expected = sorted(
        (item.subject, item.at)
        for item in tried(
            plan, since=micros(LinkageRule.objects.get().judged_until or now), until=target, progress=Quiet()
        )
        if item.fires
    )
    for _ in range(3):
        with running("manage.py", "work") as worker:
            until(lambda: LinkageRule.objects.get().queued_at is not None or LinkageFiring.objects.exists())
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait(10)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE iot_linkagerule SET queued_at = NULL")
    with running("manage.py", "work"):
        until(lambda: micros(LinkageRule.objects.get().judged_until or now) >= target)
        until(lambda: not LinkageOutcome.objects.filter(state="waiting").exists())
    found = sorted(
        (subject, micros(fired_at))
        for subject, fired_at in LinkageFiring.objects.values_list("subject", "fired_at")
        if micros(fired_at) <= target
    )
    assert found == expected
    assert not LinkageOutcome.objects.exclude(state="done", attempts=1).exists()
    assert DeviceCommand.objects.count() == LinkageOutcome.objects.count() == LinkageFiring.objects.count()
