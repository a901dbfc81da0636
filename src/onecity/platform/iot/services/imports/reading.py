"""From a line of a list to a device: names of types, protocols and organisations become codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from onecity.kernel.errors import OneCityError
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts import NewDevice
from onecity.platform.iot.declare import PROTOCOL_NAMES, Protocol
from onecity.platform.iot.registries import device_types
from onecity.platform.iot.rules.lists import Line, tags_of

NOWHERE: Final = 0
"""An organisation's id that none has."""


@dataclass(slots=True)
class Names:
    """What names and codes in lists stand for. Organisations are asked for once each."""

    types: Mapping[str, str]
    protocols: Mapping[str, str]
    organisations: dict[str, int]

    def organisation(self, code: str) -> int:
        """Return an organisation's id by its code; `NOWHERE` if there is none."""
        if code not in self.organisations:
            try:
                self.organisations[code] = identity.organisation_by_code(code).id
            except OneCityError:
                self.organisations[code] = NOWHERE
        return self.organisations[code]


def names() -> Names:
    """Return what names stand for now."""
    return Names(
        {name: kind.code for kind in device_types() for name in (kind.code, kind.name)},
        {name.lower(): code for code, title in PROTOCOL_NAMES.items() for name in (str(code), title)},
        {},
    )


def read_line(line: Line, known: Names) -> tuple[NewDevice, list[str]]:
    """Return the device of a line and what could not be read of it."""
    protocol = known.protocols.get(line.value("protocol").lower())
    faults = [] if protocol else [zh("没有这种接入协议")]
    place = None
    try:
        if line.value("longitude") or line.value("latitude"):
            place = (float(line.value("longitude")), float(line.value("latitude")))
    except ValueError:
        faults.append(zh("经纬度应为数字，且同时填写"))
    new = NewDevice(
        key=line.value("key"),
        name=line.value("name"),
        type_code=known.types.get(line.value("type"), line.value("type")),
        protocol=Protocol(protocol) if protocol else Protocol.HTTP,
        organisation_id=known.organisation(line.value("organisation")),
        division_code=line.value("division"),
        place=place,
        address=line.value("address"),
        password=line.value("password"),
        product_code=line.value("product"),
        parent_key=line.value("parent"),
        tags=tags_of(line.value("tags")),
    )
    return new, faults


def read_lines(lines: Sequence[Line], known: Names) -> list[tuple[NewDevice, list[str]]]:
    """Return the devices of several lines, each with what could not be read of it."""
    return [read_line(line, known) for line in lines]
