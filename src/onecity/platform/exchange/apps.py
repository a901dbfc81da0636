"""The exchange capability's place among Django's applications."""

from django.apps import AppConfig
from django.db import connection
from django.db.models.signals import post_migrate


class ExchangeConfig(AppConfig):
    """The catalogue of what the city knows, who may have it, and the engine that carries it."""

    name = "onecity.platform.exchange"
    label = "exchange"
    verbose_name = "数据共享交换"

    def ready(self) -> None:
        """Subscribe, bind flows to their grants, and enter what stands on the first day once the tables stand."""
        from onecity.kernel import clock
        from onecity.platform.exchange.connectors import nodes
        from onecity.platform.exchange.handlers import catalogue, sharing
        from onecity.platform.exchange.services.catalogue.first_day import enter_first_day
        from onecity.platform.exchange.services.flows.limits import install
        from onecity.platform.exchange.services.nodes.engine import reported
        from onecity.platform.exchange.services.sharing.first import prepare_sharing
        from onecity.platform.exchange.services.sharing.upkeep import limits_now

        catalogue.subscribe()
        sharing.subscribe()
        install(limits_now)
        nodes.install(reported)

        def after_migration(**_: object) -> None:
            if "exchange_sharingparameter" in connection.introspection.table_names():
                enter_first_day(now=clock.city_now())
                prepare_sharing()

        post_migrate.connect(after_migration, sender=self, weak=False, dispatch_uid="onecity.exchange.first_day")
