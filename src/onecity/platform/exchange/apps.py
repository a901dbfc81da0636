"""The exchange capability's place among Django's applications."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """The catalogue of what the city knows, who may have it, and the engine that carries it."""

    name = "onecity.platform.exchange"
    label = "exchange"
    verbose_name = "数据共享交换"
