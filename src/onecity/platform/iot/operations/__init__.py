"""The programming interface of iot: devices, datastreams, observations, alarms. Readings come in on a hot road."""

from onecity.platform.iot.operations import alarms, devices
from onecity.platform.iot.operations.routing import router

__all__ = ["alarms", "devices", "router"]
