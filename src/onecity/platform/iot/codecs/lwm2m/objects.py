"""What resources of the commonest objects are: kind, and the name under which a number of it is kept.

Resources that stand here by themselves are those of the core objects; objects of the IPSO family share theirs.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

Scalar = bool | int | float | str | bytes


class Kind(StrEnum):
    """Kinds of values. Source: LwM2M 1.1 Core, appendix C."""

    TEXT = "text"
    INTEGER = "integer"
    FLOAT = "float"
    BOOLEAN = "boolean"
    OPAQUE = "opaque"
    TIME = "time"


_T, _I, _F, _B, _O, _TIME = Kind.TEXT, Kind.INTEGER, Kind.FLOAT, Kind.BOOLEAN, Kind.OPAQUE, Kind.TIME
OBJECTS: Final[Mapping[int, Mapping[int, tuple[str, Kind]]]] = MappingProxyType(
    {
        1: {
            0: ("short_server_id", _I),
            1: ("lifetime", _I),
            2: ("min_period", _I),
            3: ("max_period", _I),
            6: ("notification_storing", _B),
            7: ("binding", _T),
        },
        3: {
            0: ("manufacturer", _T),
            1: ("model", _T),
            2: ("serial_number", _T),
            3: ("firmware_version", _T),
            6: ("power_source", _I),
            7: ("power_voltage", _I),
            8: ("power_current", _I),
            9: ("battery_level", _I),
            10: ("memory_free", _I),
            11: ("error_code", _I),
            13: ("current_time", _TIME),
            14: ("utc_offset", _T),
            15: ("timezone", _T),
            16: ("binding_modes", _T),
            20: ("battery_status", _I),
            21: ("memory_total", _I),
        },
        4: {
            0: ("network_bearer", _I),
            2: ("signal_strength", _I),
            3: ("link_quality", _I),
            4: ("ip_address", _T),
            8: ("cell_id", _I),
        },
        5: {
            0: ("package", _O),
            1: ("package_uri", _T),
            3: ("update_state", _I),
            5: ("update_result", _I),
            6: ("package_name", _T),
            7: ("package_version", _T),
        },
        6: {
            0: ("latitude", _F),
            1: ("longitude", _F),
            2: ("altitude", _F),
            5: ("timestamp", _TIME),
            6: ("speed", _F),
        },
        3342: {5500: ("switch", _B)},
        3338: {5850: ("buzzer", _B)},
    }
)
"""Source: LwM2M 1.1 Core, appendix E (objects 1, 3, 4, 5, 6); OMA registry."""

FAMILY: Final[Mapping[int, str]] = MappingProxyType(
    {
        3200: "digital_input",
        3202: "analog_input",
        3301: "illuminance",
        3302: "presence",
        3303: "temperature",
        3304: "humidity",
        3305: "power_measurement",
        3311: "light",
        3315: "barometer",
        3316: "voltage",
        3317: "current",
        3320: "percentage",
        3323: "pressure",
        3324: "loudness",
        3325: "concentration",
        3328: "power",
        3330: "distance",
        3331: "energy",
        3336: "location",
        3338: "buzzer",
        3342: "switch",
        3424: "water_meter",
    }
)
"""Names of IPSO objects. Source: OMA registry."""

_SHARED: Final[Mapping[int, tuple[str, Kind]]] = MappingProxyType(
    {
        1: ("cumulated_volume", _F),
        5500: ("state", _B),
        5501: ("counter", _I),
        5518: ("timestamp", _TIME),
        5600: ("analog_value", _F),
        5601: ("min_measured", _F),
        5602: ("max_measured", _F),
        5603: ("min_range", _F),
        5604: ("max_range", _F),
        5605: ("reset_min_max", _O),
        5700: ("", _F),
        5701: ("unit", _T),
        5750: ("application_type", _T),
        5805: ("cumulated_energy", _F),
        5821: ("calibration", _F),
        5850: ("on", _B),
        5851: ("dimmer", _I),
        6042: ("quality", _I),
    }
)
"""Resources of the IPSO family; 5700 is the object's own value."""

NUMBERS: Final = frozenset({Kind.INTEGER, Kind.FLOAT, Kind.BOOLEAN})


def kind_of(number: int, resource: int) -> Kind:
    """Return what kind a resource is; opaque where that is not known."""
    own = OBJECTS.get(number, {}).get(resource)
    return own[1] if own else _SHARED.get(resource, ("", Kind.OPAQUE))[1]


def name_of(path: tuple[int, ...]) -> str:
    """Return the name under which a resource's number is kept: `temperature`, `temperature_1`, `battery_level`.

    Instance 0 has none of its own; what is not known by name is told by its path, `3441_0_130`.
    """
    number, instance, resource = path[:3]
    known = OBJECTS.get(number, {}).get(resource)
    if known is None and number in FAMILY and resource in _SHARED:
        tail = _SHARED[resource][0]
        known = (f"{FAMILY[number]}_{tail}" if tail else FAMILY[number], Kind.FLOAT)
    if known is None:
        return "_".join(map(str, path))
    ends = [str(part) for part in (instance, *path[3:])]
    return known[0] if ends in (["0"], ["0", "0"]) else "_".join([known[0], *ends])
