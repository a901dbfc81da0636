"""Brings the modules together: each one's declaration and its handlers, once all applications are loaded."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps
from django.conf import settings
from django.db.models.signals import post_migrate

from onecity.kernel import clock, registry


class ProjectConfig(AppConfig):
    """The composition root; stands last among the installed applications."""

    name = "onecity.project"
    label = "project"
    verbose_name = "一城"

    def ready(self) -> None:
        """Declare every module, subscribe every handler, name the city, and keep what identity needs current."""
        from onecity.demo.packs import pack_in_force
        from onecity.platform.identity.services.prepare import prepare
        from onecity.project.modules import MODULES
        from onecity.web.shell import set_city_name

        set_city_name(pack_in_force(settings.ENV.city, data=settings.ENV.data).name)

        for module in MODULES:
            if find_spec(f"{module}.declarations"):
                registry.declare(import_module(f"{module}.declarations").DECLARATION)
            if find_spec(f"{module}.handlers"):
                import_module(f"{module}.handlers")

        def after_migration(**_: object) -> None:
            prepare(now=clock.real_now())

        identity = apps.get_app_config("identity")
        post_migrate.connect(after_migration, sender=identity, weak=False, dispatch_uid="onecity.prepare")
