"""What crosses iot's border."""

from onecity.platform.iot.contracts.alarms import AlarmInfo
from onecity.platform.iot.contracts.cold import Closed, ColdFile
from onecity.platform.iot.contracts.devices import DatastreamInfo, DeviceInfo, LatestValue
from onecity.platform.iot.contracts.filters import DeviceFilter, filter_of
from onecity.platform.iot.contracts.history import (
    Doomed,
    Gap,
    History,
    HistoryQuery,
    HistorySeries,
    RetentionText,
)
from onecity.platform.iot.contracts.orders import BatchInfo, NoteInfo, OrderInfo, TokenInfo
from onecity.platform.iot.contracts.quarantine import GatewayInfo, QuarantinedInfo, UnknownInfo
from onecity.platform.iot.contracts.readings import (
    Batch,
    Message,
    Outcome,
    Readings,
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
from onecity.platform.iot.rules.buckets import Buckets

__all__ = [
    "AlarmInfo",
    "Batch",
    "BatchInfo",
    "Buckets",
    "Closed",
    "ColdFile",
    "DatastreamInfo",
    "DatastreamKey",
    "Derived",
    "DerivedValue",
    "DeviceChanges",
    "DeviceFilter",
    "DeviceInfo",
    "DeviceLatest",
    "Doomed",
    "Gap",
    "GatewayInfo",
    "History",
    "HistoryQuery",
    "HistorySeries",
    "LatestValue",
    "Message",
    "NewDevice",
    "NoteInfo",
    "OrderInfo",
    "Outcome",
    "PeriodValue",
    "QuarantinedInfo",
    "Readings",
    "Receipt",
    "Refusal",
    "Registered",
    "RetentionText",
    "RuleInfo",
    "RuleText",
    "Series",
    "TokenInfo",
    "UnknownInfo",
    "empty_batch",
    "filter_of",
]
