"""What is examined when the platform starts."""

from collections.abc import Sequence

from django.core import checks
from django.db import connections

from onecity.platform.iot.models import Device, TypeEdition
from onecity.platform.iot.registries import device_types


@checks.register(checks.Tags.database)
def stored_types_are_declared(
    app_configs: object, databases: Sequence[str] | None = None, **_: object
) -> list[checks.CheckMessage]:
    """Refuse to start while devices are of a type that nobody declares or has published."""
    needed = {Device._meta.db_table, TypeEdition._meta.db_table}
    if not databases or needed - set(connections["default"].introspection.table_names()):
        return []
    stored = set(Device.objects.values_list("type_code", flat=True).distinct())
    return [
        checks.Error(f"devices are of type {code!r}, which nobody declares or has published", id="iot.E001")
        for code in sorted(stored)
        if code not in device_types()
    ]
