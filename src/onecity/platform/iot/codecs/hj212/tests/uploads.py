"""Uploads for the batch decoder, and the comparison of its result with the single way."""

import struct

import numpy as np

from onecity.platform.iot.codecs.hj212.answers import head_of
from onecity.platform.iot.codecs.hj212.batch import BatchDecoder, ReadingBatch
from onecity.platform.iot.codecs.hj212.decoding import decode
from onecity.platform.iot.codecs.hj212.framing import Frame
from onecity.platform.iot.codecs.hj212.packet import Packet
from onecity.platform.iot.codecs.hj212.readings import readings
from onecity.platform.iot.codecs.hj212.reasons import BadFrame, Reason
from onecity.platform.iot.codecs.hj212.tests.strategies import frame_of
from onecity.platform.iot.codecs.hj212.times import microseconds

Row = tuple[str, str, str, str, int, bytes, str]


AREA = "a21026-Rtd=12.3,a21026-Flag=N;a34004-Rtd=35,a34004-Flag=D"


def upload(
    area: str = AREA,
    *,
    mn: str = "A1",
    cn: str = "2011",
    qn: str = "20160801085857223",
    time: str = "20160801085857",
    flag: str = "5",
) -> Frame:
    return frame_of(f"QN={qn};ST=22;CN={cn};PW=123456;MN={mn};Flag={flag};CP=&&DataTime={time};{area}&&".encode())


def rows(decoder: BatchDecoder, batch: ReadingBatch) -> list[list[Row]]:
    """Return the readings of each accepted frame, values as their bits."""
    ends = np.cumsum(batch.counts)
    found = []
    for begin, end in zip(ends - batch.counts, ends, strict=True):
        found.append(
            [
                (
                    *decoder.streams[batch.stream[place]],
                    int(batch.at[place]),
                    struct.pack("d", batch.value[place]),
                    chr(batch.flag[place]).strip("\0"),
                )
                for place in range(begin, end)
            ]
        )
    return found


def slow_rows(packet: Packet) -> list[Row]:
    read = readings(packet)
    assert isinstance(read, tuple)
    return [
        (one.mn, one.cn, one.factor, one.kind, microseconds(one.at), struct.pack("d", one.value), one.flag)
        for one in read
    ]


def check(decoder: BatchDecoder, frames: list[Frame]) -> ReadingBatch:
    """Decode a batch and compare all of it with the slow way."""
    batch = decoder.decode_batch(frames)
    columns = (batch.stream, batch.at, batch.value, batch.flag)
    assert [column.dtype.name for column in columns] == ["int32", "int64", "float64", "uint8"]
    assert {len(column) for column in columns} == {int(batch.counts.sum())}
    assert len(batch.accepted) == len(batch.uploads) == len(batch.counts)
    assert sorted([*batch.accepted, *batch.slow, *(index for index, _ in batch.bad)]) == list(range(len(frames)))
    for index, (head, qn), found in zip(batch.accepted, batch.uploads, rows(decoder, batch), strict=True):
        packet = decode(frames[index])
        assert isinstance(packet, Packet)
        assert found == slow_rows(packet)
        assert (head, qn.decode()) == (head_of(packet), packet.qn or "")
        assert packet.pno is None
    for index, fault in batch.bad:
        assert decode(frames[index]) == fault
    for index in batch.slow:
        packet_or_fault = decode(frames[index])
        assert not isinstance(packet_or_fault, BadFrame) or packet_or_fault.reason not in (
            Reason.CRC_MISMATCH,
            Reason.CRC_NOT_HEX,
        )
    return batch


def learned(*frames: Frame, **bounds: int) -> BatchDecoder:
    decoder = BatchDecoder(**bounds)
    for frame in frames:
        check(decoder, [frame])
    return decoder
