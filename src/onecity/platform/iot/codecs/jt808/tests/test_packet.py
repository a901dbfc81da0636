"""Frames of JT/T 808: published vectors byte for byte, recorded frames whole, failing ones for their reason."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.iot.codecs.faults import Fault
from onecity.platform.iot.codecs.jt808 import Framer, NotEncodable, Packet, decode, encode
from onecity.platform.iot.codecs.jt808.packet import checksum, escape, unescape
from onecity.platform.iot.codecs.jt808.tests.reading import read, read_all
from onecity.platform.iot.codecs.jt808.tests.vectors import VECTORS, raw
from onecity.platform.iot.codecs.refusals import BadFrame

HEADS = {
    "V1": (0x0200, "123456789012", 126, None, 38),
    "V2": (0x0002, "040021679287", 43, None, 0),
    "V3": (0x0100, "000123456789", 10, None, 45),
    "V4": (0x0100, "00000000022222222222", 0, 1, 84),
    "V5": (0x0100, "013345678906", 15, None, 33),
    "V6": (0x8100, "012345678900", 10, None, 9),
    "V7": (0x0102, "013511221122", 6, None, 14),
    "V8": (0x0102, "00000000017299841738", 65535, 1, 80),
    "V9": (0x8001, "012345678900", 10, None, 5),
    "V10": (0x0704, "112233445566", 8888, None, 83),
    "V11": (0x8103, "000123456789", 10, None, 10),
    "V12a": (0x8300, "012345678900", 1, None, 13),
    "V12b": (0x8300, "00000000012345678900", 1, 1, 14),
    "V13": (0x0200, "001601285614", 2, None, 44),
}


@pytest.mark.parametrize("name", VECTORS)
def test_vector_is_read_and_written_again_byte_for_byte(name: str) -> None:
    packet = read(raw(name))
    assert (packet.id, packet.phone, packet.serial, packet.version, len(packet.body)) == HEADS[name]
    assert encode(packet) == raw(name)


def test_every_vector_has_its_head() -> None:
    assert set(HEADS) == set(VECTORS)


def test_escape_is_the_standards_example() -> None:
    assert escape(bytes.fromhex("307E087D55")) == bytes.fromhex("307D02087D0155")
    assert unescape(bytes.fromhex("307D02087D0155")) == bytes.fromhex("307E087D55")


@pytest.mark.parametrize("name", VECTORS)
def test_stream_may_be_cut_anywhere_and_hold_rubbish(name: str) -> None:
    data, packet = raw(name), read(raw(name))
    framer = Framer()
    found = [item for byte in data for item in framer.feed(bytes([byte]))]
    assert [item.packet for item in found if not isinstance(item, BadFrame)] == [packet]
    assert read_all(data + data) == [packet, packet]
    assert read_all(data[:-1] + data) == [packet, packet], "two frames may share a flag"
    rubbish, *rest = read_all(b"AT+CGDCONT" + data)
    assert isinstance(rubbish, BadFrame)
    assert rest == [packet]


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ("7E02000000AA7D03017E", Fault.BAD_ESCAPE),
        ("7E020000000123457E", Fault.TRUNCATED),
        ("7E00020000040021679287002B7F7E", Fault.BAD_CHECKSUM),
        ("7E00020001040021679287002B7F7E", Fault.BAD_LENGTH),
        ("7E0002000004002167928A002B737E", Fault.BAD_ADDRESS),
        ("7E00022000040021679287002B000100025D7E", Fault.BAD_SEQUENCE),
        ("7E00022000040021679287002B000000005E7E", Fault.BAD_SEQUENCE),
        ("7E00024000010000000000040021677E", Fault.BAD_LENGTH),
    ],
)
def test_broken_frame_is_refused_for_its_reason(data: str, fault: Fault) -> None:
    segment = bytearray(bytes.fromhex(data)[1:-1])
    if fault not in {Fault.BAD_CHECKSUM, Fault.BAD_ESCAPE, Fault.TRUNCATED}:
        segment[-1] = checksum(bytes(segment[:-1]))
    bad = decode(bytes(segment))
    assert bad == BadFrame(b"\x7e" + bytes(segment) + b"\x7e", fault)


def test_endless_stretch_without_flag_is_told_in_pieces_and_ends_at_the_next_flag() -> None:
    framer = Framer()
    found = [item for _ in range(10) for item in framer.feed(bytes(1000))]
    assert {item.fault for item in found if isinstance(item, BadFrame)} == {Fault.TOO_LONG}
    assert framer.held < 2100
    packet = read(raw("V2"))
    rest = framer.feed(raw("V2"))
    assert [item.packet for item in rest if not isinstance(item, BadFrame)] == [packet]
    assert sum(len(item.raw) for item in [*found, *rest] if isinstance(item, BadFrame)) == 10_000


def test_what_is_held_at_the_end_is_reported_once() -> None:
    framer = Framer()
    assert framer.feed(raw("V1")[:20]) == []
    assert framer.settle() == [BadFrame(raw("V1")[1:20], Fault.TRUNCATED)]
    assert framer.settle() == []
    framer.feed(b"\x01" * 3000)
    assert [item.fault for item in framer.settle() if isinstance(item, BadFrame)] == [Fault.TOO_LONG]


@pytest.mark.parametrize(
    "packet",
    [
        Packet(0x0200, "1", 0, bytes(1024)),
        Packet(0x0200, "1234567890123", 0),
        Packet(0x0200, "12a", 0),
        Packet(0x0200, "", 0),
        Packet(0x10000, "1", 0),
        Packet(0x0200, "1", 70_000),
        Packet(0x0200, "1", 0, version=300),
        Packet(0x0200, "1", 0, parts=2, part=3),
        Packet(0x0200, "1", 0, parts=2, part=0),
    ],
)
def test_packet_that_its_form_cannot_carry_is_not_encoded(packet: Packet) -> None:
    with pytest.raises(NotEncodable):
        encode(packet)


def test_terminal_keeps_its_key_when_it_changes_edition() -> None:
    assert Packet(2, "013800000001", 0).key == Packet(2, "00000000013800000001", 0, version=1).key == "13800000001"
    assert Packet(2, "000000000000", 0).key == "0"


packets = st.builds(
    Packet,
    id=st.integers(0, 0xFFFF),
    phone=st.from_regex(r"[0-9]{12}", fullmatch=True),
    serial=st.integers(0, 0xFFFF),
    body=st.binary(max_size=200) | st.binary(min_size=1023, max_size=1023),
    version=st.none(),
    encryption=st.integers(0, 7),
    reserved=st.booleans(),
)


@given(packets, st.booleans(), st.tuples(st.integers(1, 65_535), st.integers(1, 65_535)) | st.none())
def test_what_is_encoded_is_read_again(packet: Packet, of_2019: bool, split: tuple[int, int] | None) -> None:
    if of_2019:
        packet = replace(packet, phone=packet.phone.zfill(20), version=1)
    if split is not None:
        packet = replace(packet, parts=max(split), part=min(split))
    data = encode(packet)
    assert data.count(b"\x7e") == 2
    assert read(data) == packet


@given(st.lists(st.binary(max_size=80), max_size=8))
def test_any_bytes_are_either_read_or_kept(pieces: list[bytes]) -> None:
    framer = Framer()
    found = [item for piece in pieces for item in framer.feed(piece)] + framer.settle()
    kept = sum(item.raw.replace(b"\x7e", b"").__len__() for item in found)
    assert kept == len(b"".join(pieces).replace(b"\x7e", b""))


# What the recording calls right and is not: an unescaped 7E in the header, shown to explain escaping.
_UNESCAPED = "7E02000026123456789012007E00000001"


def recorded(data: Path) -> list[dict[str, str]]:
    with (data / "device_frames" / "jt808_frames.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.data
def test_recorded_frames_are_read_as_recorded(data: Path) -> None:
    read_well = 0
    for row in recorded(data):
        found = read_all(bytes.fromhex(row["frame_hex"]))
        if row["len_ok"] == row["checksum_ok"] == "1" and not row["frame_hex"].startswith(_UNESCAPED):
            (packet,) = found
            assert isinstance(packet, Packet), row
            version = "2019" if packet.version is not None else "2011/2013"
            told = (f"0x{packet.id:04X}", version, str(len(packet.body)), packet.phone, str(packet.serial))
            assert told == (row["msg_id"], row["version"], row["body_len"], row["phone"], row["serial"])
            assert (bool(packet.parts), packet.encryption) == (row["sub"] == "1", int(row["encrypted"]))
            assert encode(packet) == bytes.fromhex(row["frame_hex"])
            read_well += 1
    assert read_well == 106


@pytest.mark.data
def test_recorded_frames_that_are_wrong_fail_for_their_reason(data: Path) -> None:
    for row in recorded(data):
        frame = row["frame_hex"]
        if row["len_ok"] == row["checksum_ok"] == "1" and not frame.startswith(_UNESCAPED):
            continue
        found = read_all(bytes.fromhex(frame))
        faults = [item.fault for item in found if isinstance(item, BadFrame)]
        assert len(faults) == len(found) > 0
        if "7E" in [frame[place : place + 2] for place in range(2, len(frame) - 2, 2)]:
            assert len(faults) == 2, "a flag inside cuts it in two"
        elif row["checksum_ok"] == "0":
            assert faults == [Fault.BAD_CHECKSUM]
        else:
            assert faults == [Fault.BAD_LENGTH]
