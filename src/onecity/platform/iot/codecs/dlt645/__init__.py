"""DL/T 645-2007, the language of electricity meters (多功能电能表通信协议); of 1997 answers are read.

bytes → cutter → decode → Frame → answer → Answer → values → Value
bytes ← encode ← Frame ← requests
"""

from onecity.platform.iot.codecs.dlt645.answers import ERRORS, Answer, NoAnswer, answer
from onecity.platform.iot.codecs.dlt645.frames import ANYBODY, EVERYBODY, Frame, NotEncodable, cutter, decode, encode
from onecity.platform.iot.codecs.dlt645.identifiers import Form, Item, item_of, members
from onecity.platform.iot.codecs.dlt645.requests import (
    Function,
    Relay,
    Rights,
    broadcast_time,
    change_rate,
    freeze,
    read,
    read_address,
    read_following,
    relay,
    relay_order,
    set_date,
    set_time,
    write,
    write_address,
)
from onecity.platform.iot.codecs.dlt645.values import BadLength, Value, values, written

__all__ = [
    "ANYBODY",
    "ERRORS",
    "EVERYBODY",
    "Answer",
    "BadLength",
    "Form",
    "Frame",
    "Function",
    "Item",
    "NoAnswer",
    "NotEncodable",
    "Relay",
    "Rights",
    "Value",
    "answer",
    "broadcast_time",
    "change_rate",
    "cutter",
    "decode",
    "encode",
    "freeze",
    "item_of",
    "members",
    "read",
    "read_address",
    "read_following",
    "relay",
    "relay_order",
    "set_date",
    "set_time",
    "values",
    "write",
    "write_address",
    "written",
]
