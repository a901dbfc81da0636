"""GB/T 32960.3, the language of electric vehicles (电动汽车远程服务与管理系统 通信协议及数据格式).

bytes → Framer → Packet → logins, reports
bytes ← encode ← Packet ← logins, reports
"""

from onecity.platform.iot.codecs.gb32960.framing import Found, Framer
from onecity.platform.iot.codecs.gb32960.packet import Command, Edition, NotEncodable, Packet, Response, decode, encode

__all__ = ["Command", "Edition", "Found", "Framer", "NotEncodable", "Packet", "Response", "decode", "encode"]
