"""The city's own device types as Sensors and ObservedProperties."""

from django.db.models import Q

from onecity.platform.iot.declare import DeviceType, ObservedProperty
from onecity.platform.iot.models import StaObservedProperty, StaSensor
from onecity.platform.iot.registries import device_types

_OF = "urn:onecity:property:"


def enter_names() -> None:
    """Let Sensors and ObservedProperties of device types bear the types' names; types may be new or renamed."""
    for kind in device_types():
        _enter_sensor(kind)
        for item in kind.properties:
            _enter_property(kind, item)


def _enter_sensor(kind: DeviceType) -> None:
    told = {"name": kind.name, "description": kind.name}
    rows = StaSensor.objects.filter(type_code=kind.code)
    if rows.exists():
        rows.filter(~Q(**told)).update(**told)
        return
    new = StaSensor(native=False, type_code=kind.code, encoding_type="text/plain", metadata=kind.code, **told)
    StaSensor.objects.bulk_create([new], ignore_conflicts=True)


def _enter_property(kind: DeviceType, item: ObservedProperty) -> None:
    told = {"name": item.name, "description": f"{item.name}（{item.unit.code}）"}
    key = {"type_code": kind.code, "property_code": item.code}
    rows = StaObservedProperty.objects.filter(**key)
    if rows.exists():
        rows.filter(~Q(**told)).update(**told)
        return
    new = StaObservedProperty(native=False, definition=f"{_OF}{kind.code}:{item.code}", **key, **told)
    StaObservedProperty.objects.bulk_create([new], ignore_conflicts=True)
