"""What the registers plug into the city: provenance."""

from pathlib import Path
from typing import Final

from onecity.kernel.deadlines import TimeUnit
from onecity.kernel.registry import Declared
from onecity.kernel.text import zh
from onecity.platform.cases.declare import Action, CaseType, DataField, Limit, Panel, Stage
from onecity.platform.identity.declare import Permission, PersonalColumn
from onecity.platform.jobs.declare import Tick
from onecity.platform.registers.permissions import MANAGE_SOURCES, SETTLE_CONFLICTS
from onecity.platform.registers.services.provenance_conflicts import (
    CASE_TYPE,
    VALUE_COLUMN,
    decide,
    open_conflict_cases,
)
from onecity.web.declare import Menu

CONFLICT: Final = CaseType(
    code=CASE_TYPE,
    name=zh("数据来源冲突裁定"),
    process=Path(__file__).parents[1] / "processes" / "conflict.bpmn",
    stages=(Stage("judge", zh("核对裁定")), Stage("verify", zh("来源核实"))),
    limits={  # house defaults; staff publish their own
        "judge": Limit("5", TimeUnit.WORK_DAY),
        "verify": Limit("5", TimeUnit.WORK_DAY),
        "whole": Limit("10", TimeUnit.WORK_DAY),
    },
    case_limit="whole",
    data=(
        DataField("contested", zh("争议值编号"), "number"),
        DataField("register", zh("信息库")),
        DataField("field", zh("字段")),
    ),
    icon="git-merge",
)

ITEMS: Final[tuple[Declared, ...]] = (
    Permission(MANAGE_SOURCES, zh("管理数据来源规则"), scoped=False),
    Permission(SETTLE_CONFLICTS, zh("裁定数据来源冲突")),
    PersonalColumn(
        code=VALUE_COLUMN,
        name=zh("有争议的个人信息"),
        table="registers_contestedvalue",
        sealed="sealed",
        hashed="hashed",
    ),
    Action("registers.decide_conflict", zh("把裁定写回信息库"), decide),
    CONFLICT,
    Tick("registers.open_conflict_cases", zh("为来源冲突立案"), 5.0, open_conflict_cases),
    Panel("registers.conflict", zh("来源不一致"), "registers:conflict_panel", (CASE_TYPE,)),
    Menu(
        "registers.conflicts",
        zh("数据来源冲突"),
        "registers:conflicts",
        permission=SETTLE_CONFLICTS,
        group=zh("基础信息库"),
        icon="git-merge",
        order=260,
    ),
    Menu(
        "registers.source_rules",
        zh("一数一源规则"),
        "registers:source_rules",
        permission=MANAGE_SOURCES,
        group=zh("基础信息库"),
        icon="adjustments",
        order=270,
    ),
)
