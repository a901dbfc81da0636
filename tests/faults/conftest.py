"""Fault tests know the same types of devices as iot's own."""

from onecity.platform.iot.tests.conftest import _gauges

__all__ = ["_gauges"]
