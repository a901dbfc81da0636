"""The programming interface of iot: devices, datastreams, observations, alarms. Readings come in on a hot road."""

from ninja import Router

from onecity.platform.iot.operations.alarms import router as alarms
from onecity.platform.iot.operations.devices import router as devices

router = Router()
router.add_router("", devices)
router.add_router("", alarms)

__all__ = ["router"]
