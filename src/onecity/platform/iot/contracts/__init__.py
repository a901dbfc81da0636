"""What crosses iot's border."""

from onecity.platform.iot.contracts.alarms import AlarmInfo
from onecity.platform.iot.contracts.devices import DatastreamInfo, DeviceInfo, LatestValue
from onecity.platform.iot.contracts.filters import DeviceFilter, filter_of
from onecity.platform.iot.contracts.orders import BatchInfo, NoteInfo, OrderInfo, TokenInfo
from onecity.platform.iot.contracts.quarantine import GatewayInfo, QuarantinedInfo, UnknownInfo
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
from onecity.platform.iot.contracts.rules import RuleInfo, RuleText
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
    "BatchInfo",
    "DatastreamInfo",
    "DatastreamKey",
    "Derived",
    "DerivedValue",
    "DeviceChanges",
    "DeviceFilter",
    "DeviceInfo",
    "DeviceLatest",
    "GatewayInfo",
    "LatestValue",
    "Message",
    "NewDevice",
    "NoteInfo",
    "OrderInfo",
    "Outcome",
    "PeriodValue",
    "QuarantinedInfo",
    "Receipt",
    "Refusal",
    "Registered",
    "RuleInfo",
    "RuleText",
    "Series",
    "TokenInfo",
    "UnknownInfo",
    "empty_batch",
    "filter_of",
]
