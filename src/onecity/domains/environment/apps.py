"""The environment domain's place among Django's applications."""

from django.apps import AppConfig


class EnvironmentConfig(AppConfig):
    """The air of the city: stations, indices, warnings."""

    name = "onecity.domains.environment"
    label = "environment"
    verbose_name = "生态环境"
