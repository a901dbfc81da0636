"""The cockpit portal's place among Django's applications."""

from django.apps import AppConfig


class CockpitConfig(AppConfig):
    """The leaders' side: the city's vital signs on one screen, live."""

    name = "onecity.portals.cockpit"
    label = "cockpit"
    verbose_name = "领导驾驶舱"
