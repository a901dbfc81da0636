"""The web layer's place among Django's applications."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Page shell, components and conventions."""

    name = "onecity.web"
    label = "web"
    verbose_name = "页面基础"
