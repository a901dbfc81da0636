"""Public opinion's place among Django's applications."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class OpinionConfig(AppConfig):
    """What is said of the city, and what comes of it."""

    name = "onecity.domains.opinion"
    label = "opinion"
    verbose_name = "舆情"

    def ready(self) -> None:
        """Bring in the first thresholds after each migration, where there are none."""
        from onecity.domains.opinion.services.watching import install_first_thresholds

        def after_migration(**_: object) -> None:
            install_first_thresholds()

        post_migrate.connect(after_migration, sender=self, weak=False, dispatch_uid="onecity.opinion.first_lists")
