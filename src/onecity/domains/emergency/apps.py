"""The place of emergency management among Django's applications."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class EmergencyConfig(AppConfig):
    """Incidents, duty, plans and responses."""

    name = "onecity.domains.emergency"
    label = "emergency"
    verbose_name = "应急管理"

    def ready(self) -> None:
        """Bring in the first lists after each migration, where there are none."""
        from onecity.domains.emergency.services.configuring import install_first_lists

        def after_migration(**_: object) -> None:
            install_first_lists()

        post_migrate.connect(after_migration, sender=self, weak=False, dispatch_uid="onecity.emergency.first_lists")
