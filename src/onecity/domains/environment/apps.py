"""The environment domain's place among Django's applications."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class EnvironmentConfig(AppConfig):
    """The air of the city, its surface water, its noise, and what enterprises let out."""

    name = "onecity.domains.environment"
    label = "environment"
    verbose_name = "生态环境"

    def ready(self) -> None:
        """Enter limits and methods of the first day once the tables stand."""
        from onecity.domains.environment.services.first_day import enter_first_rows
        from onecity.domains.environment.services.methods import enter_first_methods
        from onecity.kernel import clock

        def after_migration(**_: object) -> None:
            enter_first_methods(now=clock.city_now())
            enter_first_rows(now=clock.city_now())

        post_migrate.connect(after_migration, sender=self, weak=False, dispatch_uid="onecity.environment.methods")
