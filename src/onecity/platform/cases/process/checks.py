"""What must hold before a process may be published; every fault names the element and says what to do."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from onecity.kernel.text import zh
from onecity.platform.cases.process.elements import Diagram, Flow, Gateway, UserTask
from onecity.platform.cases.process.request_checks import joint_faults, request_faults, subcase_faults
from onecity.platform.cases.rules.duties import PICKS
from onecity.platform.cases.rules.expressions import (
    BadExpression,
    Comparison,
    Constant,
    Membership,
    Name,
    Node,
    Scope,
    parts_of,
)
from onecity.platform.cases.rules.expressions import check as check_expression
from onecity.platform.cases.rules.faults import Fault
from onecity.platform.cases.rules.grammar import parse
from onecity.platform.cases.rules.limits import task_limit
from onecity.platform.cases.rules.settings import TypeSettings
from onecity.platform.cases.rules.supervision import DEFAULT, PLACE

ASSIGNMENTS = ("owner", "handler", "division", "reporter")
RESULTS = ("closed", "void")
CASE_CLOCK = "case"


@dataclass(frozen=True, slots=True)
class Known:
    """What the city knows: permissions, actions with parameters, condition functions with arity, case types."""

    permissions: frozenset[str]
    actions: Mapping[str, tuple[str, ...]]
    functions: Mapping[str, int]
    types: frozenset[str] = frozenset()


def faults_of(diagram: Diagram, *, settings: TypeSettings, known: Known) -> list[Fault]:
    """Return everything that is wrong with a diagram under these settings; an empty list when it may be published."""
    return [
        *_shape_faults(diagram),
        *(fault for task in diagram.user_tasks.values() for fault in _user_task_faults(task, diagram, settings, known)),
        *_service_faults(diagram, known),
        *_end_faults(diagram),
        *_flow_faults(diagram, settings, known),
        *_reach_faults(diagram),
        *_circle_faults(diagram),
        *(
            fault
            for rule in settings.requests.values()
            for fault in request_faults(diagram, rule, permissions=known.permissions)
        ),
        *(
            fault
            for joint in settings.joint.values()
            for fault in joint_faults(diagram, joint, permissions=known.permissions)
        ),
        *(fault for sub in settings.subcases.values() for fault in subcase_faults(diagram, sub, types=known.types)),
        *_supervision_faults(settings, known),
    ]


def _supervision_faults(settings: TypeSettings, known: Known) -> Iterator[Fault]:
    """Only a post that the version itself names is checked; the default one is the engine's own."""
    post = settings.supervision.post
    if post != DEFAULT.post and post not in known.permissions:
        yield Fault(PLACE, zh("岗位权限“{post}”没有登记"), {"post": post})


def _shape_faults(diagram: Diagram) -> Iterator[Fault]:
    if len(diagram.starts) != 1:
        yield Fault(diagram.process_id, zh("流程应恰好有一个开始事件"))
    if not diagram.ends:
        yield Fault(diagram.process_id, zh("流程至少要有一个结束事件"))
    yield from _connection_faults(diagram)


def _connection_faults(diagram: Diagram) -> Iterator[Fault]:
    nodes = set(diagram.nodes)
    for flow in diagram.flows:
        if flow.source not in nodes or flow.target not in nodes:
            yield Fault(flow.id, zh("连线没有接在流程元素上"))
    for node in (*diagram.starts, *diagram.user_tasks, *diagram.service_tasks):
        if len(diagram.leaving(node)) != 1:
            yield Fault(node, zh("此元素应恰好有一条流出的连线；需要分支时请使用网关"))
    for gateway in diagram.gateways:
        if not diagram.leaving(gateway):
            yield Fault(gateway, zh("网关没有流出的连线"))


def _user_task_faults(task: UserTask, diagram: Diagram, settings: TypeSettings, known: Known) -> Iterator[Fault]:
    def fault(sentence: str, **params: object) -> Fault:
        return Fault(task.id, sentence, params)

    if not task.name:
        yield fault(zh("任务没有名称"))
    if task.post not in known.permissions:
        yield fault(zh("岗位权限“{post}”没有登记"), post=task.post)
    if task.assign not in ASSIGNMENTS:
        yield fault(zh("承办方式应为 owner、handler、division 或 reporter"))
    if task.stage not in {stage.code for stage in settings.stages}:
        yield fault(zh("阶段“{stage}”没有声明"), stage=task.stage)
    if task.form and task.form not in settings.forms:
        yield fault(zh("表单“{form}”没有声明"), form=task.form)
    if (
        task.limit
        and not task.limit.startswith("class:")
        and task_limit(task.limit, task.warn, settings=settings) is None
    ):
        yield fault(zh("时限“{limit}”不是已声明的时限，也不是“数量 单位”"), limit=task.limit)
    yield from _clock_and_pick_faults(task, diagram)
    yield from _outcome_faults(task)


def _clock_and_pick_faults(task: UserTask, diagram: Diagram) -> Iterator[Fault]:
    if task.pick not in PICKS:
        yield Fault(task.id, zh("派单方式应为空、load（按在办量）或 duty（按值班表）"))
    for clock in task.pauses:
        if clock != CASE_CLOCK and clock not in diagram.user_tasks:
            yield Fault(task.id, zh("要暂停的计时“{clock}”不是本流程的任务"), {"clock": clock})


def _outcome_faults(task: UserTask) -> Iterator[Fault]:
    codes = [outcome.code for outcome in task.outcomes]
    if not codes:
        yield Fault(task.id, zh("任务至少要有一个处理结果"))
    if len(set(codes)) < len(codes):
        yield Fault(task.id, zh("处理结果的编码重复"))
    if any(not outcome.code.isidentifier() or not outcome.name for outcome in task.outcomes):
        yield Fault(task.id, zh("每个处理结果都要有编码（英文标识）和名称"))


def _service_faults(diagram: Diagram, known: Known) -> Iterator[Fault]:
    for task in diagram.service_tasks.values():
        if task.action not in known.actions:
            yield Fault(task.id, zh("动作“{action}”没有登记"), {"action": task.action})
            continue
        for name in sorted(set(task.parameters) - set(known.actions[task.action])):
            yield Fault(task.id, zh("动作没有参数“{name}”"), {"name": name})


def _end_faults(diagram: Diagram) -> Iterator[Fault]:
    for end in diagram.ends.values():
        if end.result not in RESULTS:
            yield Fault(end.id, zh("结束事件的结果应为 closed（结案）或 void（作废）"))
        if diagram.leaving(end.id):
            yield Fault(end.id, zh("结束事件不能有流出的连线"))


def _flow_faults(diagram: Diagram, settings: TypeSettings, known: Known) -> Iterator[Fault]:
    scope = Scope(settings.names, known.functions)
    outcomes = {outcome.code for task in diagram.user_tasks.values() for outcome in task.outcomes}
    for flow in diagram.flows:
        gateway = diagram.gateways.get(flow.source)
        chooses = gateway is not None and gateway.kind == "exclusiveGateway"
        if flow.condition and not chooses:
            yield Fault(flow.id, zh("只有排他网关流出的连线可以有条件"))
        elif flow.condition:
            yield from _condition_faults(flow, scope, outcomes)
    for gateway in diagram.gateways.values():
        yield from _gateway_faults(gateway, diagram)


def _gateway_faults(gateway: Gateway, diagram: Diagram) -> Iterator[Fault]:
    leaving = diagram.leaving(gateway.id)
    if gateway.kind == "parallelGateway" and len(leaving) > 1 and len(diagram.entering(gateway.id)) > 1:
        yield Fault(gateway.id, zh("并行网关的汇合与分支须分成两个网关"))
    if gateway.kind != "exclusiveGateway" or len(leaving) < 2:
        return
    if gateway.default not in {flow.id for flow in leaving}:
        yield Fault(gateway.id, zh("排他网关须指定默认连线，以免流程停住"))
    for flow in leaving:
        if flow.id == gateway.default and flow.condition:
            yield Fault(flow.id, zh("默认连线不能有条件"))
        if flow.id != gateway.default and not flow.condition:
            yield Fault(flow.id, zh("排他网关的非默认连线须有条件"))


def _condition_faults(flow: Flow, scope: Scope, outcomes: set[str]) -> Iterator[Fault]:
    try:
        node = parse(flow.condition)
        check_expression(node, scope)
    except BadExpression as error:
        yield Fault(flow.id, error.template, error.params)
        return
    for code in _compared_outcomes(node):
        if code not in outcomes:
            yield Fault(flow.id, zh("没有任务会给出处理结果“{code}”"), {"code": code})


def _compared_outcomes(node: Node) -> Iterator[str]:
    """Yield the texts with which `outcome` is compared anywhere in an expression."""
    match node:
        case Comparison(_, Name("outcome"), Constant(str(code))) | Comparison(_, Constant(str(code)), Name("outcome")):
            yield code
        case Membership(Name("outcome"), options):
            yield from (
                option.value for option in options if isinstance(option, Constant) and isinstance(option.value, str)
            )
    for part in parts_of(node):
        yield from _compared_outcomes(part)


def _reach_faults(diagram: Diagram) -> Iterator[Fault]:
    forward = _reached(
        diagram.starts, {node: [flow.target for flow in diagram.leaving(node)] for node in diagram.nodes}
    )
    backward = _reached(
        tuple(diagram.ends), {node: [flow.source for flow in diagram.entering(node)] for node in diagram.nodes}
    )
    for node in diagram.nodes:
        if node not in forward:
            yield Fault(node, zh("从开始事件走不到此元素"))
        elif node not in backward:
            yield Fault(node, zh("从此元素走不到任何结束事件"))


def _reached(begin: tuple[str, ...], ways: Mapping[str, list[str]]) -> set[str]:
    reached, waiting = set(begin), list(begin)
    while waiting:
        for target in ways.get(waiting.pop(), []):
            if target not in reached:
                reached.add(target)
                waiting.append(target)
    return reached


def _circle_faults(diagram: Diagram) -> Iterator[Fault]:
    """Yield circles that no person interrupts: the engine would run round for ever."""
    passing = {*diagram.service_tasks, *diagram.gateways}
    ways = {node: [flow.target for flow in diagram.leaving(node) if flow.target in passing] for node in passing}
    for node in sorted(passing):
        if node in _reached(tuple(ways[node]), ways):
            yield Fault(node, zh("这里的环路没有经过任何人工任务，流程会无休止地运行"))
