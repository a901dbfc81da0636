"""The lighting domain's place among Django's applications."""

from django.apps import AppConfig


class LightingConfig(AppConfig):
    """Lamps of the city."""

    name = "onecity.domains.lighting"
    label = "lighting"
    verbose_name = "城市照明"
