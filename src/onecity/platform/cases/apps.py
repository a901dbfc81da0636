"""The case engine's place among Django's applications."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Case types, processes, tasks and deadlines."""

    name = "onecity.platform.cases"
    label = "cases"
    verbose_name = "案件与流程"

    def ready(self) -> None:
        """Install what modules declare after each migration."""
        from django.db import connection
        from django.db.models.signals import post_migrate

        from onecity.kernel import clock
        from onecity.platform.cases.services.install import install_declared

        def after_migration(**_: object) -> None:
            if "cases_casetypeversion" in connection.introspection.table_names():
                install_declared(now=clock.real_now())

        post_migrate.connect(after_migration, sender=self, weak=False, dispatch_uid="onecity.cases.install")
