"""Flows are drafted: a new one, or the next version of one that stands."""

from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.exchange.codecs.plans import to_json
from onecity.platform.exchange.connectors.registry import connector
from onecity.platform.exchange.contracts.flows import FlowText, NewFlow
from onecity.platform.exchange.models import Connection, Flow, FlowVersion
from onecity.platform.exchange.permissions import MANAGE_FLOWS
from onecity.platform.exchange.services.flows.connections import CODE
from onecity.platform.exchange.services.flows.reach import check_scope, connection_by_code, flow_of
from onecity.platform.exchange.services.flows.validating import check_text, sensitive_columns
from onecity.platform.identity import api as identity

LONGEST_CHAIN: Final = 50


class FlowExists(Conflict):
    """The code is taken."""

    code = "exchange.flow_exists"
    message = zh("流程编码已存在")


class FlowClosed(Conflict):
    """A closed flow is not taken up again."""

    code = "exchange.flow_closed"
    message = zh("流程已停用")


class RunsAfterItself(Invalid):
    """The flow after which this one runs runs, in the end, after this one."""

    code = "exchange.runs_after_itself"
    message = zh("上游流程最终又依赖本流程，不能形成循环")


def draft_flow(actor: Actor, *, new: NewFlow, text: FlowText, now: datetime) -> int:
    """Make a flow with its first draft and return its id. now: city time.

    Raises: Invalid naming the field; FlowExists; OutsideScope; NotFound for a connection out of reach; NotPermitted
    for a grant's code from anybody but the system.
    """
    _check_new(actor, new)
    division = check_scope(actor, MANAGE_FLOWS, organisation_id=new.organisation_id)
    try:
        with transaction.atomic():
            flow = Flow.objects.create(
                code=new.code,
                name=new.name.strip(),
                dataset_code=new.dataset_code,
                source_dataset_code=new.source_dataset_code,
                grant_code=new.grant_code,
                owner_id=new.owner_id,
                organisation_id=new.organisation_id,
                division_code=division,
                author=actor.key,
                created_at=now,
            )
            _write(actor, FlowVersion(flow=flow, number=1, created_at=now), text, now=now)
            identity.record(actor, action="exchange.draft_flow", target=target(flow.id), details={"code": new.code})
    except IntegrityError:
        raise FlowExists(fields={"code": FlowExists.message}) from None
    return flow.id


def change_draft(actor: Actor, *, flow_id: int, text: FlowText, now: datetime) -> int:
    """Change the flow's draft, beginning the next version where there is none; return the version's number.

    Raises: NotFound; FlowClosed; Invalid naming the field.
    """
    with transaction.atomic():
        flow = flow_of(actor, MANAGE_FLOWS, flow_id=flow_id)
        if flow.state == Flow.State.CLOSED:
            raise FlowClosed
        versions = FlowVersion.objects.filter(flow=flow).order_by("-number")
        draft = versions.filter(state=FlowVersion.State.DRAFT).first()
        if draft is None:
            newest = versions.values_list("number", flat=True)[0]
            draft = FlowVersion(flow=flow, number=newest + 1, created_at=now)
        _write(actor, draft, text, now=now)
        identity.record(actor, action="exchange.change_flow", target=target(flow.id), details={"version": draft.number})
    return draft.number


def discard_draft(actor: Actor, *, flow_id: int) -> None:
    """Throw the flow's draft away; a flow that was never published goes with it.

    Raises: NotFound if there is no draft.
    """
    with transaction.atomic():
        flow = flow_of(actor, MANAGE_FLOWS, flow_id=flow_id)
        draft = FlowVersion.objects.filter(flow=flow, state=FlowVersion.State.DRAFT).first()
        if draft is None:
            raise NotFound
        identity.record(
            actor, action="exchange.discard_draft", target=target(flow.id), details={"version": draft.number}
        )
        draft.delete()
        if flow.published_id is None:
            flow.delete()


def target(flow_id: int) -> str:
    """Return how the audit trail calls a flow."""
    return f"exchange.flow:{flow_id}"


def _check_new(actor: Actor, new: NewFlow) -> None:
    checks = (
        ("code", CODE.fullmatch(new.code), zh("编码由小写字母、数字和连字符组成，2至60个字符")),
        ("name", 1 <= len(new.name.strip()) <= 80, zh("名称应为1至80个字")),
        ("grant_code", not new.grant_code or actor.kind == "system", zh("授权编号由共享订阅自动填写")),
    )
    fields = {name: sentence for name, holds, sentence in checks if not holds}
    if fields:
        raise Invalid(fields=fields)


def _write(actor: Actor, version: FlowVersion, text: FlowText, *, now: datetime) -> None:
    source = connection_by_code(actor, MANAGE_FLOWS, code=text.source)
    goal = connection_by_code(actor, MANAGE_FLOWS, code=text.target)
    check_text(text, source=connector(source.kind), target=connector(goal.kind), now=now)
    version.after = _upstream(actor, version.flow, text.schedule.after)
    _fill(version, text, source, goal)
    version.author = actor.key
    version.save()


def _upstream(actor: Actor, flow: Flow, code: str) -> Flow | None:
    """Return the flow after which this one runs. Raises: Invalid; RunsAfterItself."""
    if not code:
        return None
    scope = identity.row_scope(actor, MANAGE_FLOWS)
    found = Flow.objects.filter(scope.q(), code=code).first()
    if found is None:
        raise Invalid(fields={"after": zh("没有这个上游流程")})
    above: Flow | None = found
    for _ in range(LONGEST_CHAIN):
        if above is None:
            return found
        if above.id == flow.id:
            break
        above = above.published.after if above.published else None
    raise RunsAfterItself(fields={"after": RunsAfterItself.message})


def _fill(version: FlowVersion, text: FlowText, source: Connection, goal: Connection) -> None:
    version.source, version.source_table = source, text.source_table
    version.target, version.target_shape = goal, to_json(text.target_shape)
    version.source_columns = to_json(text.source_columns)
    version.reading, version.loading, version.cursor = text.reading.value, text.loading.value, text.cursor
    version.columns, version.checks = to_json(text.columns), to_json(text.checks)
    version.conditions, version.sensitive = to_json(text.conditions), sensitive_columns(text)
    version.threshold_share, version.threshold_rows = text.threshold.share, text.threshold.rows
    version.block_rows, version.parts = text.block_rows, text.parts
    version.rows_per_second = text.rows_per_second
    version.cron, version.late_after_s = text.schedule.cron, text.schedule.late_after_s
