"""Devices: registered, changed, retired."""

from onecity.platform.iot.contracts.registration import DeviceChanges, NewDevice
from onecity.platform.iot.services.devices.changing import (
    change_device,
    ignore_unknown,
    place_device,
    restore_device,
    retire_device,
)
from onecity.platform.iot.services.devices.registering import (
    DeviceExists,
    faults_of,
    register_device,
    register_devices,
)

__all__ = [
    "DeviceChanges",
    "DeviceExists",
    "NewDevice",
    "change_device",
    "faults_of",
    "ignore_unknown",
    "place_device",
    "register_device",
    "register_devices",
    "restore_device",
    "retire_device",
]
