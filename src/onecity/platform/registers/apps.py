"""The registers' place among Django's applications."""

from django.apps import AppConfig


class RegistersConfig(AppConfig):
    """Who lives here, who does business here, where, and how the city fares: one answerable source for each field."""

    name = "onecity.platform.registers"
    label = "registers"
    verbose_name = "基础信息库"
