"""What all modules declared to iot, and the types of devices that staff published beside them."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from django.db.models import Count, Sum

from onecity.kernel.registry import Registry, declared
from onecity.platform.iot.declare import AlarmRule, DeviceType, ObservationWatch, PointTable
from onecity.platform.iot.models import TypeEdition
from onecity.platform.iot.rules.type_documents import read_type

LOOK_EVERY_S: Final = 1.0


class TypeCatalogue:
    """Every type of device by code: declared ones, and the editions in force of those that staff made.

    Iterating gives the types, ordered by code, as a registry does.
    """

    def __init__(self, types: Mapping[str, DeviceType]) -> None:
        self._types = dict(types)

    def get(self, code: str) -> DeviceType | None:
        """Return the type with this code, or None."""
        return self._types.get(code)

    def __getitem__(self, code: str) -> DeviceType:
        return self._types[code]

    def __contains__(self, code: object) -> bool:
        return code in self._types

    def __iter__(self) -> Iterator[DeviceType]:
        return iter(sorted(self._types.values(), key=lambda item: item.code))

    def __len__(self) -> int:
        return len(self._types)


@dataclass(slots=True)
class _AtHand:
    """What this process knows of published types. stamp: changes with every publication."""

    catalogue: TypeCatalogue | None = None
    stamp: tuple[int, int] = (0, 0)
    looked_at: float = 0.0
    editions: dict[tuple[str, int], DeviceType] = field(default_factory=dict)


_at_hand = _AtHand()


@cache
def declared_types() -> Registry[DeviceType]:
    """Return every type of device that a module declares."""
    return declared(DeviceType)


def device_types() -> TypeCatalogue:
    """Return every type of device: declared and published.

    A publication is known everywhere within a second: each process looks at most that often, and at once when a change
    of devices is told (`services.directory`). An event loop is given what is at hand, for it must not wait for tables.
    """
    fresh = time.monotonic() - _at_hand.looked_at < LOOK_EVERY_S
    if _at_hand.catalogue is not None and (fresh or _in_event_loop()):
        return _at_hand.catalogue
    if _in_event_loop():
        return TypeCatalogue({item.code: item for item in declared_types()})
    return _looked()


def type_of(code: str, *, edition: int | None = None) -> DeviceType | None:
    """Return a type in the edition that a device keeps, or in the one in force; None if there is no such type."""
    current = device_types().get(code)
    if edition is None or current is None or current.edition in {0, edition}:
        return current
    kept = _at_hand.editions.get((code, edition))
    if kept is None and not _in_event_loop():
        row = TypeEdition.objects.filter(code=code, edition=edition).exclude(state=TypeEdition.State.DRAFT).first()
        kept = _read(row) if row else None
        if kept is not None:
            _at_hand.editions[code, edition] = kept
    return kept or current


def forget_types() -> None:
    """Look at the published types again when they are asked for next."""
    _at_hand.looked_at = 0.0


def forget_all() -> None:
    """Forget declared and published types; for tests that declare some of their own."""
    declared_types.cache_clear()
    _at_hand.catalogue, _at_hand.stamp = None, (0, 0)
    _at_hand.editions.clear()
    forget_types()


@cache
def declared_rules() -> Registry[AlarmRule]:
    """Return every alarm rule that applies from the first day."""
    return declared(AlarmRule)


@cache
def point_tables() -> Registry[PointTable]:
    """Return every declared point table."""
    return declared(PointTable)


@cache
def watched() -> frozenset[tuple[str, str]]:
    """Return the (device type, period) pairs of which somebody wants to hear."""
    return frozenset((watch.device_type, period) for watch in declared(ObservationWatch) for period in watch.periods)


def _looked() -> TypeCatalogue:
    published = TypeEdition.objects.filter(state=TypeEdition.State.PUBLISHED)
    found = published.aggregate(rows=Count("id"), ids=Sum("id"))
    stamp = (int(found["rows"]), int(found["ids"] or 0))
    if _at_hand.catalogue is None or stamp != _at_hand.stamp:
        types = {row.code: _read(row) for row in published} if stamp[0] else {}
        types.update((item.code, item) for item in declared_types())
        _at_hand.catalogue, _at_hand.stamp = TypeCatalogue(types), stamp
    _at_hand.looked_at = time.monotonic()
    return _at_hand.catalogue


def _read(row: TypeEdition) -> DeviceType:
    return read_type(row.code, edition=row.edition, content=row.content)


def _in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
