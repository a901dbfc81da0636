"""Linkage rules: rights, their place in the menu, what the clock does for them, whom they tell."""

from onecity.kernel.text import zh
from onecity.platform.identity.declare import Permission
from onecity.platform.iot import permissions
from onecity.platform.iot.declarations.menus import GROUP
from onecity.platform.iot.services.linkage import upkeep
from onecity.platform.iot.services.linkage.doing import TEMPLATE
from onecity.platform.iot.services.linkage.firing import ACT_JOB
from onecity.platform.iot.services.linkage.judging import JUDGE_JOB
from onecity.platform.iot.services.linkage.trying import TRY_JOB, run_trial
from onecity.platform.jobs.declare import Job, Tick
from onecity.platform.messages.declare import Template
from onecity.web.declare import Menu

ITEMS = (
    Permission(permissions.VIEW_LINKAGE, zh("查看联动规则")),
    Permission(permissions.MANAGE_LINKAGE, zh("管理联动规则")),
    Menu(
        "iot.linkage",
        zh("联动规则"),
        "iot:linkage",
        permission=permissions.VIEW_LINKAGE,
        group=GROUP,
        icon="git-branch",
        order=32,
    ),
    Template(TEMPLATE, zh("联动规则通知"), zh("联动规则：{rule}"), "{text}", urgent=True),
    Tick("iot.look_for_linkage", zh("查找待判定的联动规则"), upkeep.LOOK_EVERY_S, upkeep.look_for_due),
    Tick("iot.sweep_linkage", zh("接续未执行的联动动作"), upkeep.SWEEP_EVERY_S, upkeep.sweep),
    Job(JUDGE_JOB, zh("判定联动规则"), upkeep.judge_due),
    Job(ACT_JOB, zh("执行联动动作"), upkeep.act_on_firings),
    Job(TRY_JOB, zh("试算联动规则"), run_trial),
)
