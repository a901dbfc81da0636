"""The indicators capability's place among Django's applications."""

from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    """Definitions, values, series and the rows behind them."""

    name = "onecity.platform.indicators"
    label = "indicators"
    verbose_name = "运行体征"
