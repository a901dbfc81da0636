"""The after-action report (总结评估): what the record tells, as a document that people complete."""

from datetime import datetime

from django.core.files.base import ContentFile
from django.db import transaction

from onecity.domains.emergency.models import Incident, Response, ResponseTask
from onecity.domains.emergency.permissions import COMMAND
from onecity.domains.emergency.rules.codes import BODY_LEVELS, DRILL, GRADES, REPORT_KINDS, RESPONSE_LEVELS
from onecity.domains.emergency.rules.timeline import KINDS
from onecity.domains.emergency.rules.wordprocessing import Block, Heading, Table, docx
from onecity.domains.emergency.selectors import incidents as of_incidents
from onecity.domains.emergency.selectors.responses import board, level_changes, response_of
from onecity.kernel.actor import Actor
from onecity.kernel.clock import CITY_ZONE
from onecity.kernel.errors import NotPermitted
from onecity.platform.documents.api import store
from onecity.platform.identity.api import record, row_scope

HOLDER = "emergency.response"


def make_review(actor: Actor, *, response_id: int, now: datetime) -> int:
    """Write the after-action report of a response into its files; returns the document's id. now: city time.

    It may be made at any time and again: each is a file of its own, with the hour of its making.
    Raises: NotPermitted; ResponseMissing; what `documents.api.store` raises.
    """
    row = response_of(actor, response_id)
    if (
        not row_scope(actor, COMMAND).everything
        and row.organisation_id not in row_scope(actor, COMMAND).organisation_ids
    ):
        raise NotPermitted
    content = docx(review_blocks(row, now=now))
    name = f"{DRILL if row.is_drill else ''}{row.plan.name}总结评估{_when(now)}.docx".replace(":", "").replace(" ", "-")
    with transaction.atomic():
        made = store(actor, holder=HOLDER, holder_id=row.pk, upload=ContentFile(content, name=name), now=now)
        record(actor, action="emergency.make_review", target=f"emergency.response:{row.pk}")
    return made.id


def review_blocks(row: Response, *, now: datetime) -> list[Block]:
    """Return what the report says, in order. Instants are shown in the city's time."""
    incident = row.incident
    mark = DRILL if row.is_drill else ""
    return [
        Heading(f"{mark}{incident.title}处置总结评估", 0),
        f"事件编号：{incident.number}　生成时间：{_when(now)}",
        Heading("一、事件基本情况"),
        *_of_incident(incident),
        Heading("二、信息报送"),
        _reports(incident),
        Heading("三、响应过程"),
        *_of_response(row),
        Heading("四、任务完成情况"),
        *_tasks(row),
        Heading("五、处置时间轴"),
        Table(
            ("时间", "类别", "内容"),
            [(_when(item.at), KINDS[item.kind], item.text) for item in of_incidents.timeline(incident)],
        ),
        Heading("六、经验与问题"),
        "（由处置单位填写）",
        Heading("七、改进措施"),
        "（由处置单位填写：措施、责任单位、完成时限）",
    ]


def _of_incident(row: Incident) -> list[Block]:
    harm = f"死亡{row.deaths}人，失联{row.missing}人，重伤{row.injured}人，被困{row.trapped}人"
    return [
        f"类型：{row.kind.name}　级别：{GRADES[row.grade] if row.grade else '未定级'}　地点：{row.address or '—'}",
        f"事发时间：{_when(row.occurred_at)}　接报时间：{_when(row.received_at)}　办结时间：{_when(row.closed_at)}",
        f"伤亡与损失：{harm}，直接经济损失{row.loss_cny}元",
        row.words,
    ]


def _reports(row: Incident) -> Table:
    rows = []
    for item in of_incidents.duties_of(row):
        timely = "及时" if item.written_at and item.written_at <= item.written_due_at else "逾期或未报"
        goal = f"{REPORT_KINDS[item.kind]}→{BODY_LEVELS[item.to_level]}"
        rows.append((goal, _when(item.written_due_at), _when(item.written_at), timely))
    return Table(("报告", "时限", "报送时间", "评价"), rows)


def _of_response(row: Response) -> list[Block]:
    minutes = int((row.activated_at - row.incident.received_at).total_seconds() // 60)
    changes = [
        (_when(item.at), f"{RESPONSE_LEVELS[item.from_level]}→{RESPONSE_LEVELS[item.to_level]}", item.reason)
        for item in level_changes(row)
    ]
    blocks: list[Block] = [
        f"预案：{row.plan.name}（第{row.version.number}版）　接报到启动：{minutes}分钟",
        f"启动：{_when(row.activated_at)}，条件：{row.conditions_met}",
        f"终止：{_when(row.ended_at)}　{row.end_reason}",
    ]
    return [*blocks, Table(("时间", "级别调整", "理由"), changes)] if changes else blocks


def _tasks(row: Response) -> list[Block]:
    rows: list[tuple[str, ...]] = []
    timely = done = 0
    for group, tasks in board(row):
        for task in tasks:
            is_done = task.state == ResponseTask.State.DONE
            in_time = is_done and task.done_at is not None and task.done_at <= task.due_at
            done, timely = done + is_done, timely + in_time
            verdict = "按时" if in_time else "逾期" if is_done else task.get_state_display()
            line = (group.name, task.organisation.name, task.step.title, _when(task.due_at), _when(task.done_at))
            rows.append((*line, verdict))
    summary = f"共{len(rows)}项任务，完成{done}项，其中按时{timely}项。"
    return [summary, Table(("工作组", "责任单位", "任务", "时限", "完成时间", "评价"), rows)]


def _when(moment: datetime | None) -> str:
    return f"{moment.astimezone(CITY_ZONE):%Y-%m-%d %H:%M}" if moment else "—"
