"""Raw traces of field units that speak HJ 212; only frames that name a watched unit are looked at."""

from collections.abc import Sequence

from onecity.platform.iot.codecs.hj212 import BadFrame, Frame, Reason, decode, readings
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.hj212.orders import Line
from onecity.platform.iot.gateways.tracing import Tracer


def trace_in(tracer: Tracer, frames: Sequence[Frame], owners: Sequence[Line]) -> None:
    """Keep the frames of watched units, with what they say."""
    marks = {key: b"MN=%b;" % key.encode() for key in tracer.watched}
    for frame, owner in zip(frames, owners, strict=True):
        for key, mark in marks.items():
            if mark in frame.raw:
                tracer.note(Protocol.HJ212, key, frame.raw, outward=False, peer=owner.address, result=_described(frame))


def trace_out(tracer: Tracer, line: Line, data: bytes, *, result: str = "") -> None:
    """Keep what goes down a line with a watched unit."""
    for key in tracer.watched & line.mns:
        tracer.note(Protocol.HJ212, key, data, outward=True, peer=line.address, result=result)


def _described(frame: Frame) -> str:
    packet = decode(frame)
    if isinstance(packet, BadFrame):
        return packet.reason.value
    found = readings(packet)
    if isinstance(found, Reason):
        return f"{packet.cn} {found.value}"
    return f"{packet.cn} " + ", ".join(f"{item.factor}-{item.kind}={item.value}" for item in found)
