"""What crosses iot's border."""

from onecity.platform.iot.contracts.alarms import AlarmInfo
from onecity.platform.iot.contracts.devices import DatastreamInfo, DeviceInfo, LatestValue
from onecity.platform.iot.contracts.readings import (
    Batch,
    Message,
    Outcome,
    Receipt,
    Refusal,
    Series,
    empty_batch,
)
from onecity.platform.iot.contracts.registration import DeviceChanges, NewDevice, Registered
from onecity.platform.iot.contracts.values import (
    DatastreamKey,
    Derived,
    DerivedValue,
    DeviceLatest,
    PeriodValue,
)

__all__ = [
    "AlarmInfo",
    "Batch",
    "DatastreamInfo",
    "DatastreamKey",
    "Derived",
    "DerivedValue",
    "DeviceChanges",
    "DeviceInfo",
    "DeviceLatest",
    "LatestValue",
    "Message",
    "NewDevice",
    "Outcome",
    "PeriodValue",
    "Receipt",
    "Refusal",
    "Registered",
    "Series",
    "empty_batch",
]
