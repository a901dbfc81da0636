"""The metering domain's place among Django's applications."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class MeteringConfig(AppConfig):
    """Electricity, water, gas and heat: readings, losses, prices, bills, abnormal use."""

    name = "onecity.domains.metering"
    label = "metering"
    verbose_name = "水电气热计量"

    def ready(self) -> None:
        """Enter prices and rules of the first day once the tables stand."""
        from onecity.domains.metering.services.first_day import enter_first_rows
        from onecity.kernel import clock

        def after_migration(**_: object) -> None:
            enter_first_rows(now=clock.city_now())

        post_migrate.connect(after_migration, sender=self, weak=False, dispatch_uid="onecity.metering.first_rows")
