"""The exchange capability's place among Django's applications."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ExchangeConfig(AppConfig):
    """The catalogue of what the city knows, who may have it, and the engine that carries it."""

    name = "onecity.platform.exchange"
    label = "exchange"
    verbose_name = "数据共享交换"

    def ready(self) -> None:
        """Enter what stands in the catalogue on the first day once the tables stand."""
        from onecity.kernel import clock
        from onecity.platform.exchange.services.catalogue.first_day import enter_first_day

        def after_migration(**_: object) -> None:
            enter_first_day(now=clock.city_now())

        post_migrate.connect(after_migration, sender=self, weak=False, dispatch_uid="onecity.exchange.first_day")
