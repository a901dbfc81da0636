"""Tables of iot."""

from onecity.platform.iot.models.alarms import Alarm, AlarmRule, RuleState
from onecity.platform.iot.models.commands import DeviceCommand, DeviceNote
from onecity.platform.iot.models.devices import Datastream, Device, DeviceCredential
from onecity.platform.iot.models.gateways import Gateway
from onecity.platform.iot.models.observations import Latest, Observation
from onecity.platform.iot.models.quarantine import QuarantinedMessage, UnknownDevice
from onecity.platform.iot.models.tracing import Trace, TracedMessage

__all__ = [
    "Alarm",
    "AlarmRule",
    "Datastream",
    "Device",
    "DeviceCommand",
    "DeviceCredential",
    "DeviceNote",
    "Gateway",
    "Latest",
    "Observation",
    "QuarantinedMessage",
    "RuleState",
    "Trace",
    "TracedMessage",
    "UnknownDevice",
]
