"""The hotline's place among Django's applications."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class HotlineConfig(AppConfig):
    """Demands of citizens, from the call to the call-back."""

    name = "onecity.domains.hotline"
    label = "hotline"
    verbose_name = "政务服务热线"

    def ready(self) -> None:
        """Bring in the first lists after each migration, where there are none."""
        from onecity.domains.hotline.services.configuring import install_first_lists

        def after_migration(**_: object) -> None:
            install_first_lists()

        post_migrate.connect(after_migration, sender=self, weak=False, dispatch_uid="onecity.hotline.first_lists")
