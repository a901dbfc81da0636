"""Modbus above the frames, which pymodbus reads and writes: points, their values, the requests that read them."""

from onecity.platform.iot.codecs.modbus.plan import Request, plan, split, values
from onecity.platform.iot.codecs.modbus.points import Area, BadPoints, Order, Point, Type, check_points, read_points
from onecity.platform.iot.codecs.modbus.registers import DoesNotFit, NotAValue, registers_of, value_of

__all__ = [
    "Area",
    "BadPoints",
    "DoesNotFit",
    "NotAValue",
    "Order",
    "Point",
    "Request",
    "Type",
    "check_points",
    "plan",
    "read_points",
    "registers_of",
    "split",
    "value_of",
    "values",
]
