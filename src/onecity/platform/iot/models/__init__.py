"""Tables of iot."""

from onecity.platform.iot.models.alarm_care import AlarmStep, EscalationStep, Maintenance
from onecity.platform.iot.models.alarms import Alarm, AlarmRule, RuleState
from onecity.platform.iot.models.commands import CommandBatch, DeviceCommand, DeviceNote
from onecity.platform.iot.models.devices import Datastream, Device, DeviceCredential
from onecity.platform.iot.models.firmware import Campaign, CampaignDevice, Firmware
from onecity.platform.iot.models.gateways import Gateway
from onecity.platform.iot.models.groups import DeviceGroup, GroupMember
from onecity.platform.iot.models.history import (
    ClosedDay,
    DayRollup,
    HistoryExport,
    HourRollup,
    LateObservation,
    MinuteRollup,
    Retention,
    RollupDue,
    SavedView,
    StoredCount,
    StoreMark,
)
from onecity.platform.iot.models.imports import DeviceImport, RefusedLine
from onecity.platform.iot.models.life import DeviceHistory, DeviceTally
from onecity.platform.iot.models.linkage import (
    LinkageEdition,
    LinkageFiring,
    LinkageOutcome,
    LinkageRule,
    LinkageState,
    LinkageTrial,
)
from onecity.platform.iot.models.ngsild import (
    ContextEntity,
    ContextHistory,
    ContextInstance,
    ContextNotice,
    ContextPlace,
    ContextRegistration,
    ContextSubscription,
    ContextTenant,
    ContextValue,
    JsonldContext,
)
from onecity.platform.iot.models.observations import Latest, Observation
from onecity.platform.iot.models.provisioning import AllowedDevice, ClaimCode, DeviceAuthority, DeviceCertificate
from onecity.platform.iot.models.quarantine import QuarantinedMessage, UnknownDevice
from onecity.platform.iot.models.sensorthings import (
    StaDatastream,
    StaFeature,
    StaHistoricalLocation,
    StaHistoricalPlace,
    StaLocation,
    StaObservation,
    StaObservedProperty,
    StaSensor,
    StaThing,
    StaThingLocation,
)
from onecity.platform.iot.models.settings import DeviceShadow, ShadowChange
from onecity.platform.iot.models.tracing import Trace, TracedMessage
from onecity.platform.iot.models.types import Product, TypeEdition

__all__ = [
    "Alarm",
    "AlarmRule",
    "AlarmStep",
    "AllowedDevice",
    "Campaign",
    "CampaignDevice",
    "ClaimCode",
    "ClosedDay",
    "CommandBatch",
    "ContextEntity",
    "ContextHistory",
    "ContextInstance",
    "ContextNotice",
    "ContextPlace",
    "ContextRegistration",
    "ContextSubscription",
    "ContextTenant",
    "ContextValue",
    "Datastream",
    "DayRollup",
    "Device",
    "DeviceAuthority",
    "DeviceCertificate",
    "DeviceCommand",
    "DeviceCredential",
    "DeviceGroup",
    "DeviceHistory",
    "DeviceImport",
    "DeviceNote",
    "DeviceShadow",
    "DeviceTally",
    "EscalationStep",
    "Firmware",
    "Gateway",
    "GroupMember",
    "HistoryExport",
    "HourRollup",
    "JsonldContext",
    "LateObservation",
    "Latest",
    "LinkageEdition",
    "LinkageFiring",
    "LinkageOutcome",
    "LinkageRule",
    "LinkageState",
    "LinkageTrial",
    "Maintenance",
    "MinuteRollup",
    "Observation",
    "Product",
    "QuarantinedMessage",
    "RefusedLine",
    "Retention",
    "RollupDue",
    "RuleState",
    "SavedView",
    "ShadowChange",
    "StaDatastream",
    "StaFeature",
    "StaHistoricalLocation",
    "StaHistoricalPlace",
    "StaLocation",
    "StaObservation",
    "StaObservedProperty",
    "StaSensor",
    "StaThing",
    "StaThingLocation",
    "StoreMark",
    "StoredCount",
    "Trace",
    "TracedMessage",
    "TypeEdition",
    "UnknownDevice",
]
