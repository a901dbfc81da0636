"""What cases plug into the city."""

from onecity.kernel.registry import Domain
from onecity.kernel.text import zh
from onecity.platform.cases import permissions
from onecity.platform.cases.builtin import OUTCOME_OF, SET_VALUE
from onecity.platform.cases.declare import Source
from onecity.platform.cases.selectors.lists import may_read_files
from onecity.platform.cases.selectors.statements import OPEN_CASES_SQL
from onecity.platform.cases.services.answering import HOLDER
from onecity.platform.cases.services.duties.standing_in import DEPUTISED
from onecity.platform.cases.services.joint.answering import ASSISTANCE_ANSWERED
from onecity.platform.cases.services.joint.subcases import SUBCASE_ENDED, settle_now
from onecity.platform.cases.services.moving.carrying import JOB, TITLE, run_move
from onecity.platform.cases.services.requests.deciding import REQUEST_GRANTED, REQUEST_REFUSED
from onecity.platform.cases.services.requests.suspending import CASE_RESUMED, resume_now
from onecity.platform.cases.services.supervision.appeals import APPEALED, SETTLED, remind_now
from onecity.platform.cases.services.supervision.watching import CARDS, ESCALATED, watch_now
from onecity.platform.cases.services.telling import (
    CASE_LATE,
    CASE_WARNED,
    TASK_LATE,
    TASK_WAITS,
    TASK_WARNED,
    tell_now,
)
from onecity.platform.cases.services.ticks import fold_counters, turn_due_lights
from onecity.platform.documents.declare import Holder
from onecity.platform.geo.declare import Layer, LayerField, StyleClass
from onecity.platform.identity.declare import Permission, PersonalColumn, Role
from onecity.platform.jobs.declare import Job, Tick
from onecity.platform.messages.declare import Template
from onecity.web.declare import HomeEntry, Menu

DECLARATION = Domain(
    code="cases",
    name=zh("案件与流程"),
    items=(
        Permission(permissions.VIEW, zh("查看案件")),
        Permission(permissions.CREATE, zh("通过接口登记案件")),
        Permission(permissions.ANSWER, zh("办理案件任务")),
        Permission(permissions.SUPERVISE, zh("督办案件、改派任务")),
        Permission(permissions.MERGE, zh("合并重复案件")),
        Permission(permissions.LOOK, zh("查看反映人信息")),
        Permission(permissions.MANAGE_TYPES, zh("管理案件类型与流程"), scoped=False),
        Permission(permissions.MANAGE_CALENDARS, zh("管理工作日历"), scoped=False),
        PersonalColumn(
            code="cases.case.reporter_name",
            name=zh("反映人姓名"),
            table="cases_case",
            sealed="reporter_name_sealed",
        ),
        PersonalColumn(
            code="cases.case.reporter_phone",
            name=zh("反映人电话"),
            table="cases_case",
            sealed="reporter_phone_sealed",
            hashed="reporter_phone_hashed",
        ),
        Role(
            code="cases.process_manager",
            name=zh("流程管理员"),
            description=zh("管理案件类型、流程版本和工作日历，不接触案件"),
            permissions=(permissions.MANAGE_TYPES, permissions.MANAGE_CALENDARS),
        ),
        Holder(HOLDER, zh("案件"), may_read=may_read_files),
        Template(TASK_WAITS, zh("任务待办"), zh("待办任务：{name}"), zh("案件 {number} 的任务“{name}”等待您办理")),
        Template(
            TASK_WARNED, zh("任务即将超时"), zh("即将超时：{name}"), zh("案件 {number} 的任务“{name}”即将超过时限")
        ),
        Template(
            TASK_LATE, zh("任务超时"), zh("已超时：{name}"), zh("案件 {number} 的任务“{name}”已经超过时限"), urgent=True
        ),
        Template(CASE_WARNED, zh("案件即将超时"), zh("案件即将超时"), zh("案件 {number} 即将超过办结时限")),
        Template(CASE_LATE, zh("案件超时"), zh("案件已超时"), zh("案件 {number} 已经超过办结时限"), urgent=True),
        Template(
            REQUEST_GRANTED, zh("申请已同意"), zh("已同意：{name}"), zh("您在案件 {number} 提出的“{name}”已经同意")
        ),
        Template(
            REQUEST_REFUSED,
            zh("申请未同意"),
            zh("未同意：{name}"),
            zh("您在案件 {number} 提出的“{name}”没有同意，请查看审批意见"),
        ),
        Template(
            CASE_RESUMED,
            zh("挂账到期恢复"),
            zh("恢复办理：{name}"),
            zh("案件 {number} 挂账到期，任务“{name}”恢复计时，请继续办理"),
        ),
        Template(
            CARDS["yellow"],
            zh("黄牌"),
            zh("黄牌：{name}"),
            zh("案件 {number} 的任务“{name}”超时，发出黄牌"),
            urgent=True,
        ),
        Template(
            CARDS["red"],
            zh("红牌"),
            zh("红牌：{name}"),
            zh("案件 {number} 的任务“{name}”严重超时，发出红牌"),
            urgent=True,
        ),
        Template(
            ESCALATED,
            zh("超时上报"),
            zh("超时上报：{name}"),
            zh("案件 {number} 的任务“{name}”长时间超时，已上报至上{level}级机构"),
            urgent=True,
        ),
        Template(APPEALED, zh("监察牌申诉待答复"), zh("申诉待答复"), zh("案件 {number} 的监察牌有申诉等待您答复")),
        Template(
            SETTLED["withdrawn"],
            zh("监察牌已撤销"),
            zh("监察牌已撤销"),
            zh("案件 {number} 的监察牌申诉成立，监察牌已撤销"),
        ),
        Template(
            SETTLED["upheld"], zh("监察牌维持"), zh("监察牌维持"), zh("案件 {number} 的监察牌申诉不成立，维持原结论")
        ),
        Template(
            ASSISTANCE_ANSWERED,
            zh("协办已答复"),
            zh("协办已答复：{name}"),
            zh("案件 {number} 的“{name}”已有单位答复，请查看协办意见"),
        ),
        Template(
            SUBCASE_ENDED,
            zh("子案件已结束"),
            zh("子案件已结束：{name}"),
            zh("案件 {number} 的子案件“{name}”已经结束，请继续办理"),
        ),
        Template(DEPUTISED, zh("代理设置"), zh("您代理 {name}"), zh("您被设为 {name} 的代理人，请留意其待办任务")),
        Source("cases.window", zh("窗口登记"), icon="user", order=10),
        Job(JOB, TITLE, run_move),
        SET_VALUE,
        OUTCOME_OF,
        Tick("cases.turn_lights", zh("案件到期变灯"), 2.0, turn_due_lights),
        Tick("cases.resume", zh("挂账到期恢复"), 5.0, resume_now),
        Tick("cases.watch", zh("电子监察"), 5.0, watch_now),
        Tick("cases.remind", zh("申诉答复催办"), 60.0, remind_now),
        Tick("cases.settle_subcases", zh("子案件结束通知"), 3.0, settle_now),
        Tick("cases.tell", zh("通知待办任务"), 1.0, tell_now),
        Tick("cases.fold_counters", zh("汇总案件计数"), 1.0, fold_counters),
        Menu("cases.tasks", zh("待办任务"), "cases:tasks", group=zh("我的工作"), icon="checklist", order=10),
        Menu(
            "cases.cases",
            zh("案件"),
            "cases:cases",
            permission=permissions.VIEW,
            group=zh("我的工作"),
            icon="clipboard-list",
            order=20,
        ),
        Menu(
            "cases.cards",
            zh("电子监察"),
            "cases:cards",
            permission=permissions.VIEW,
            group=zh("我的工作"),
            icon="alert-triangle",
            order=30,
        ),
        Menu("cases.deputies", zh("代理设置"), "cases:deputies", group=zh("我的工作"), icon="users", order=40),
        Menu(
            "cases.roster",
            zh("值班表"),
            "cases:roster",
            permission=permissions.VIEW,
            group=zh("我的工作"),
            icon="calendar",
            order=50,
        ),
        Menu(
            "cases.types",
            zh("案件类型与流程"),
            "cases:types",
            permission=permissions.MANAGE_TYPES,
            group=zh("系统管理"),
            icon="sitemap",
            order=40,
        ),
        Menu(
            "cases.calendar",
            zh("工作日历"),
            "cases:calendar",
            permission=permissions.MANAGE_CALENDARS,
            group=zh("系统管理"),
            icon="calendar",
            order=50,
        ),
        HomeEntry(
            "cases.waiting",
            zh("待办任务"),
            zh("等待您办理的任务，先到期的在前"),
            "cases:tasks",
            portal="workbench",
            icon="checklist",
            order=10,
            fragment="cases:waiting_card",
        ),
        Layer(
            code="cases.open_cases",
            name=zh("在办案件"),
            group=zh("城市管理"),
            source=OPEN_CASES_SQL,
            geometry="point",
            fields=(
                LayerField("number", zh("案件编号"), "code"),
                LayerField("title", zh("标题")),
                LayerField("light", zh("时限"), "code"),
                LayerField("opened_at", zh("立案时间"), "moment"),
            ),
            permission=permissions.VIEW,
            scoped=True,
            live=True,
            style_field="light",
            classes=(
                StyleClass("green", zh("正常"), "--tone-green"),
                StyleClass("yellow", zh("预警"), "--tone-yellow"),
                StyleClass("red", zh("超时"), "--tone-red"),
            ),
            link="/cases/id/{id}",
        ),
    ),
)
