"""Two workers at one rule, and a worker that dies in the middle: each step is judged once, each action done once."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from onecity.platform.identity.tests.factories import make_organisation
from onecity.platform.iot.contracts.linkage import LinkageAction
from onecity.platform.iot.models import DeviceCommand, LinkageFiring, LinkageOutcome, LinkageState
from onecity.platform.iot.services.linkage import judging
from onecity.platform.iot.services.linkage.acting import act_on
from onecity.platform.iot.services.linkage.firing import write_happenings
from onecity.platform.iot.tests.factories import NOW
from onecity.platform.iot.tests.linkage.houses import (
    MINUTE,
    fired,
    in_force,
    judge_at,
    judged_until,
    linkage,
    read,
    station,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("heard")]
WORKERS = 4


def at_once(work: Callable[[], object]) -> None:
    """Do the same in several threads, each with a connection of its own, begun together."""
    gate = threading.Barrier(WORKERS)

    def run() -> None:
        gate.wait()
        work()
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_rule_judged_by_several_workers_at_once_fires_once(monkeypatch: pytest.MonkeyPatch) -> None:
    organisation = make_organisation()
    streams = [station(organisation)[1][0] for _ in range(3)]
    rule = in_force(organisation)
    for stream in streams:
        read(stream, *((minute + 0.5, 120.0 if minute % 6 < 3 else 10.0) for minute in range(60)))
    monkeypatch.setattr(judging, "MOST_CELLS", 12)
    at_once(lambda: judge_at(rule, 61))
    while judged_until(rule) != 61:  # whoever found the rule locked went away
        judge_at(rule, 61)
    expected = [(minute + 1, minute + 4 if minute < 57 else None) for minute in range(0, 60, 6)]
    for stream in streams:
        assert [(begun, ended) for subject, begun, ended in fired(rule) if subject == stream.device_id] == expected


def test_judgement_that_dies_before_its_commit_leaves_nothing_and_is_done_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    organisation = make_organisation()
    device, (pm,) = station(organisation)
    rule = in_force(organisation)
    read(pm, (0.5, 120.0))

    def die(*args: object, **given: object) -> int:
        write_happenings(*args, **given)  # type: ignore[arg-type]  # passed on as they came
        raise SystemExit

    monkeypatch.setattr(judging, "write_happenings", die)
    with pytest.raises(SystemExit):
        judge_at(rule, 3)
    assert (LinkageFiring.objects.count(), LinkageState.objects.count(), judged_until(rule)) == (0, 0, 0)
    monkeypatch.setattr(judging, "write_happenings", write_happenings)
    judge_at(rule, 3)
    assert fired(rule) == [(device.id, 1, None)]


def test_actions_carried_out_by_several_workers_at_once_are_done_once() -> None:
    organisation = make_organisation()
    _, (pm,) = station(organisation)
    rule = in_force(organisation, linkage(actions=(LinkageAction("command", command="set_time"),)))
    read(pm, (0.5, 120.0))
    judge_at(rule, 2)
    firing = LinkageFiring.objects.get()
    at_once(lambda: act_on(firing.id, now=NOW + 2 * MINUTE, real_now=NOW))
    assert DeviceCommand.objects.count() == 1
    assert LinkageOutcome.objects.get().attempts == 1
