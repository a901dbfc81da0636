"""What the clock and the queue do for linkage rules."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from onecity.kernel import clock
from onecity.platform.iot.services.linkage.acting import act_on, take_up_waiting
from onecity.platform.iot.services.linkage.judging import judge_rule, queue_due
from onecity.platform.jobs.declare import Progress

LOOK_EVERY_S: Final = 5.0
SWEEP_EVERY_S: Final = 60.0
LEFT_BEHIND: Final = timedelta(minutes=10)


def look_for_due() -> None:
    """Ask for a judgement of the rules that have a step to be judged."""
    queue_due(clock.city_now(), real_now=clock.real_now())


def sweep() -> None:
    """Take up actions that were left behind."""
    take_up_waiting(before=clock.city_now() - LEFT_BEHIND)


def judge_due(progress: Progress, arguments: Mapping[str, object]) -> None:
    """Judge what is due of one rule."""
    number = arguments["rule"]
    assert isinstance(number, int)
    judge_rule(number, now=clock.city_now())


def act_on_firings(progress: Progress, arguments: Mapping[str, object]) -> None:
    """Carry out the actions of firings, each in a transaction of its own."""
    numbers = arguments["firings"]
    assert isinstance(numbers, list)
    for number in numbers:
        act_on(number, now=clock.city_now(), real_now=clock.real_now())
