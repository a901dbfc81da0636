"""What identity plugs into the city."""

from onecity.kernel.registry import Domain
from onecity.kernel.text import zh
from onecity.platform.identity.declare import Permission, PersonalColumn, Role
from onecity.platform.identity.services.audit import seal_pending
from onecity.platform.identity.services.verification import (
    JOB,
    VERIFY_EVERY_S,
    ask_for_verification,
    run_verification,
)
from onecity.platform.identity.upkeep import TIDY_EVERY_S, tidy
from onecity.platform.jobs.declare import Job, Tick
from onecity.web.declare import Gauge, Menu
from onecity.web.figures import counted

_GROUP = zh("系统管理")
_ACCOUNTS, _ROLES, _CLIENTS, _AUDIT = (
    "identity.manage_accounts",
    "identity.manage_roles",
    "identity.manage_clients",
    "identity.read_audit",
)
MENUS = (
    Menu("identity.accounts", zh("账户管理"), "identity:accounts", "workbench", _ACCOUNTS, _GROUP, "users", 50),
    Menu(
        "identity.organisations",
        zh("机构管理"),
        "identity:organisations",
        "workbench",
        _ACCOUNTS,
        _GROUP,
        "building-community",
        51,
    ),
    Menu("identity.grants", zh("授权管理"), "identity:grants", "workbench", _ROLES, _GROUP, "user-check", 52),
    Menu("identity.roles", zh("角色管理"), "identity:roles", "workbench", _ROLES, _GROUP, "users-group", 53),
    Menu("identity.clients", zh("接口应用管理"), "identity:clients", "workbench", _CLIENTS, _GROUP, "api", 54),
    Menu("identity.trail", zh("审计记录"), "identity:trail", "workbench", _AUDIT, _GROUP, "shield-check", 55),
)

_UNSEALED = """
    SELECT count(*) FROM identity_auditentry e
    WHERE e.transaction >= (SELECT min(horizon) FROM identity_audithead)
      AND NOT EXISTS (SELECT FROM identity_auditseal s WHERE s.entry_id = e.id)
"""

DECLARATION = Domain(
    code="identity",
    name=zh("身份与权限"),
    items=(
        Permission("identity.manage_accounts", zh("管理账户与机构")),
        Permission("identity.observe_system", zh("查看系统运行状态"), scoped=False),
        Permission("identity.manage_system", zh("管理系统参数与任务"), scoped=False),
        Permission("identity.manage_roles", zh("管理角色与授权"), scoped=False),
        Permission("identity.manage_clients", zh("管理接口应用与令牌"), scoped=False),
        Permission("identity.read_audit", zh("查阅审计记录"), scoped=False),
        Role(
            code="identity.system_administrator",
            name=zh("系统管理员"),
            description=zh("管理账户、机构、系统参数和任务，不接触业务数据，不能授权"),
            permissions=("identity.manage_accounts", "identity.observe_system", "identity.manage_system"),
            exclusive=True,
        ),
        Role(
            code="identity.security_administrator",
            name=zh("安全管理员"),
            description=zh("管理角色、授权和接口应用，不接触业务数据"),
            permissions=("identity.manage_roles", "identity.manage_clients"),
            exclusive=True,
        ),
        Role(
            code="identity.audit_administrator",
            name=zh("审计管理员"),
            description=zh("查阅和核验审计记录，不能修改任何内容"),
            permissions=("identity.read_audit",),
            exclusive=True,
        ),
        PersonalColumn(
            code="identity.account.phone",
            name=zh("账户手机号码"),
            table="identity_account",
            sealed="phone_sealed",
            hashed="phone_hashed",
        ),
        Tick("identity.seal_audit", zh("封存审计记录"), 0.5, seal_pending),
        Gauge("identity.unsealed", "audit entries that are not yet linked into the chain", lambda: counted(_UNSEALED)),
        Tick("identity.verify_daily", zh("每日核验审计记录"), VERIFY_EVERY_S, ask_for_verification),
        Tick("identity.tidy", zh("清理过期会话与幂等记录"), TIDY_EVERY_S, tidy),
        Job(JOB, zh("核验审计记录"), run_verification),
        PersonalColumn(
            code="identity.account.totp",
            name=zh("动态口令密钥"),
            table="identity_account",
            sealed="totp_sealed",
        ),
        *MENUS,
    ),
)
