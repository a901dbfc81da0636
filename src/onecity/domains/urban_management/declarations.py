"""What digital urban management plugs into the city."""

from onecity.domains.urban_management import permissions
from onecity.domains.urban_management.classification import CJT_SCHEME, GB_SCHEME, cjt_classes, gb_classes
from onecity.domains.urban_management.datasets import DATASETS
from onecity.domains.urban_management.indicators import INDICATORS
from onecity.domains.urban_management.layers import LAYERS
from onecity.domains.urban_management.process import CITY_CASE, TYPE_CODE
from onecity.domains.urban_management.roles import ROLES
from onecity.domains.urban_management.rules.scoring import COUNTED, count, grade
from onecity.domains.urban_management.services.evaluating import JOB, evaluate_last_month, run_evaluation
from onecity.domains.urban_management.sources import SOURCES
from onecity.kernel.registry import Domain
from onecity.kernel.text import zh
from onecity.platform.cases.declare import Action, Classification, Panel
from onecity.platform.identity.declare import Permission
from onecity.platform.jobs.declare import Job, Tick
from onecity.web.declare import HomeEntry, Menu

DECLARATION = Domain(
    code="urban_management",
    name=zh("数字城管"),
    items=(
        Permission(permissions.REPORT, zh("上报城市管理问题")),
        Permission(permissions.ACCEPT, zh("受理、立案")),
        Permission(permissions.DISPATCH, zh("派遣专业部门")),
        Permission(permissions.HANDLE, zh("处置、反馈")),
        Permission(permissions.CHECK, zh("现场核实、核查")),
        Permission(permissions.CLOSE, zh("结案、延期审批")),
        Permission(permissions.SUPERVISE, zh("查看部门与区域考评")),
        Permission(permissions.CONFIGURE, zh("设置处置责任与告警立案类别"), scoped=False),
        Permission(permissions.SUBMIT, zh("通过接口上报城市管理问题"), scoped=False),
        *ROLES,
        *SOURCES,
        Classification(GB_SCHEME, zh("城市管理部件与事件（国标编号）"), gb_classes()),
        Classification(CJT_SCHEME, zh("城市管理部件与事件（CJ/T 214）"), cjt_classes()),
        Action("urban_management.count", zh("计一次回退、返工或延期"), count, parameters=("name",)),
        Action("urban_management.grade", zh("综合评价计分"), grade, parameters=COUNTED),
        CITY_CASE,
        *LAYERS,
        Job(JOB, zh("数字城管综合评价"), run_evaluation),
        Tick("urban_management.evaluate_last_month", zh("上月综合评价"), 3600.0, evaluate_last_month),
        Panel("urban_management.desk", zh("立案类别与派遣"), "urban_management:panel", (TYPE_CODE,), order=10),
        *INDICATORS,
        *DATASETS,
        Menu(
            "urban_management.desk",
            zh("受理立案"),
            "urban_management:desk",
            permission=permissions.ACCEPT,
            group=zh("数字城管"),
            icon="message-report",
            order=110,
        ),
        Menu(
            "urban_management.patrol",
            zh("现场核查"),
            "urban_management:patrol",
            permission=permissions.CHECK,
            group=zh("数字城管"),
            icon="route",
            order=120,
        ),
        Menu(
            "urban_management.supervision",
            zh("考评排名"),
            "urban_management:supervision",
            permission=permissions.SUPERVISE,
            group=zh("数字城管"),
            icon="chart-bar",
            order=130,
        ),
        Menu(
            "urban_management.command",
            zh("监督指挥"),
            "urban_management:command",
            permission=permissions.SUPERVISE,
            group=zh("数字城管"),
            icon="map-2",
            order=125,
        ),
        Menu(
            "urban_management.evaluations",
            zh("综合评价"),
            "urban_management:evaluations",
            permission=permissions.SUPERVISE,
            group=zh("数字城管"),
            icon="clipboard-check",
            order=135,
        ),
        Menu(
            "urban_management.components",
            zh("部件管理"),
            "urban_management:components",
            permission=permissions.CASES_VIEW,
            group=zh("数字城管"),
            icon="map-pin",
            order=138,
        ),
        Menu(
            "urban_management.duties",
            zh("处置责任"),
            "urban_management:duties",
            permission=permissions.CONFIGURE,
            group=zh("数字城管"),
            icon="adjustments",
            order=140,
        ),
        HomeEntry(
            "urban_management.report",
            zh("我要上报"),
            zh("井盖破损、道路积水、扬尘噪声，拍照上报，凭编号查进度"),
            "urban_management:report",
            portal="citizen",
            icon="camera",
            order=20,
        ),
        HomeEntry(
            "urban_management.follow",
            zh("上报进度查询"),
            zh("凭案件编号和查询码查看办理进度，评价办理结果"),
            "urban_management:find",
            portal="citizen",
            icon="search",
            order=30,
        ),
        HomeEntry(
            "urban_management.patrol_home",
            zh("现场核查"),
            zh("离您最近的核实、核查任务；巡查中发现问题随手上报"),
            "urban_management:patrol",
            portal="workbench",
            permission=permissions.CHECK,
            icon="route",
            order=60,
        ),
    ),
)
