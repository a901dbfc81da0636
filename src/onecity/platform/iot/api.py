"""The only functions that others may call."""

from onecity.platform.iot.selectors.alarms import AlarmQuery, alarm, alarms, standing_count
from onecity.platform.iot.selectors.devices import (
    DeviceQuery,
    datastreams_of,
    device_by_key,
    device_for,
    devices,
    devices_by_id,
    devices_of_type,
    latest_values,
    state_counts,
)
from onecity.platform.iot.selectors.observations import latest_by_device, latest_of_type, period_values, series
from onecity.platform.iot.services.alarms import AlreadyAcknowledged, AlreadyOver, acknowledge, close_alarm
from onecity.platform.iot.services.credentials import issue_token
from onecity.platform.iot.services.derived import datastreams_for, record_derived
from onecity.platform.iot.services.devices import DeviceExists, register_device, register_devices, retire_device
from onecity.platform.iot.services.store import record

__all__ = [
    "AlarmQuery",
    "AlreadyAcknowledged",
    "AlreadyOver",
    "DeviceExists",
    "DeviceQuery",
    "acknowledge",
    "alarm",
    "alarms",
    "close_alarm",
    "datastreams_for",
    "datastreams_of",
    "device_by_key",
    "device_for",
    "devices",
    "devices_by_id",
    "devices_of_type",
    "issue_token",
    "latest_by_device",
    "latest_of_type",
    "latest_values",
    "period_values",
    "record",
    "record_derived",
    "register_device",
    "register_devices",
    "retire_device",
    "series",
    "standing_count",
    "state_counts",
]
