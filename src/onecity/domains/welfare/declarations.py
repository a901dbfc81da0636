"""What welfare plugs into the city."""

from onecity.domains.welfare import permissions
from onecity.domains.welfare.indicators import INDICATORS
from onecity.domains.welfare.personal import PERSONAL
from onecity.domains.welfare.process import AIDS, ASSISTANCE, ASSISTANCE_CASE, QUESTION, QUESTION_CASE, SOURCES
from onecity.domains.welfare.roles import ROLES
from onecity.domains.welfare.selectors.files import may_read_files
from onecity.domains.welfare.services.consenting import HOLDER
from onecity.domains.welfare.services.following import (
    all_authorised,
    decline,
    grant,
    open_questions,
    published_long_enough,
)
from onecity.domains.welfare.services.rechecking import JOB
from onecity.domains.welfare.services.running import VERIFY_JOB, run_recheck, run_verification
from onecity.kernel.registry import Domain
from onecity.kernel.text import zh
from onecity.platform.cases.declare import Action, Condition, Panel
from onecity.platform.documents.declare import Holder
from onecity.platform.identity.declare import Permission
from onecity.platform.jobs.declare import Job
from onecity.web.declare import HomeEntry, Menu

_GROUP = zh("社会救助")

DECLARATION = Domain(
    code="welfare",
    name=zh("社会救助"),
    items=(
        Permission(permissions.VIEW, zh("查看救助申请与核对进度")),
        Permission(permissions.ACCEPT, zh("受理救助申请、登记授权、审核公示")),
        Permission(permissions.VERIFY, zh("开展经济状况核对")),
        Permission(permissions.DECIDE, zh("审批救助申请")),
        Permission(permissions.LOOK, zh("查看核对报告")),
        Permission(permissions.POLICIES, zh("维护救助标准与核对数据项"), scoped=False),
        Permission(permissions.STATISTICS, zh("查看核对指标")),
        Permission(permissions.RECHECK, zh("组织定期复核"), scoped=False),
        *ROLES,
        *PERSONAL,
        *SOURCES,
        AIDS,
        Action("welfare.grant", zh("发放救助证"), grant),
        Action("welfare.decline", zh("记录不予批准"), decline),
        Condition("welfare.all_authorised", zh("成年家庭成员均已授权"), all_authorised),
        Condition("welfare.open_questions", zh("最近一次核对的矛盾数"), open_questions),
        Condition("welfare.published_long_enough", zh("公示期已满"), published_long_enough),
        ASSISTANCE_CASE,
        QUESTION_CASE,
        Panel("welfare.household", zh("家庭与核对"), "welfare:panel", (ASSISTANCE, QUESTION), order=10),
        Holder(HOLDER, zh("救助申请"), may_read=may_read_files),
        Job(VERIFY_JOB, zh("经济状况核对"), run_verification),
        Job(JOB, zh("定期复核"), run_recheck),
        *INDICATORS,
        Menu(
            "welfare.applications",
            zh("救助申请"),
            "welfare:applications",
            permission=permissions.VIEW,
            group=_GROUP,
            icon="heart-handshake",
            order=210,
        ),
        Menu(
            "welfare.verifications",
            zh("经济状况核对"),
            "welfare:verifications",
            permission=permissions.VIEW,
            group=_GROUP,
            icon="scale",
            order=220,
        ),
        Menu(
            "welfare.rechecks",
            zh("定期复核"),
            "welfare:rechecks",
            permission=permissions.RECHECK,
            group=_GROUP,
            icon="refresh",
            order=230,
        ),
        Menu(
            "welfare.policies",
            zh("救助标准"),
            "welfare:policies",
            permission=permissions.POLICIES,
            group=_GROUP,
            icon="adjustments",
            order=240,
        ),
        HomeEntry(
            "welfare.apply",
            zh("申请社会救助"),
            zh("低保、低收入和特困救助，网上申请，授权核对，随时查看谁查询了您的信息"),
            "welfare:my_applications",
            portal="citizen",
            icon="heart-handshake",
            order=40,
        ),
        HomeEntry(
            "welfare.publications",
            zh("救助公示"),
            zh("正在公示的救助申请"),
            "welfare:publications",
            portal="citizen",
            icon="news",
            order=45,
        ),
    ),
)
