"""The demonstration's place among Django's applications."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """City packs, made-up cities, simulators, and the control of the city's time. A city in earnest never uses it."""

    name = "onecity.demo"
    label = "demo"
    verbose_name = "演示"
