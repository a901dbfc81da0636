"""The iot capability's place among Django's applications."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class IotConfig(AppConfig):
    """Devices, their readings, and what is judged by them."""

    name = "onecity.platform.iot"
    label = "iot"
    verbose_name = "物联感知"

    def ready(self) -> None:
        """Enter the declared alarm rules into the database once its tables stand."""
        from onecity.kernel import clock
        from onecity.platform.iot import (
            checks,  # noqa: F401  # entering them is all
            handlers,
        )
        from onecity.platform.iot.sensorthings.city import enter_names
        from onecity.platform.iot.services.alarm_rules import enter_declared_rules

        handlers.subscribe()

        def after_migration(**_: object) -> None:
            enter_declared_rules(now=clock.city_now())
            enter_names()

        post_migrate.connect(after_migration, sender=self, weak=False, dispatch_uid="onecity.iot.rules")
