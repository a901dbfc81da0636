"""GB/T 26875.3, the language of fire-alarm transmitters (城市消防远程监控系统 报警传输网络通信协议).

bytes → Framer → Packet → units.decode_unit → objects
bytes ← encode ← Packet ← units.encode_unit ← objects
"""

from onecity.platform.iot.codecs.gb26875.framing import Found, Framer
from onecity.platform.iot.codecs.gb26875.packet import Command, NotEncodable, Packet, Refusal, decode, encode
from onecity.platform.iot.codecs.gb26875.units import Flag, Unit, decode_unit, encode_unit

__all__ = [
    "Command",
    "Flag",
    "Found",
    "Framer",
    "NotEncodable",
    "Packet",
    "Refusal",
    "Unit",
    "decode",
    "decode_unit",
    "encode",
    "encode_unit",
]
