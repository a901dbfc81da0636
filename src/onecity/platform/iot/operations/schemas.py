"""What the programming interface takes and gives."""

from datetime import datetime

from ninja import Field, Schema

from onecity.kernel.text import zh
from onecity.platform.iot.contracts import AlarmInfo, DeviceInfo


class DeviceOut(Schema):
    """A device. Coordinates in degrees, WGS 84 (CGCS2000 at metre level)."""

    id: int
    key: str
    name: str
    type: str
    protocol: str
    state: str
    organisation_id: int
    division_code: str
    address: str
    longitude: float | None
    latitude: float | None
    last_seen_at: datetime | None
    created_at: datetime


class DevicePage(Schema):
    """Devices, newest first; `next` is the `after` of the next page."""

    items: list[DeviceOut]
    next: str | None


class NewDeviceIn(Schema):
    """A device to be registered."""

    key: str = Field(max_length=64)
    name: str = Field(max_length=80)
    type: str
    protocol: str
    organisation_id: int
    division_code: str = ""
    longitude: float | None = None
    latitude: float | None = None
    address: str = ""
    password: str = ""
    scales: dict[str, float] = {}


class RegisteredOut(Schema):
    """The id of a registered device."""

    id: int


class DatastreamOut(Schema):
    """A datastream with its newest reading. unit: UCUM code, empty where it is not known."""

    id: int
    property: str
    period: str
    sub_value: str
    unit: str
    mapped: bool
    phenomenon_at: datetime | None
    result: float | None
    quality: str | None


class ObservationOut(Schema):
    """A reading. quality: its letter (N is good); result: null where the device gave no valid number."""

    at: datetime
    result: float | None
    quality: str


class ObservationPage(Schema):
    """Readings, oldest first; `next` is the `after` of the next page."""

    items: list[ObservationOut]
    next: str | None


class AlarmOut(Schema):
    """An alarm. raised_at and cleared_at are phenomenon times; cleared_at is null while it stands."""

    id: int
    rule: str
    rule_name: str
    severity: str
    device_key: str
    device_name: str
    property: str
    period: str
    sub_value: str
    value: float | None
    unit: str
    text: str
    raised_at: datetime
    cleared_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str
    organisation_id: int
    division_code: str
    longitude: float | None
    latitude: float | None


class AlarmPage(Schema):
    """Alarms, newest first; `next` is the `after` of the next page."""

    items: list[AlarmOut]
    next: str | None


class NoteIn(Schema):
    """What whoever takes notice means to do."""

    note: str = Field("", max_length=200)


class DevicesIn(Schema):
    """Which devices; texts left empty ask for nothing."""

    q: str = Field("", max_length=64, description=zh("设备名称或标识，至少两个字"))
    type: str = ""
    state: str = ""
    protocol: str = ""
    after: str = ""
    size: int = Field(50, ge=1, le=500)


class AlarmsIn(Schema):
    """Which alarms. since, until: when they were recorded."""

    state: str = Field("", description="standing, unacknowledged, cleared")
    severity: str = ""
    device: str = Field("", description=zh("设备标识"))
    since: datetime | None = None
    until: datetime | None = None
    after: str = ""
    size: int = Field(50, ge=1, le=500)


class ObservationsIn(Schema):
    """Which readings: since ≤ phenomenon time < until."""

    since: datetime | None = None
    until: datetime | None = None
    after: str = ""
    size: int = Field(500, ge=1, le=5_000)


def device_out(info: DeviceInfo) -> DeviceOut:
    """Return a device as the interface gives it."""
    return DeviceOut(
        id=info.id,
        key=info.key,
        name=info.name,
        type=info.type_code,
        protocol=info.protocol,
        state=info.state,
        organisation_id=info.organisation_id,
        division_code=info.division_code,
        address=info.address,
        longitude=info.longitude,
        latitude=info.latitude,
        last_seen_at=info.last_seen_at,
        created_at=info.created_at,
    )


def alarm_out(info: AlarmInfo) -> AlarmOut:
    """Return an alarm as the interface gives it."""
    return AlarmOut(
        id=info.id,
        rule=info.rule_code,
        rule_name=info.rule_name,
        severity=info.severity,
        device_key=info.device_key,
        device_name=info.device_name,
        property=info.property_code,
        period=info.period,
        sub_value=info.sub_value,
        value=info.value,
        unit=info.unit,
        text=info.text,
        raised_at=info.raised_at,
        cleared_at=info.cleared_at,
        acknowledged_at=info.acknowledged_at,
        acknowledged_by=info.acknowledged_by,
        organisation_id=info.organisation_id,
        division_code=info.division_code,
        longitude=info.longitude,
        latitude=info.latitude,
    )
