"""Devices built for ThingsBoard, unchanged: an MQTT server of our own, for `v1/devices/me/…` names nobody.

A broker does not tell its subscribers who published, so these topics cannot pass through Mosquitto: the device is known
by the token that its connection began with. A message at QoS 1 is acknowledged after its commit.
"""

from onecity.kernel.text import zh
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.field.contract import FieldProtocol
from onecity.platform.iot.gateways.field.thingsboard.session import ThingsBoardSession

PROTOCOL = FieldProtocol(
    Protocol.THINGSBOARD, zh("ThingsBoard 设备接口（MQTT）"), 18831, ThingsBoardSession, idle_s=98_304.0
)
"""idle_s: keep-alive is the session's own matter; the longest that MQTT knows is 1.5 × 65,535 s."""
