"""Identity's tables."""

from onecity.platform.identity.models.accounts import Account, Session
from onecity.platform.identity.models.audit import AuditEntry, AuditHead, AuditSeal
from onecity.platform.identity.models.clients import ApiClient, ApiToken, IdempotencyRecord
from onecity.platform.identity.models.keys import DataKey
from onecity.platform.identity.models.organisations import Organisation
from onecity.platform.identity.models.roles import Grant, Role, RolePermission

__all__ = [
    "Account",
    "ApiClient",
    "ApiToken",
    "AuditEntry",
    "AuditHead",
    "AuditSeal",
    "DataKey",
    "Grant",
    "IdempotencyRecord",
    "Organisation",
    "Role",
    "RolePermission",
    "Session",
]
