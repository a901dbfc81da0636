"""The web layer's place among Django's applications."""

from django.apps import AppConfig
from django.contrib.messages.apps import MessagesConfig as DjangoMessagesConfig


class WebConfig(AppConfig):
    """Page shell, components and conventions."""

    name = "onecity.web"
    label = "web"
    verbose_name = "页面基础"
    default = True


class NoticesConfig(DjangoMessagesConfig):
    """Django's one-time notices, under a label that leaves `messages` to the inbox."""

    label = "notices"
    default = False
