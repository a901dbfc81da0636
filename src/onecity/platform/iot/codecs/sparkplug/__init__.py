"""Sparkplug B: topics, payloads, and what births mean for the data after them."""

from onecity.platform.iot.codecs.sparkplug.births import Heard, Measured, Node, rebirth_request
from onecity.platform.iot.codecs.sparkplug.payload import Datatype, Metric, Payload, command, decode, encode, typed
from onecity.platform.iot.codecs.sparkplug.topics import (
    BETWEEN,
    NAMESPACE,
    Kind,
    Place,
    command_topic,
    parted,
    state_topic,
)
from onecity.platform.iot.codecs.sparkplug.wire import Malformed

__all__ = [
    "BETWEEN",
    "NAMESPACE",
    "Datatype",
    "Heard",
    "Kind",
    "Malformed",
    "Measured",
    "Metric",
    "Node",
    "Payload",
    "Place",
    "command",
    "command_topic",
    "decode",
    "encode",
    "parted",
    "rebirth_request",
    "state_topic",
    "typed",
]
