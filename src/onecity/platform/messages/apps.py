"""The messages capability's place among Django's applications."""

from django.apps import AppConfig


class MessagesConfig(AppConfig):
    """The inbox of everybody in the city, and the templates that fill it."""

    name = "onecity.platform.messages"
    label = "messages"
    verbose_name = "消息"
