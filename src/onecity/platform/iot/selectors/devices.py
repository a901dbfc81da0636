"""Reading devices, their datastreams and what strangers sent."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from django.db import connection
from django.db.models import Q, QuerySet

from onecity.kernel.actor import EVERYTHING, Actor
from onecity.kernel.errors import NotFound
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts import DatastreamInfo, DeviceFilter, DeviceInfo, LatestValue
from onecity.platform.iot.models import Datastream, Device, Latest
from onecity.platform.iot.permissions import VIEW_DEVICES
from onecity.platform.iot.rules.quality import letter
from onecity.platform.iot.selectors.filters import chosen_devices
from onecity.web.paging import Count, Cursor, Page

COUNTED_UP_TO: Final = 10_000
FOUND_UP_TO: Final = 1_000
"""How far what a search finds is counted: each row must be looked at, not its index alone."""


@dataclass(frozen=True, slots=True)
class DeviceQuery:
    """What a list of devices is asked for; empty texts ask for nothing. more: what else is asked of them."""

    search: str = ""
    type_code: str = ""
    state: str = ""
    protocol: str = ""
    after: Cursor | None = None
    size: int = 20
    more: DeviceFilter = field(default_factory=DeviceFilter)

    @property
    def chosen(self) -> DeviceFilter:
        """The query without its page."""
        return replace(
            self.more,
            search=self.search or self.more.search,
            type_code=self.type_code or self.more.type_code,
            state=self.state or self.more.state,
            protocol=self.protocol or self.more.protocol,
        )


def devices(actor: Actor, query: DeviceQuery) -> Page[DeviceInfo]:
    """Return devices that the actor may see, newest first."""
    rows = chosen_devices(actor, query.chosen, permission=VIEW_DEVICES)
    count = None if query.after else _count(rows, up_to=FOUND_UP_TO if query.chosen.search else COUNTED_UP_TO)
    if query.after:
        rows = rows.filter(Q(created_at__lt=query.after.at) | Q(created_at=query.after.at, id__lt=query.after.id))
    page = list(rows.order_by("-created_at", "-id")[: query.size + 1])
    last = page[query.size - 1] if len(page) > query.size else None
    following = Cursor(last.created_at, last.id) if last else None
    return Page([device_info(row) for row in page[: query.size]], following, count)


def device_for(actor: Actor, device_id: int, *, permission: str = VIEW_DEVICES) -> DeviceInfo:
    """Return one device.

    Raises: NotFound if there is none, or the actor may not see it with this permission.
    """
    row = Device.objects.filter(identity.row_scope(actor, permission).q(), id=device_id).first()
    if row is None:
        raise NotFound
    return device_info(row)


def device_by_key(actor: Actor, key: str, *, permission: str = VIEW_DEVICES) -> DeviceInfo:
    """Return the device that calls itself `key`.

    Raises: NotFound.
    """
    row = Device.objects.filter(identity.row_scope(actor, permission).q(), key=key).first()
    if row is None:
        raise NotFound
    return device_info(row)


def devices_by_id(device_ids: list[int]) -> list[DeviceInfo]:
    """Return devices for the platform's own work, ordered by id; unknown ids are left out."""
    return [device_info(row) for row in Device.objects.filter(id__in=device_ids).order_by("id")]


def devices_of_type(type_code: str) -> list[DeviceInfo]:
    """Return the devices of a type that are in service, for the platform's own work, ordered by id."""
    rows = Device.objects.filter(type_code=type_code).exclude(state=Device.State.RETIRED).order_by("id")
    return [device_info(row) for row in rows]


def datastreams_of(device_ids: list[int]) -> list[DatastreamInfo]:
    """Return the datastreams of devices, ordered by device, period, property and sub-value."""
    rows = Datastream.objects.filter(device_id__in=device_ids)
    return [datastream_info(row) for row in rows.order_by("device_id", "period", "property_code", "sub_value")]


def latest_values(device_id: int) -> list[LatestValue]:
    """Return the newest reading of each of a device's datastreams that has one."""
    streams = {row.id: row for row in datastreams_of([device_id])}
    values = {row.datastream_id: row for row in Latest.objects.filter(datastream_id__in=list(streams))}
    return [
        LatestValue(
            datastream=stream,
            phenomenon_at=values[number].phenomenon_at,
            result=values[number].result,
            quality=letter(values[number].quality),
        )
        for number, stream in streams.items()
        if number in values
    ]


def known_keys(keys: Sequence[str]) -> set[str]:
    """Return which of these keys a registered device has."""
    return set(Device.objects.filter(key__in=keys).values_list("key", flat=True))


def may_touch(actor: Actor, info: DeviceInfo, permission: str) -> bool:
    """Say whether a right holds for this device."""
    keys = identity.row_keys(organisation_id=info.organisation_id, division_code=info.division_code)
    return bool({*keys, EVERYTHING} & actor.scopes(permission))


def wire_facts(device_id: int) -> tuple[bool, dict[str, float]]:
    """Return whether a device must give a password, and its own factors. The caller has asked for the device before."""
    row = Device.objects.get(id=device_id)
    return bool(row.password_hash), {str(name): float(scale) for name, scale in row.scales.items()}


def state_counts(actor: Actor) -> dict[str, int]:
    """Return how many devices that the actor may see are in each state."""
    scope = identity.row_scope(actor, VIEW_DEVICES)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state, sum(number)::bigint FROM iot_devicetally"
            " WHERE %s OR organisation_id = ANY(%s) OR division_code LIKE ANY(%s) GROUP BY state",
            [*scope.parameters()],
        )
        found: dict[str, int] = dict(cursor.fetchall())
    return {state.value: found.get(state.value, 0) for state in Device.State}


def device_info(row: Device) -> DeviceInfo:
    """Return a device's row as others see it."""
    return DeviceInfo(
        id=row.id,
        key=row.key,
        name=row.name,
        type_code=row.type_code,
        protocol=row.protocol,
        organisation_id=row.organisation_id,
        division_code=row.division_code,
        state=row.state,
        last_seen_at=row.last_seen_at,
        created_at=row.created_at,
        address=row.address,
        longitude=row.location.x if row.location else None,
        latitude=row.location.y if row.location else None,
        type_edition=row.type_edition,
        product_id=row.product_id,
        parent_id=row.parent_id,
        firmware_version=row.firmware_version,
        tags=tuple(row.tags),
        activated_at=row.activated_at,
    )


def datastream_info(row: Datastream) -> DatastreamInfo:
    """Return a datastream's row as others see it."""
    return DatastreamInfo(row.id, row.device_id, row.property_code, row.period, row.sub_value, row.unit, row.mapped)


def _count(rows: QuerySet[Device], *, up_to: int) -> Count:
    number = rows.order_by()[: up_to + 1].count()
    return Count(min(number, up_to), open_ended=number > up_to)
