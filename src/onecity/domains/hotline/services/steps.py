"""What the processes do by themselves, in the transaction of the step: counting, keeping who decided, checking levels.

The diagrams name these actions and give their parameters.
"""

from collections.abc import Mapping
from typing import Final

from onecity.domains.hotline.models import Demand
from onecity.kernel.actor import system_actor
from onecity.kernel.errors import Conflict
from onecity.kernel.text import zh
from onecity.platform.cases.api import case
from onecity.platform.cases.declare import Effect, Facts, Value

COUNTED: Final = ("returns", "reworks", "delays")
LEVELS: Final = {"await_review": 2, "await_reexamine": 3}
SOLVED: Final = {"已解决": "yes", "部分解决": "partly", "未解决": "no"}
_SATISFACTION: Final = ("satisfied", "basic", "unsatisfied", "unreached")
_CHECKER: Final = system_actor("hotline.levels")


class TooLateForReview(Conflict):
    """The term in which a petitioner may ask for the next level is over."""

    code = "too_late_for_review"
    message = zh("已超过提出申请的期限，本级意见为最终处理意见")


class SameBody(Conflict):
    """Whoever decided below cannot decide above."""

    code = "same_body_reviews"
    message = zh("复查、复核应由上一级机关进行，不能由原办理机关办理")


def count(facts: Facts, parameters: Mapping[str, str]) -> Effect:
    """Add one to a counter of the case. name: one of `COUNTED`; anything else changes nothing."""
    name = parameters.get("name", "")
    return Effect(data={name: _whole(facts.data.get(name)) + 1}) if name in COUNTED else Effect()


def keep_body(facts: Facts, parameters: Mapping[str, str]) -> Effect:
    """Keep which body decided at this level. name: the datum of the case that holds it."""
    return Effect(data={parameters.get("name", ""): facts.handler_id or facts.organisation_id})


def check_level(facts: Facts, parameters: Mapping[str, str]) -> Effect:
    """Let a petition rise to the next level, if it was asked for in time and another body decides.

    after: the node that waited for the request. other: the datum that holds who decided below.
    Raises: TooLateForReview; SameBody.
    Source: 信访工作条例 2022, review and re-examination within 30 days of the written answer.
    """
    node = parameters.get("after", "")
    found = case(_CHECKER, facts.number, now=facts.now)
    clocks = [task.clock for task in found.tasks if task.node == node and task.state == "open"]
    if clocks and clocks[-1] is not None and facts.now > clocks[-1].due_at:
        raise TooLateForReview
    if facts.handler_id == facts.data.get(parameters.get("other", "")):
        raise SameBody
    Demand.objects.filter(case_id=facts.case_id).update(level=LEVELS.get(node, 1), updated_at=facts.now)
    return Effect()


def judge(facts: Facts, _parameters: Mapping[str, str]) -> Effect:
    """Write what the citizen said at the call-back into the pool; a petition has no call-back and keeps its level."""
    said = facts.outcomes.get("callback", "")
    if said not in _SATISFACTION:
        return Effect()
    solved = SOLVED.get(str(facts.data.get("solved", "")), "") if said != "unreached" else ""
    Demand.objects.filter(case_id=facts.case_id).update(
        satisfaction=said, solved=solved, called_back_at=facts.now, updated_at=facts.now
    )
    return Effect()


def _whole(value: Value) -> int:
    return int(value) if isinstance(value, int | float) else 0
