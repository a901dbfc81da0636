"""Reading accounts."""

from django.db import connection

from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.identity.contracts import AccountInfo
from onecity.platform.identity.models import Account

_WITH_PERMISSION = """
    SELECT DISTINCT a.id, a.username, a.full_name, a.organisation_id, a.is_active
    FROM identity_account a
    JOIN identity_grant g ON g.account_id = a.id AND g.withdrawn_at IS NULL AND (g.ends_at IS NULL OR g.ends_at > now())
    JOIN identity_rolepermission p ON p.role_id = g.role_id AND p.permission_code = %s
    LEFT JOIN identity_organisation o ON o.id = g.organisation_id
    WHERE a.is_active AND (
        g.scope_kind = 'everything'
        OR (g.scope_kind = 'organisation' AND %s::text LIKE o.path || '%%')
        OR (g.scope_kind = 'division' AND %s LIKE g.division_code || '%%')
    )
    ORDER BY a.id
"""


def account(account_id: int) -> AccountInfo:
    """Return one account.

    Raises: NotFound.
    """
    row = Account.objects.filter(id=account_id).first()
    if row is None:
        raise NotFound(zh("没有这个账户"))
    return info_of(row)


def find_account(username: str) -> AccountInfo | None:
    """Return the account with this login name, or None."""
    row = Account.objects.filter(username=username).first()
    return info_of(row) if row else None


def accounts_with_permission(
    permission: str, *, organisation_id: int | None = None, division_code: str = ""
) -> list[AccountInfo]:
    """Return the active accounts that hold `permission` for a row of this organisation and place."""
    with connection.cursor() as cursor:
        path = ""
        if organisation_id is not None:
            cursor.execute("SELECT path FROM identity_organisation WHERE id = %s", [organisation_id])
            found = cursor.fetchone()
            path = found[0] if found else ""
        cursor.execute(_WITH_PERMISSION, [permission, path, division_code])
        return [AccountInfo(*row) for row in cursor.fetchall()]


def info_of(row: Account) -> AccountInfo:
    """Return an account's row as others see it."""
    return AccountInfo(row.id, row.username, row.full_name, row.organisation_id, row.is_active)
