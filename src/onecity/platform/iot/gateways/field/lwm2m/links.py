"""What staff entered of a client: orders, and what to observe.

{"observe": ["/3303/0", "/6/0"], "min_s": 10, "max_s": 300,
 "orders": {"open": {"path": "/3342/0/5500", "value": true}, "restart": {"path": "/3/0/4", "do": "execute"}}}
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from onecity.platform.iot.codecs.lwm2m import FAMILY, Links, Path

Scalar = bool | int | float | str


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an order does. value: what is written; None for the order's argument."""

    path: str
    do: Literal["write", "execute", "read"] = "write"
    value: Scalar | None = None


class Link(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A client's link. observe: instead of what is observed by itself. min_s, max_s: how often it may and must tell."""

    observe: tuple[str, ...] = ()
    min_s: int | None = None
    max_s: int | None = None
    orders: dict[str, Order] = {}


ORDERS: Final[Mapping[str, Order]] = MappingProxyType(
    {
        "reboot": Order("/3/0/4", "execute"),
        "factory_reset": Order("/3/0/5", "execute"),
        "set_time": Order("/3/0/13"),
        "set_utc_offset": Order("/3/0/14"),
        "set_lifetime": Order("/1/0/1"),
        "firmware_uri": Order("/5/0/1"),
        "firmware_update": Order("/5/0/2", "execute"),
        "firmware_state": Order("/5/0/3", "read"),
    }
)
"""Orders that every client knows whose objects hold them. Source: LwM2M 1.1 Core, appendix E."""

_CORE: Final = frozenset({3, 4, 6})


def read_link(given: Mapping[str, object]) -> Link:
    """Return a client's link; what cannot be read counts as not given."""
    try:
        return msgspec.convert(dict(given), Link)
    except msgspec.ValidationError:
        return Link()


def path_of(text: str) -> Path:
    """Return a path's numbers; empty for what is none."""
    parts = text.strip("/").split("/")
    return tuple(map(int, parts)) if all(part.isascii() and part.isdigit() for part in parts) else ()


def observed(link: Link, links: Links) -> tuple[Path, ...]:
    """Return what to observe: device, connectivity, location and everything that measures, as far as it is there."""
    if link.observe:
        return tuple(path for path in map(path_of, link.observe) if path)
    return tuple(
        (number, instance)
        for number, instance in links.objects
        if instance >= 0 and (number in _CORE or number in FAMILY)
    )
