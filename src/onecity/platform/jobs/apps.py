"""The jobs capability's place among Django's applications."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Background work on procrastinate."""

    name = "onecity.platform.jobs"
    label = "jobs"
    verbose_name = "后台任务"

    def ready(self) -> None:
        """Take over the announcements of all modules."""
        from onecity.kernel import bus
        from onecity.platform.jobs.services.outbox import Outbox

        bus.install(Outbox())
