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

__all__ = [
    "AlarmInfo",
    "Batch",
    "DatastreamInfo",
    "DeviceInfo",
    "LatestValue",
    "Message",
    "Outcome",
    "Receipt",
    "Refusal",
    "Series",
    "empty_batch",
]
