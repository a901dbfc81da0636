"""Joint handling (联合办理) and sub-cases (子案件): who works beside whoever holds a task, and what the task waits for.

The holder of a task leads. He asks other bodies to assist, each with a task and a limit of its own, and opens cases of
other types under the task. He ends it when they have answered, or says why he waits no longer.
Source: house rule, after the lead and assisting bodies (主办、协办) of urban management and hotline practice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.cases.rules.clocks import LimitRule
from onecity.platform.cases.rules.outcomes import LONGEST_NOTE, OutcomeRule

PREFIX: Final = "assist:"
ASSISTED: Final = OutcomeRule("assisted", zh("协办完毕"), "green", reason=True)
DECLINED: Final = OutcomeRule("declined", zh("不属于本单位职责"), "red", reason=True)
ASSIST_ANSWERS: Final = (ASSISTED, DECLINED)
MOST: Final = 100


@dataclass(frozen=True, slots=True)
class JointRule:
    """Assistance that the holder of a task may ask for.

    tasks: nodes, empty for all. post: of who assists, empty for the task's own. most: bodies that assist one task.
    """

    code: str
    name: str
    tasks: tuple[str, ...] = ()
    post: str = ""
    limit: LimitRule | None = None
    most: int = MOST

    def covers(self, node: str) -> bool:
        """Say whether whoever holds a task of this node may ask."""
        return in_diagram(node) and (not self.tasks or node in self.tasks)


@dataclass(frozen=True, slots=True)
class SubcaseRule:
    """A case of another type that the holder of a task may open under it.

    tasks: nodes, empty for all. waits: whether the task waits for the end of the case. most: of one task.
    """

    code: str
    name: str
    type_code: str
    tasks: tuple[str, ...] = ()
    waits: bool = True
    most: int = MOST

    def covers(self, node: str) -> bool:
        """Say whether whoever holds a task of this node may open one."""
        return in_diagram(node) and (not self.tasks or node in self.tasks)


class JointRefused(Invalid):
    """What is asked for does not fit the rule; the fields say why."""

    code = "joint_refused"
    message = zh("联合办理的要求不符合规定")


class StillWaiting(Invalid):
    """Assisting bodies have not answered, or sub-cases run; the lead waits or says why not."""

    code = "still_waiting"
    message = zh("协办或子案件尚未办完")


def in_diagram(node: str) -> bool:
    """Say whether a task is a step of the process; approvals of requests and assistance stand beside it."""
    return ":" not in node


def is_assistance(node: str) -> bool:
    """Say whether a task is another body's assistance."""
    return node.startswith(PREFIX)


def node_of(rule_code: str) -> str:
    """Return the node under which an assisting body's task waits."""
    return f"{PREFIX}{rule_code}"


def check_inviting(
    rule: JointRule, *, wish: str, organisations: Sequence[int], lead: int | None, waiting: frozenset[int], asked: int
) -> None:
    """Accept that bodies are asked to assist.

    lead: the body that holds the task. waiting: bodies that are assisting it now. asked: how many were asked before.
    Raises: JointRefused.
    """
    faults: dict[str, str] = {}
    if not wish.strip() or len(wish) > LONGEST_NOTE:
        faults["wish"] = zh("请写明需要协办的事项（至多2000字）")
    if not organisations or len(set(organisations)) < len(organisations):
        faults["organisations"] = zh("请选择协办单位")
    elif lead in organisations:
        faults["organisations"] = zh("主办单位不能同时是协办单位")
    elif not waiting.isdisjoint(organisations):
        faults["organisations"] = zh("所选单位正在协办此任务")
    elif asked + len(organisations) > rule.most:
        faults["organisations"] = zh("协办单位过多")
    if faults:
        raise JointRefused(fields=faults)


def check_waiting(*, assisting: int, subcases: int, overrule: str) -> None:
    """Accept that a lead ends his task.

    assisting, subcases: how many have not answered, or run. overrule: why he waits no longer.
    Raises: StillWaiting.
    """
    if (assisting or subcases) and not overrule.strip():
        raise StillWaiting(fields={"overrule": zh("协办或子案件尚未办完；如不再等待，请写明理由")})
    if len(overrule) > LONGEST_NOTE:
        raise StillWaiting(fields={"overrule": zh("说明过长（至多2000字）")})
