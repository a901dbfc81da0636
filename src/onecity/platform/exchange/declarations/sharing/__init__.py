"""What sharing plugs into the city."""

from typing import Final

from onecity.kernel.registry import Declared
from onecity.kernel.text import zh
from onecity.platform.cases.declare import Action, Panel
from onecity.platform.documents.declare import Holder
from onecity.platform.exchange import permissions
from onecity.platform.exchange.declarations.sharing.notices import TEMPLATES
from onecity.platform.exchange.declarations.sharing.places import PLACES
from onecity.platform.exchange.declarations.sharing.process import SHARING_REQUEST
from onecity.platform.exchange.declarations.sharing.roles import ROLES
from onecity.platform.exchange.selectors.sharing.requests import may_read_files
from onecity.platform.exchange.services.sharing import deciding, upkeep
from onecity.platform.exchange.services.sharing.asking import CASE_TYPE, HOLDER, PHONE_COLUMN
from onecity.platform.identity.declare import Permission, PersonalColumn
from onecity.platform.jobs.declare import Tick

ITEMS: Final[tuple[Declared, ...]] = (
    Permission(permissions.REQUEST_DATA, zh("申请共享数据、管理订阅")),
    Permission(permissions.APPROVE_SHARING, zh("受理、审核共享申请，管理供数与授权")),
    Permission(permissions.DECIDE_SHARING, zh("决定共享申请")),
    Permission(permissions.QUERY_SHARED, zh("按授权查询共享数据")),
    Permission(permissions.SUPERVISE_SHARING, zh("督办共享申请、设定共享参数")),
    Permission(permissions.VIEW_USES, zh("查看使用回执")),
    *ROLES,
    PersonalColumn(
        code=PHONE_COLUMN,
        name=zh("共享申请联系电话"),
        table="exchange_sharingrequest",
        sealed="contact_phone_sealed",
    ),
    Holder(HOLDER, zh("共享需求申请"), may_read=may_read_files),
    Action("exchange.grant_request", zh("登记共享授权"), deciding.grant_request),
    Action("exchange.refuse_request", zh("登记不予共享"), deciding.refuse_request),
    Action("exchange.withdraw_request", zh("登记撤回"), deciding.withdraw_request),
    Action("exchange.ask_for_supplement", zh("转申请单位补正"), deciding.ask_for_supplement),
    Action("exchange.take_up_again", zh("恢复办理"), deciding.take_up_again),
    Action("exchange.confirm_supply", zh("核实供数设置"), deciding.confirm_supply),
    SHARING_REQUEST,
    Panel("exchange.request_panel", zh("申请内容"), "exchange:sharing_panel", (CASE_TYPE,), order=10),
    *TEMPLATES,
    Tick("exchange.seal_receipts", zh("封存使用回执"), upkeep.SEAL_EVERY_S, upkeep.seal_receipts),
    Tick("exchange.end_due_grants", zh("到期授权处理与提醒"), upkeep.END_EVERY_S, upkeep.end_due_grants),
    Tick("exchange.watch_uses", zh("发现共享数据异常使用"), upkeep.WATCH_EVERY_S, upkeep.watch_uses),
    *PLACES,
)
