"""What cases plug into the city."""

from onecity.kernel.registry import Domain
from onecity.kernel.text import zh
from onecity.platform.cases import permissions
from onecity.platform.cases.builtin import OUTCOME_OF, SET_VALUE
from onecity.platform.cases.declare import Source
from onecity.platform.identity.declare import Permission, PersonalColumn

DECLARATION = Domain(
    code="cases",
    name=zh("案件与流程"),
    items=(
        Permission(permissions.VIEW, zh("查看案件")),
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
        Source("cases.window", zh("窗口登记"), icon="user", order=10),
        SET_VALUE,
        OUTCOME_OF,
    ),
)
