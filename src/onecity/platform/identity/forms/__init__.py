"""Forms of identity's pages."""

from onecity.platform.identity.forms.accounts import AccountForm, NewAccountForm
from onecity.platform.identity.forms.clients import ClientForm, TokenForm
from onecity.platform.identity.forms.organisations import MoveForm, NewOrganisationForm, OrganisationForm
from onecity.platform.identity.forms.own import CodeForm, PasswordForm, SignInForm
from onecity.platform.identity.forms.roles import GrantForm, RoleForm

__all__ = [
    "AccountForm",
    "ClientForm",
    "CodeForm",
    "GrantForm",
    "MoveForm",
    "NewAccountForm",
    "NewOrganisationForm",
    "OrganisationForm",
    "PasswordForm",
    "RoleForm",
    "SignInForm",
    "TokenForm",
]
