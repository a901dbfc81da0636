"""What makes a plan whole, which steps a level asks for, and the limits that steps may have."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from onecity.kernel.text import zh

STEP_MINUTES: Final = (15, 30, 45, 60, 90, 120, 180, 240, 360, 480, 720, 1440)
"""Limits of steps: each is a class of the case type that carries a task, so that its clock is the case's."""


@dataclass(frozen=True, slots=True)
class StepFacts:
    """A step as its checks need it. weakest_level: the lowest level at which it is done (4 the lowest)."""

    group_code: str
    weakest_level: int


def applies(weakest_level: int, *, level: int) -> bool:
    """Say whether a step is done at a response level: at its weakest level and at every graver one.

    Source: House rule.
    """
    return level <= weakest_level


def faults_of(levels: Iterable[int], *, groups: Sequence[str], steps: Sequence[StepFacts]) -> list[str]:
    """Return what keeps a plan from being published: no levels, no groups, levels without a step, groups without one.

    Source: House rule.
    """
    found = []
    held = sorted(set(levels))
    if not held:
        found.append(zh("至少要有一个响应级别"))
    if not groups:
        found.append(zh("至少要有一个工作组"))
    if any(not any(applies(step.weakest_level, level=level) for step in steps) for level in held):
        found.append(zh("每个响应级别至少要有一个处置步骤"))
    if set(groups) - {step.group_code for step in steps}:
        found.append(zh("每个工作组至少要有一个处置步骤"))
    return found
