"""Which protocols the demonstration's devices speak: each module of this package named `<protocol>_host`."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import NamedTuple

from onecity.platform.iot.declare import Protocol

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class DemoDevice:
    """A device that is registered and simulated. owner: code of its organisation. east_m, north_m: from the centre.

    password: known to both sides; "" for none. parent: key of the device through which it is reached. link: how to
    reach it, for protocols that ask.
    """

    key: str
    name: str
    type_code: str
    protocol: Protocol
    owner: str
    east_m: float = 0.0
    north_m: float = 0.0
    password: str = ""
    parent: str = ""
    link: Mapping[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class Counts:
    """What happened so far. answered: messages that the platform confirmed. obeyed: orders that were carried out."""

    sent: int = 0
    answered: int = 0
    obeyed: int = 0
    reconnected: int = 0


@dataclass(slots=True)
class Street:
    """Where simulated devices stand. host, port: of the gateway. centre: of the city, WGS 84. city_now: its time."""

    host: str
    port: int
    centre: Place
    city_now: Callable[[], datetime]
    counts: Counts = field(default_factory=Counts)


class Host(NamedTuple):
    """A protocol's devices. port: where the gateway listens by default. run: until cancelled; keeps trying."""

    protocol: Protocol
    port: int
    devices: Sequence[DemoDevice]
    run: Callable[[Street, Sequence[DemoDevice]], Coroutine[None, None, None]]


@cache
def hosts() -> tuple[Host, ...]:
    """Return every protocol's devices, in the order of their modules' names.

    Raises: TypeError for a module that holds no HOST.
    """
    package = __package__ or ""
    names = [item.name for item in iter_modules(import_module(package).__path__) if item.name.endswith("_host")]
    return tuple(_host(f"{package}.{name}") for name in sorted(names) if name != "hj212_host")


def _host(name: str) -> Host:
    found = getattr(import_module(name), "HOST", None)
    if not isinstance(found, Host):
        raise TypeError(f"{name} holds no HOST")
    return found
