"""The only functions that others may call."""

from onecity.platform.identity.selectors.accounts import account, accounts_with_permission, find_account
from onecity.platform.identity.selectors.actors import account_actor, actors_on
from onecity.platform.identity.selectors.organisations import organisation, organisation_by_code, organisations
from onecity.platform.identity.selectors.scopes import RowScope, row_keys, row_scope, row_scope_on, scope_sql
from onecity.platform.identity.services.accounts import NewAccount, create_account
from onecity.platform.identity.services.audit import record, record_on
from onecity.platform.identity.services.grants import NewGrant, grant_role
from onecity.platform.identity.services.organisations import NewOrganisation, create_organisation
from onecity.platform.identity.services.personal import (
    ReasonNeeded,
    Sealer,
    look,
    open_text,
    seal_personal,
    sealer,
    search_hash,
    search_hashes,
)

__all__ = [
    "NewAccount",
    "NewGrant",
    "NewOrganisation",
    "ReasonNeeded",
    "RowScope",
    "Sealer",
    "account",
    "account_actor",
    "accounts_with_permission",
    "actors_on",
    "create_account",
    "create_organisation",
    "find_account",
    "grant_role",
    "look",
    "open_text",
    "organisation",
    "organisation_by_code",
    "organisations",
    "record",
    "record_on",
    "row_keys",
    "row_scope",
    "row_scope_on",
    "scope_sql",
    "seal_personal",
    "sealer",
    "search_hash",
    "search_hashes",
]
