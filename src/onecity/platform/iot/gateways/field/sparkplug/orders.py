"""Orders as metrics that are written. A device's link says which:

{"orders": {"open": {"metric": "Valve/Open", "value": true}, "set_level": {"metric": "Setpoint"}}}
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from onecity.kernel.errors import Conflict
from onecity.kernel.text import zh
from onecity.platform.iot.codecs.sparkplug import BETWEEN, Datatype, Metric, Node, rebirth_request
from onecity.platform.iot.gateways.field.contract import Attached, CommandUnknown, FieldOrder, Reading

REBIRTH: Final = "rebirth"
MOST_OPEN: Final = 10_000
_FLOATS: Final = frozenset({Datatype.FLOAT, Datatype.DOUBLE})
Written = bool | int | float


class NotBorn(Conflict):
    """The node, or the metric, has not shown itself since the gateway began."""

    code = "iot.sparkplug_not_born"
    message = zh("尚未收到该测点的出生报文")


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an order writes. value: None for the order's argument."""

    metric: str
    value: Written | None = None


class Link(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A device's link."""

    orders: dict[str, Order] = {}


def links_of(roster: Sequence[Attached]) -> Mapping[str, Link]:
    """Return the links of devices; what cannot be read counts as not given."""
    found = {}
    for device in roster:
        try:
            found[device.device_key] = msgspec.convert(dict(device.link), Link)
        except msgspec.ValidationError:
            continue
    return found


class Orders:
    """What was ordered and not yet seen."""

    def __init__(self) -> None:
        self._links: Mapping[str, Link] | None = None
        self._open: dict[tuple[str, str], tuple[float, str]] = {}

    @property
    def stale(self) -> bool:
        """Say whether links must be asked for."""
        return self._links is None

    def know(self, links: Mapping[str, Link]) -> None:
        """Take the devices' links."""
        self._links = links

    def forget(self) -> None:
        """Ask for links again."""
        self._links = None

    def metric(self, order: FieldOrder, node: Node | None) -> Metric:
        """Return the metric that an order writes, in the datatype that it was born with.

        Raises: CommandUnknown, NotBorn.
        """
        if order.code == REBIRTH:
            return rebirth_request()
        wanted = (self._links or {}).get(order.device_key, Link()).orders.get(order.code)
        if wanted is None:
            raise CommandUnknown
        value = wanted.value if wanted.value is not None else next(iter(order.arguments.values()), None)
        if not isinstance(value, bool | int | float):
            raise CommandUnknown
        datatype = node.datatype(order.device_key.partition(BETWEEN)[2], wanted.metric) if node else 0
        if not datatype:
            raise NotBorn
        if len(self._open) >= MOST_OPEN:
            self._open.clear()
        self._open[order.device_key, wanted.metric] = (float(value), order.reference)
        return Metric(name=wanted.metric, datatype=datatype, value=_typed(datatype, value))

    def confirmed(self, key: str, readings: Iterable[Reading]) -> Iterable[tuple[str, str]]:
        """Yield references and words of the orders that readings of a device confirm: the value that was ordered."""
        if not self._open:
            return
        for reading in readings:
            wanted = self._open.get((key, reading.name))
            if wanted is not None and reading.value is not None and abs(reading.value - wanted[0]) < 1e-6:
                del self._open[key, reading.name]
                yield wanted[1], f"已上报{reading.value:g}"


def _typed(datatype: int, value: Written) -> Written:
    if datatype == Datatype.BOOLEAN:
        return bool(value)
    return float(value) if datatype in _FLOATS else round(value)
