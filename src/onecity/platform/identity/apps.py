"""The identity capability's place among Django's applications."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """Organisations, accounts, roles, sign-on, API clients, audit trail."""

    name = "onecity.platform.identity"
    label = "identity"
    verbose_name = "身份与权限"
