"""The smallest valid objects of identity, for its own tests and its neighbours'."""

from datetime import timedelta
from itertools import count

from onecity.kernel import clock
from onecity.kernel.actor import EVERYTHING, Actor, ScopeKey, system_actor
from onecity.platform.identity.hot import HotSignOn
from onecity.platform.identity.models import Account, AuditEntry, Grant, Organisation, Role, RolePermission, Session
from onecity.platform.identity.registries import builtin_roles
from onecity.platform.identity.selectors.actors import account_actor, secret_digest
from onecity.platform.identity.services import keys
from onecity.platform.identity.services.accounts import NewAccount, create_account, set_active
from onecity.platform.identity.services.clients import NewClient, create_client, issue_token
from onecity.platform.identity.services.grants import NewGrant, grant_role
from onecity.platform.identity.services.organisations import NewOrganisation, create_organisation

__all__ = [
    "PASSWORD",
    "Account",
    "AuditEntry",
    "Grant",
    "HotSignOn",
    "Organisation",
    "audited",
    "builtin_roles",
    "forget_keys",
    "grant_permissions",
    "make_account",
    "make_accounts",
    "make_actor",
    "make_organisation",
    "make_program",
    "make_token",
    "open_session",
    "plain_actor",
    "set_account_active",
    "times_audited",
]

PASSWORD = "Correct-Horse-7"
_numbers = count(1)


def make_organisation(
    name: str = "生态环境局", *, parent: Organisation | None = None, division: str = ""
) -> Organisation:
    """Make an organisation."""
    new = NewOrganisation(
        code=f"org{next(_numbers)}",
        name=name,
        short_name=name,
        kind="department",
        parent_id=parent.id if parent else None,
        division_code=division,
    )
    return create_organisation(system_actor("test"), new=new)


def make_account(username: str = "", *, organisation: Organisation | None = None, kind: str = "staff") -> Account:
    """Make an account whose password is `PASSWORD` and need not be changed."""
    new = NewAccount(
        username=username or f"user{next(_numbers)}",
        full_name="张三",
        kind=kind,
        password=PASSWORD,
        organisation_id=organisation.id if organisation else None,
        must_change_password=False,
    )
    return create_account(system_actor("test"), new=new, now=clock.real_now())


def set_account_active(of: Actor, *, active: bool) -> None:
    """Switch an actor's account off or on, as an administrator does."""
    assert of.account_id is not None
    set_active(system_actor("test"), account_id=of.account_id, active=active, now=clock.real_now())


def make_actor(
    *permissions: str, organisation: Organisation | None = None, division: str = "", everywhere: bool = False
) -> Actor:
    """Make an account that holds `permissions` within its organisation, a division, or everywhere; return its actor."""
    account = make_account(organisation=organisation)
    if permissions:
        inside = organisation.id if organisation and not division and not everywhere else None
        grant_permissions(account.id, *permissions, organisation_id=inside, division=division)
    actor = account_actor(account.id)
    assert actor is not None
    return actor


def grant_permissions(
    account_id: int, *permissions: str, organisation_id: int | None = None, division: str = ""
) -> None:
    """Grant an account a new role with `permissions`, within an organisation, a division, or everywhere."""
    role = Role.objects.create(code=f"role{next(_numbers)}", name="角色")
    RolePermission.objects.bulk_create(RolePermission(role=role, permission_code=code) for code in permissions)
    new = NewGrant(account_id, role.code, organisation_id=organisation_id, division_code=division)
    grant_role(system_actor("test"), new=new, now=clock.real_now())


def forget_keys() -> None:
    """Let the next who needs a data key read it from the database, as every process does from time to time."""
    keys.forget()


def make_program(name: str, *permissions: str, organisation: Organisation, everywhere: bool = False) -> str:
    """Make an API client that holds `permissions` within its organisation or everywhere; return its bearer token."""
    now, author = clock.real_now(), system_actor("test")
    new = NewClient(name, organisation.id, "测试", permissions, everywhere)
    made = create_client(author, new=new, now=now)
    return issue_token(author, client_id=made.id, life=timedelta(days=1), now=now)


def plain_actor(*permissions: str, keys: frozenset[ScopeKey] = frozenset({EVERYTHING})) -> Actor:
    """Return an actor without any row behind it, for tests that need no account."""
    return Actor("account", 1, "张三", None, dict.fromkeys(permissions, keys))


def open_session(account_id: int, *, secret: str = "") -> str:
    """Open a session without passing the door and return the cookie's secret."""
    secret = secret or f"secret-{next(_numbers)}"
    now = clock.real_now()
    Session.objects.create(
        account_id=account_id,
        digest=secret_digest(secret),
        created_at=now,
        last_seen_at=now,
        expires_at=now + timedelta(hours=1),
    )
    return secret


def make_token(*permissions: str, organisation: Organisation | None = None, everywhere: bool = False) -> str:
    """Make a program that holds `permissions` in its organisation or everywhere; return its bearer token."""
    owner = organisation or make_organisation("接口单位")
    return make_program("程序", *permissions, organisation=owner, everywhere=everywhere)


def audited(target: str) -> list[tuple[str, str]]:
    """Return (action, outcome) of every audit entry about `target`, in order."""
    rows = AuditEntry.objects.filter(target=target).order_by("id")
    return list(rows.values_list("action", "outcome"))


def times_audited(action: str, *, target: str = "") -> int:
    """Return how many audit entries an action has left, about `target` if one is given."""
    rows = AuditEntry.objects.filter(action=action)
    return (rows.filter(target=target) if target else rows).count()


def make_accounts(count: int) -> list[int]:
    """Make many accounts that nobody can sign in to, fast; return their ids."""
    now = clock.real_now()
    rows = [
        Account(username=f"many{next(_numbers)}", full_name="李四", kind="staff", password="!", created_at=now)
        for _ in range(count)
    ]
    return [row.id for row in Account.objects.bulk_create(rows)]
