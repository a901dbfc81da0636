"""The open portal's place among Django's applications."""

from django.apps import AppConfig


class OpenConfig(AppConfig):
    """The developers' side: interfaces with their documentation."""

    name = "onecity.portals.open"
    label = "open"
    verbose_name = "开放平台"
