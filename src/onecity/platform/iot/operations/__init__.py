"""The programming interface of iot: devices, datastreams, observations, alarms, and what devices do for themselves."""

from onecity.platform.iot.operations import alarms, devices, provisioning, subscriptions
from onecity.platform.iot.operations.routing import router

__all__ = ["alarms", "devices", "provisioning", "router", "subscriptions"]
