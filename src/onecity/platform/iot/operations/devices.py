"""Devices, their datastreams and observations."""

from typing import Final

from django.http import HttpRequest
from ninja import Query, Status

from onecity.kernel import clock
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.iot.contracts import DatastreamInfo, LatestValue, NewDevice
from onecity.platform.iot.declare import PROTOCOL_NAMES, Protocol
from onecity.platform.iot.operations.calling import actor_of, aware
from onecity.platform.iot.operations.routing import router
from onecity.platform.iot.operations.schemas import (
    DatastreamOut,
    DeviceOut,
    DevicePage,
    DevicesIn,
    NewDeviceIn,
    ObservationOut,
    ObservationPage,
    ObservationsIn,
    RegisteredOut,
    device_out,
)
from onecity.platform.iot.permissions import MANAGE_DEVICES, VIEW_DEVICES
from onecity.platform.iot.selectors.devices import DeviceQuery, datastreams_of, device_by_key, devices, latest_values
from onecity.platform.iot.selectors.observations import ObservationQuery, observations
from onecity.platform.iot.services.devices import register_device
from onecity.web.api import needs
from onecity.web.paging import Cursor

_GIVEN: Final = {"type_code": "type", "place": "longitude"}
"""What the service names otherwise than a call."""


@router.get("/devices", response=DevicePage, auth=needs(VIEW_DEVICES), summary=zh("物联设备"))
def list_devices(request: HttpRequest, asked: Query[DevicesIn]) -> DevicePage:
    """Return the devices that the caller may see."""
    query = DeviceQuery(asked.q, asked.type, asked.state, asked.protocol, Cursor.decode(asked.after), asked.size)
    page = devices(actor_of(request), query)
    return DevicePage(items=[device_out(item) for item in page.rows], next=page.next.encode() if page.next else None)


@router.post("/devices", response={201: RegisteredOut}, auth=needs(MANAGE_DEVICES), summary=zh("登记设备"))
def register(request: HttpRequest, given: NewDeviceIn) -> Status[RegisteredOut]:
    """Register a device; a key that is taken is a conflict."""
    if given.protocol not in PROTOCOL_NAMES:
        raise Invalid(fields={"protocol": zh("没有这种接入协议")})
    if (given.longitude is None) != (given.latitude is None):
        raise Invalid(fields={"longitude": zh("经度和纬度应同时填写")})
    new = NewDevice(
        key=given.key,
        name=given.name,
        type_code=given.type,
        protocol=Protocol(given.protocol),
        organisation_id=given.organisation_id,
        division_code=given.division_code,
        place=None if given.longitude is None or given.latitude is None else (given.longitude, given.latitude),
        address=given.address,
        password=given.password,
        scales=given.scales,
    )
    try:
        made = register_device(actor_of(request), new=new, now=clock.city_now())
    except Invalid as refusal:
        raise Invalid(fields={_GIVEN.get(name, name): text for name, text in refusal.fields.items()}) from refusal
    return Status(201, RegisteredOut(id=made))


@router.get("/devices/{key}", response=DeviceOut, auth=needs(VIEW_DEVICES), summary=zh("一台设备"))
def one_device(request: HttpRequest, key: str) -> DeviceOut:
    """Return one device by what it calls itself."""
    return device_out(device_by_key(actor_of(request), key))


@router.get(
    "/devices/{key}/datastreams",
    response=list[DatastreamOut],
    auth=needs(VIEW_DEVICES),
    summary=zh("设备的数据流及最新值"),
)
def datastreams(request: HttpRequest, key: str) -> list[DatastreamOut]:
    """Return a device's datastreams, each with its newest reading."""
    info = device_by_key(actor_of(request), key)
    latest = {item.datastream.id: item for item in latest_values(info.id)}
    return [_stream(stream, latest.get(stream.id)) for stream in datastreams_of([info.id])]


@router.get(
    "/datastreams/{datastream_id}/observations",
    response=ObservationPage,
    auth=needs(VIEW_DEVICES),
    summary=zh("数据流的监测值"),
)
def list_observations(request: HttpRequest, datastream_id: int, asked: Query[ObservationsIn]) -> ObservationPage:
    """Return a datastream's readings, oldest first."""
    query = ObservationQuery(aware("since", asked.since), aware("until", asked.until), asked.size)
    page = observations(actor_of(request), datastream_id, query, after=Cursor.decode(asked.after))
    return ObservationPage(
        items=[ObservationOut(at=item.at, result=item.result, quality=item.quality) for item in page.rows],
        next=page.next.encode() if page.next else None,
    )


def _stream(stream: DatastreamInfo, newest: LatestValue | None) -> DatastreamOut:
    return DatastreamOut(
        id=stream.id,
        property=stream.property_code,
        period=stream.period,
        sub_value=stream.sub_value,
        unit=stream.unit,
        mapped=stream.mapped,
        phenomenon_at=newest.phenomenon_at if newest else None,
        result=newest.result if newest else None,
        quality=newest.quality if newest else None,
    )
