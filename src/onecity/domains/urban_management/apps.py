"""Digital urban management's place among Django's applications."""

from django.apps import AppConfig


class UrbanManagementConfig(AppConfig):
    """Problems of the city's components and of events in its streets, from report to evaluation."""

    name = "onecity.domains.urban_management"
    label = "urban_management"
    verbose_name = "数字城管"
