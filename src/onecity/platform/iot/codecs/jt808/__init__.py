"""JT/T 808, the language of vehicle terminals (道路运输车辆卫星定位系统 终端通信协议).

bytes → Framer → Packet → (Joiner) → bodies: location, registration, parameters …
bytes ← encode ← (split) ← Packet ← bodies
"""

from onecity.platform.iot.codecs.jt808 import ids
from onecity.platform.iot.codecs.jt808.framing import Found, Framer
from onecity.platform.iot.codecs.jt808.packet import NotEncodable, Packet, decode, encode
from onecity.platform.iot.codecs.jt808.splitting import Joined, Joiner, Missing, Unjoined, split

__all__ = [
    "Found",
    "Framer",
    "Joined",
    "Joiner",
    "Missing",
    "NotEncodable",
    "Packet",
    "Unjoined",
    "decode",
    "encode",
    "ids",
    "split",
]
