"""Tables of iot."""

from onecity.platform.iot.models.alarms import Alarm, AlarmRule, RuleState
from onecity.platform.iot.models.commands import DeviceCommand, DeviceNote
from onecity.platform.iot.models.devices import Datastream, Device, DeviceCredential
from onecity.platform.iot.models.gateways import Gateway
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
from onecity.platform.iot.models.quarantine import QuarantinedMessage, UnknownDevice

__all__ = [
    "Alarm",
    "AlarmRule",
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
    "Device",
    "DeviceCommand",
    "DeviceCredential",
    "DeviceNote",
    "Gateway",
    "JsonldContext",
    "Latest",
    "Observation",
    "QuarantinedMessage",
    "RuleState",
    "UnknownDevice",
]
