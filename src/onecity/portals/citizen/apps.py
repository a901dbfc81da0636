"""The citizen portal's place among Django's applications."""

from django.apps import AppConfig


class CitizenConfig(AppConfig):
    """The citizens' side: one home page for whatever the city does for them."""

    name = "onecity.portals.citizen"
    label = "citizen"
    verbose_name = "市民首页"
