"""What identity plugs into the city."""

from onecity.kernel.registry import Domain
from onecity.kernel.text import zh
from onecity.platform.identity.declare import Permission, PersonalColumn, Role
from onecity.platform.identity.services.audit import seal_pending
from onecity.platform.jobs.declare import Tick
from onecity.web.declare import Gauge
from onecity.web.figures import counted

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
        PersonalColumn(
            code="identity.account.totp",
            name=zh("动态口令密钥"),
            table="identity_account",
            sealed="totp_sealed",
        ),
    ),
)
