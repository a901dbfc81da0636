"""The city's own device types as Sensors and ObservedProperties."""

from django.db.models import Q

from onecity.platform.iot.models import StaObservedProperty, StaSensor
from onecity.platform.iot.registries import device_types

_OF = "urn:onecity:property:"


def enter_names() -> None:
    """Let Sensors and ObservedProperties of device types bear the types' names; types may be new or renamed."""
    for kind in device_types():
        sensor = {"name": kind.name, "description": kind.name}
        _entered(StaSensor, {"type_code": kind.code}, sensor, encoding_type="text/plain", metadata=kind.code)
        for item in kind.properties:
            told = {"name": item.name, "description": f"{item.name}（{item.unit.code}）"}
            key = {"type_code": kind.code, "property_code": item.code}
            _entered(StaObservedProperty, key, told, definition=f"{_OF}{kind.code}:{item.code}")


def _entered(
    table: type[StaSensor | StaObservedProperty], key: dict[str, str], told: dict[str, str], **first: object
) -> None:
    """Make a row if there is none, and change it if it says something else."""
    rows = table._default_manager.filter(**key)
    if not rows.exists():
        row = table(native=False, **key, **told, **first)
        table._default_manager.bulk_create([row], ignore_conflicts=True)
    else:
        rows.filter(~Q(**told)).update(**told)
