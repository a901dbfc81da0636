"""Frames recorded from public implementations: what is right is read, what is wrong is refused for its reason."""

import csv
import os
from pathlib import Path

import pytest

from onecity.platform.iot.codecs.hj212.checksum import crc16
from onecity.platform.iot.codecs.hj212.decoding import decode
from onecity.platform.iot.codecs.hj212.encoding import encode, frame_bytes
from onecity.platform.iot.codecs.hj212.framing import Frame, Framer
from onecity.platform.iot.codecs.hj212.packet import Packet
from onecity.platform.iot.codecs.hj212.reasons import BadFrame, Reason

pytestmark = pytest.mark.data


def rows(name: str) -> list[dict[str, str]]:
    folder = os.environ.get("ONECITY_DATA")
    if not folder:
        pytest.skip("ONECITY_DATA does not name the folder of real files")
    with (Path(folder) / "device_frames" / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def read(frame: bytes) -> list[Packet | BadFrame]:
    framer = Framer()
    found = [*framer.feed(frame + b"\r\n"), *framer.settle()]
    return [decode(thing) if isinstance(thing, Frame) else thing for thing in found]


def test_length_and_crc_are_judged_as_recorded() -> None:
    for row in rows("hj212_frames.csv"):
        frame = row["frame"].encode()
        (result,) = read(frame)
        assert f"{crc16(frame[6:-4]):04X}" == row["crc_expected"]
        if row["len_ok"] == "1" == row["crc_ok"]:
            assert isinstance(result, Packet)
        else:
            assert isinstance(result, BadFrame)
            expected = {Reason.CRC_MISMATCH} if row["len_ok"] == "1" else {Reason.NO_TAIL, Reason.TRUNCATED}
            assert result.reason in expected


def test_fields_are_read_as_recorded() -> None:
    for row in rows("hj212_frames.csv"):
        segment = row["frame"].encode()[6:-4]
        (packet,) = read(frame_bytes(segment)[:-2])
        assert isinstance(packet, Packet)
        assert (packet.st, packet.cn, packet.mn, packet.qn or "") == (row["ST"], row["CN"], row["MN"], row["QN"])


def test_right_frames_are_written_again_as_they_were() -> None:
    for row in rows("hj212_frames.csv"):
        frame = row["frame"].encode()
        (packet,) = read(frame)
        if isinstance(packet, Packet):
            assert encode(packet) == frame[:-4] + frame[-4:].upper() + b"\r\n"


def test_bodies_are_framed_as_recorded() -> None:
    for row in rows("hj212_bodies_to_wrap.csv"):
        body = row["body"].encode()
        frame = frame_bytes(body)
        assert frame == b"##%04d%b%b\r\n" % (int(row["length"]), body, row["crc16_hex"].encode())
        (packet,) = read(frame[:-2])
        assert isinstance(packet, Packet)
        assert any(item.is_factor for item in packet.items)
