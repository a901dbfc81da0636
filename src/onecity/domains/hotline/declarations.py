"""What the hotline plugs into the city."""

from onecity.domains.hotline import permissions
from onecity.domains.hotline.datasets import DATASETS
from onecity.domains.hotline.indicators import INDICATORS
from onecity.domains.hotline.kinds import first_edition
from onecity.domains.hotline.layers import DEMANDS
from onecity.domains.hotline.menus import MENUS
from onecity.domains.hotline.process import DEMAND, PETITION, TYPES
from onecity.domains.hotline.roles import ROLES
from onecity.domains.hotline.services import steps
from onecity.domains.hotline.services.training import TRAINING, run_training
from onecity.domains.hotline.sources import SOURCES
from onecity.kernel.registry import Domain
from onecity.kernel.text import zh
from onecity.platform.cases.declare import Action, Panel
from onecity.platform.identity.declare import Permission
from onecity.platform.jobs.declare import Job

DECLARATION = Domain(
    code="hotline",
    name=zh("政务服务热线"),
    items=(
        Permission(permissions.TAKE, zh("接听来电、登记诉求")),
        Permission(permissions.ACCEPT, zh("受理诉求、直接答复、不予受理")),
        Permission(permissions.DISPATCH, zh("派发诉求工单")),
        Permission(permissions.HANDLE, zh("签收、办理、答复诉求")),
        Permission(permissions.CALL_BACK, zh("回访诉求人")),
        Permission(permissions.APPROVE, zh("审批诉求延期、办结归档")),
        Permission(permissions.PETITION, zh("登记、转送信访事项")),
        Permission(permissions.REVIEW, zh("复查、复核信访事项")),
        Permission(permissions.WRITE_KNOWLEDGE, zh("编写热线知识"), scoped=False),
        Permission(permissions.PUBLISH_KNOWLEDGE, zh("审核发布热线知识"), scoped=False),
        Permission(permissions.MEASURE, zh("查看诉求统计与热点")),
        Permission(permissions.CONFIGURE, zh("设置诉求分类、承办责任与接口"), scoped=False),
        *ROLES,
        *SOURCES,
        first_edition(),
        Action("hotline.count", zh("计一次退单、重办或延期"), steps.count, parameters=("name",)),
        Action("hotline.keep_body", zh("记录作出决定的机构"), steps.keep_body, parameters=("name",)),
        Action(
            "hotline.check_level", zh("核对复查、复核的期限与机关"), steps.check_level, parameters=("after", "other")
        ),
        Action("hotline.judge", zh("登记办理结果与满意度"), steps.judge),
        DEMAND,
        PETITION,
        Panel("hotline.panel", zh("诉求信息与派单"), "hotline:panel", TYPES, order=10),
        Job(TRAINING, zh("训练诉求分类模型"), run_training, attempts=1),
        DEMANDS,
        *INDICATORS,
        *DATASETS,
        *MENUS,
    ),
)
