"""What emergency management plugs into the city."""

from onecity.domains.emergency import permissions
from onecity.domains.emergency.indicators import INDICATORS
from onecity.domains.emergency.layers import LAYERS
from onecity.domains.emergency.menus import MENUS
from onecity.domains.emergency.notices import TEMPLATES
from onecity.domains.emergency.process import LIMITS, SOURCE, TASK
from onecity.domains.emergency.roles import ROLES
from onecity.domains.emergency.selectors.responses import may_read_response
from onecity.domains.emergency.services.ticks import EVERY_S, tell_of_limits
from onecity.kernel.registry import Domain
from onecity.kernel.text import zh
from onecity.platform.documents.declare import Holder
from onecity.platform.identity.declare import Permission
from onecity.platform.jobs.declare import Tick

DECLARATION = Domain(
    code="emergency",
    name=zh("应急管理"),
    items=(
        Permission(permissions.VIEW, zh("查看突发事件与应急信息")),
        Permission(permissions.REPORT, zh("登记、报送突发事件信息，记值班日志")),
        Permission(permissions.VERIFY, zh("核实、办结突发事件")),
        Permission(permissions.APPROVE, zh("审批突发事件级别")),
        Permission(permissions.KEEP_DUTY, zh("安排应急值班")),
        Permission(permissions.CONFIGURE, zh("设置应急值班室与报送时限"), scoped=False),
        Permission(permissions.WRITE_PLAN, zh("编制应急预案")),
        Permission(permissions.PUBLISH_PLAN, zh("发布应急预案")),
        Permission(permissions.COMMAND, zh("启动、调整、终止应急响应")),
        Permission(permissions.HANDLE, zh("执行应急响应任务")),
        *ROLES,
        SOURCE,
        LIMITS,
        TASK,
        Holder("emergency.response", zh("应急响应"), may_read=may_read_response),
        *TEMPLATES,
        Tick("emergency.tell_of_limits", zh("提醒信息报送时限"), EVERY_S, tell_of_limits),
        *LAYERS,
        *INDICATORS,
        *MENUS,
    ),
)
