"""What must hold between a version's requests and its diagram before it may be published."""

from collections.abc import Iterator

from onecity.kernel.text import zh
from onecity.platform.cases.process.elements import Diagram
from onecity.platform.cases.rules.faults import Fault
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
