"""What devices built for ThingsBoard say: topics and JSON ↔ points, attributes, calls; nothing of sockets.

v1/devices/me/telemetry   {"pm2_5": 35}  ·  [{…}, …]  ·  {"ts": 1451649600512, "values": {…}}  ·  [{"ts": …}, …]
v1/gateway/telemetry      {"Device A": [{"ts": …, "values": {…}}, …]}
"""

from onecity.platform.iot.codecs.thingsboard.bodies import (
    AttributesAsked,
    Called,
    NotThingsBoard,
    answer_of,
    asked_of,
    attributes_of,
    call_of,
    gateway_answer,
    gateway_device,
    gateway_points,
    points_of,
    rpc_request,
)
from onecity.platform.iot.codecs.thingsboard.topics import Matter, Topic, may_subscribe, topic_of

__all__ = [
    "AttributesAsked",
    "Called",
    "Matter",
    "NotThingsBoard",
    "Topic",
    "answer_of",
    "asked_of",
    "attributes_of",
    "call_of",
    "gateway_answer",
    "gateway_device",
    "gateway_points",
    "may_subscribe",
    "points_of",
    "rpc_request",
    "topic_of",
]
