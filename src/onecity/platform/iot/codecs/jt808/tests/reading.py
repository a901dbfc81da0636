"""Shortcuts of these tests."""

from onecity.platform.iot.codecs.jt808 import Found, Framer, Packet
from onecity.platform.iot.codecs.refusals import BadFrame


def read_all(data: bytes) -> list[Packet | BadFrame]:
    """Return what a stream holds."""
    framer = Framer()
    found = [*framer.feed(data), *framer.settle()]
    return [item.packet if isinstance(item, Found) else item for item in found]


def read(data: bytes) -> Packet:
    """Return the one message that a stream holds."""
    (packet,) = read_all(data)
    assert isinstance(packet, Packet)
    return packet
