"""What must hold between a version's requests, its joint handling and its diagram before it may be published."""

from collections.abc import Iterator

from onecity.kernel.text import zh
from onecity.platform.cases.process.elements import Diagram
from onecity.platform.cases.rules.faults import Fault
from onecity.platform.cases.rules.joint import JointRule, SubcaseRule
from onecity.platform.cases.rules.joint_settings import JOINT, SUBCASES
from onecity.platform.cases.rules.request_settings import PLACE
from onecity.platform.cases.rules.requests import RequestRule


def request_faults(diagram: Diagram, rule: RequestRule, *, permissions: frozenset[str]) -> Iterator[Fault]:
    """Yield what is wrong with one request under a diagram."""

    def fault(sentence: str, **params: object) -> Fault:
        return Fault(f"{PLACE}.{rule.code}", sentence, params)

    for post in (rule.asker, rule.approver):
        if post and post not in permissions:
            yield fault(zh("岗位权限“{post}”没有登记"), post=post)
    for node in (*rule.tasks, *filter(None, [rule.target])):
        if node not in diagram.user_tasks:
            yield fault(zh("流程里没有任务“{node}”"), node=node)
    if rule.kind == "return":
        yield from _return_faults(diagram, rule)


def _return_faults(diagram: Diagram, rule: RequestRule) -> Iterator[Fault]:
    """A granted return ends its task by itself, so the outcome may ask for nothing but a reason."""
    place = f"{PLACE}.{rule.code}"
    if not rule.tasks:
        yield Fault(place, zh("退回要写明从哪些任务退回（tasks）"))
    for node in rule.tasks:
        task = diagram.user_tasks.get(node)
        outcome = next((item for item in task.outcomes if item.code == rule.outcome), None) if task else None
        if task and outcome is None:
            yield Fault(place, zh("任务“{node}”没有处理结果“{outcome}”"), {"node": node, "outcome": rule.outcome})
        if task and outcome and (outcome.files or outcome.organisation or task.form):
            yield Fault(place, zh("经审批退回的处理结果不能要求附件、机构或表单"))


def joint_faults(diagram: Diagram, rule: JointRule, *, permissions: frozenset[str]) -> Iterator[Fault]:
    """Yield what is wrong with one rule of assistance under a diagram."""
    place = f"{JOINT}.{rule.code}"
    if rule.post and rule.post not in permissions:
        yield Fault(place, zh("岗位权限“{post}”没有登记"), {"post": rule.post})
    yield from _unknown_tasks(diagram, rule.tasks, place)


def subcase_faults(diagram: Diagram, rule: SubcaseRule, *, types: frozenset[str]) -> Iterator[Fault]:
    """Yield what is wrong with one kind of sub-case under a diagram."""
    place = f"{SUBCASES}.{rule.code}"
    if rule.type_code not in types:
        yield Fault(place, zh("没有案件类型“{type}”"), {"type": rule.type_code})
    yield from _unknown_tasks(diagram, rule.tasks, place)


def _unknown_tasks(diagram: Diagram, tasks: tuple[str, ...], place: str) -> Iterator[Fault]:
    for node in tasks:
        if node not in diagram.user_tasks:
            yield Fault(place, zh("流程里没有任务“{node}”"), {"node": node})
