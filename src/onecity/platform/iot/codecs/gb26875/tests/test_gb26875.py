"""GB/T 26875.3: published packets byte for byte, recorded ones whole, failing ones for their reason."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.iot.codecs.faults import Fault
from onecity.platform.iot.codecs.gb26875 import (
    Command,
    Flag,
    Found,
    Framer,
    NotEncodable,
    Packet,
    Refusal,
    Unit,
    decode_unit,
    encode,
    encode_unit,
    tables,
)
from onecity.platform.iot.codecs.gb26875.packet import instant, time_bytes
from onecity.platform.iot.codecs.gb26875.tests.vectors import VECTORS, raw
from onecity.platform.iot.codecs.gb26875.units import (
    Analogue,
    Clock,
    Configuration,
    Object,
    Operation,
    Part,
    PartConfiguration,
    PartState,
    Plain,
    System,
    SystemState,
    TransmitterState,
    Version,
    description_of,
    text_of,
)
from onecity.platform.iot.codecs.refusals import BadBody

SAMPLE_TIME = bytes.fromhex("023A091A090C")
V1_PART = Part(System(1, 3), 0, bytes.fromhex("D9000600"))
UNITS = {
    "V1": Unit(
        Flag.PART_STATE,
        (PartState(V1_PART, 2, description_of("Ａ区１层呷哺走廊"), bytes.fromhex("301213010814")),),
    ),
    "V2": Unit(
        Flag.PART_STATE,
        (PartState(Part(System(1, 1), 40, bytes.fromhex("0A000200")), 2, b" " * 30 + b"\0", SAMPLE_TIME),),
    ),
    "V5": Unit(Flag.TRANSMITTER_STATE, (TransmitterState(8, SAMPLE_TIME),)),
    "V6": Unit(Flag.TRANSMITTER_OPERATION, (Operation(None, 0x20, 1, SAMPLE_TIME),)),
    "V7": Unit(Flag.TRANSMITTER_VERSION, (Version(None, 1, 1),)),
    "V8": Unit(Flag.TRANSMITTER_TIME, (Clock(None, SAMPLE_TIME),)),
    "V9": Unit(Flag.ASK_TRANSMITTER_STATE, (Plain(b"\0"),)),
    "V10": Unit(Flag.TRANSMITTER_STATE, (TransmitterState(8, SAMPLE_TIME),)),
    "V11a": Unit(Flag.ASK_TRANSMITTER_VERSION, (Plain(b"\0"),)),
    "V11b": Unit(Flag.ASK_TRANSMITTER_TIME, (Plain(b"\0"),)),
    "V11c": Unit(Flag.INITIALISE, (Plain(b"\0"),)),
    "V12": Unit(Flag.TRANSMITTER_TIME, (Clock(None, SAMPLE_TIME),)),
    "V13": Unit(Flag.SET_TIME, (Plain(SAMPLE_TIME),)),
    "V14": Unit(Flag.DUTY_CHECK, (Plain(b"\x0a"),)),
}
COMMANDS = {"V3": Command.CONFIRM, "V4": Command.DENY, "V9": Command.ASK, "V10": Command.ANSWER, "V12": Command.ANSWER}
COMMANDS |= dict.fromkeys(("V11a", "V11b"), Command.ASK) | dict.fromkeys(("V11c", "V13", "V14"), Command.CONTROL)


def read_all(*pieces: bytes) -> list[Packet | Refusal]:
    framer = Framer()
    found = [item for piece in pieces for item in framer.feed(piece)] + framer.settle()
    assert framer.held == 0
    return [item.packet if isinstance(item, Found) else item for item in found]


def read(data: bytes) -> Packet:
    (packet,) = read_all(data)
    assert isinstance(packet, Packet)
    return packet


@pytest.mark.parametrize("name", VECTORS)
def test_vector_is_read_and_written_again_byte_for_byte(name: str) -> None:
    packet = read(raw(name))
    assert packet.command == COMMANDS.get(name, Command.SEND)
    assert encode(packet) == raw(name)
    if packet.data:
        unit = decode_unit(packet.data)
        assert unit == UNITS[name]
        assert encode_unit(unit) == packet.data


def test_v1_and_v2_are_fires() -> None:
    first, second = read(raw("V1")), read(raw("V2"))
    assert (first.serial, first.source, first.destination) == (0, 0, 0x010203040506)
    assert first.at == datetime(2020, 10, 22, 9, 13, 24, tzinfo=UTC)
    assert (second.key, f"{second.destination:X}", second.serial) == ("000000000379", "15B38", 1)
    (state,) = decode_unit(first.data).objects
    assert isinstance(state, PartState)
    assert text_of(state.description) == "Ａ区１层呷哺走廊"
    assert tables.set_bits(tables.PART_STATES, state.state) == ["火警"]
    assert instant(state.time) == datetime(2020, 8, 1, 11, 18, 48, tzinfo=UTC)


@pytest.mark.parametrize("name", VECTORS)
def test_stream_may_be_cut_anywhere_and_hold_rubbish(name: str) -> None:
    data, packet = raw(name), read(raw(name))
    assert read_all(*(bytes([byte]) for byte in data)) == [packet]
    assert read_all(data + data[:9], data[9:]) == [packet, packet]
    rubbish, *rest = read_all(b"\x00@junk#" + data)
    assert isinstance(rubbish, Refusal)
    assert (rubbish.raw, rubbish.fault, rest) == (b"\x00@junk#", Fault.NO_START, [packet])


def test_stray_start_before_a_packet_does_not_swallow_it() -> None:
    found = read_all(b"@" + raw("V2"))
    assert [item for item in found if isinstance(item, Packet)] == [read(raw("V2"))]


def test_n1_fails_by_its_sum() -> None:
    wrong = raw("V1")[:-3] + bytes.fromhex("432323")
    (refusal,) = read_all(wrong)
    assert isinstance(refusal, Refusal)
    assert (refusal.raw, refusal.fault) == (wrong, Fault.BAD_CHECKSUM)
    assert refusal.head is not None
    assert refusal.head.destination == 0x010203040506, "so that it can be denied"


def test_wrong_end_is_refused_and_the_next_packet_found() -> None:
    refusal, packet = read_all(raw("V5")[:-1] + b"\x00" + raw("V2"))
    assert isinstance(refusal, Refusal)
    assert (refusal.fault, packet) == (Fault.NO_END, read(raw("V2")))


def test_packet_inside_a_broken_one_is_found() -> None:
    broken = raw("V2")[:40]
    refusal, packet = read_all(broken + raw("V5") + bytes(60))[:2]
    assert isinstance(refusal, Refusal)
    assert packet == read(raw("V5"))


def test_length_beyond_the_standard_is_not_waited_for() -> None:
    framer = Framer()
    absurd = raw("V5")[:24] + b"\xff\xff" + raw("V5")[26:]
    (refusal,) = framer.feed(absurd)
    assert isinstance(refusal, Refusal)
    assert refusal.fault is Fault.TOO_LONG


def test_unfinished_packet_is_told_when_the_line_ends() -> None:
    (refusal,) = read_all(raw("V5")[:-4])
    assert isinstance(refusal, Refusal)
    assert (refusal.fault, refusal.raw) == (Fault.TRUNCATED, raw("V5")[:-4])


def test_flood_of_rubbish_is_told_in_pieces() -> None:
    framer = Framer()
    found = [item for _ in range(5) for item in framer.feed(bytes(1000))]
    assert [len(item.raw) for item in found] == [1024] * 4
    assert framer.held == 5000 - 4096


@pytest.mark.parametrize(
    "packet",
    [
        Packet(2, 0, 0, 0, bytes(1025)),
        Packet(2, 65_536, 0, 0),
        Packet(2, 0, 1 << 48, 0),
        Packet(2, 0, 0, 0, time=b""),
        Packet(256, 0, 0, 0),
    ],
)
def test_packet_that_its_form_cannot_carry_is_not_encoded(packet: Packet) -> None:
    with pytest.raises(NotEncodable):
        encode(packet)


@pytest.mark.parametrize(
    "data", ["", "02", "FF01", "0200", "0217", "1502" + "00" * 14, "150108", "15010802", "1501080203040506070809"]
)
def test_data_that_do_not_hold_together_are_refused(data: str) -> None:
    with pytest.raises(BadBody):
        decode_unit(bytes.fromhex(data))


def test_times_that_are_none_are_not_guessed() -> None:
    assert instant(bytes(6)) is None
    assert instant(bytes(5)) is None
    at = datetime(2012, 9, 26, 1, 58, 2, tzinfo=UTC)
    assert time_bytes(at) == SAMPLE_TIME
    assert instant(SAMPLE_TIME) == at


def test_unknown_codes_are_shown_as_numbers() -> None:
    assert (tables.system_name(1), tables.system_name(99)) == ("火灾报警系统", "类型99系统")
    assert (tables.component_name(40), tables.component_name(200)) == ("感烟火灾探测器", "类型200部件")
    assert (tables.operations(0b100001), tables.operations(0)) == ("复位、确认", "操作00")


def test_description_is_cut_behind_a_whole_character() -> None:
    text = "消防控制室旁一号手动火灾报警按钮"
    data = description_of(text)
    assert (len(data), text_of(data)) == (31, text[:15])


times = st.binary(min_size=6, max_size=6)
octet = st.integers(0, 255)
systems = st.builds(System, octet, octet)
parts = st.builds(Part, systems, octet, st.binary(min_size=4, max_size=4))
descriptions = st.binary(min_size=31, max_size=31)
objects: dict[Flag, st.SearchStrategy[Object]] = {
    Flag.SYSTEM_STATE: st.builds(SystemState, systems, st.integers(0, 0xFFFF), times),
    Flag.PART_STATE: st.builds(PartState, parts, st.integers(0, 0xFFFF), descriptions, times),
    Flag.ANALOGUE: st.builds(Analogue, parts, octet, st.integers(-32768, 32767), times),
    Flag.OPERATION: st.builds(Operation, systems, octet, octet, times),
    Flag.VERSION: st.builds(Version, systems, octet, octet),
    Flag.CONFIGURATION: st.builds(Configuration, systems, st.binary(max_size=255)),
    Flag.PART_CONFIGURATION: st.builds(PartConfiguration, parts, descriptions),
    Flag.TIME: st.builds(Clock, systems, times),
    Flag.TRANSMITTER_OPERATION: st.builds(Operation, st.none(), octet, octet, times),
    Flag.TRANSMITTER_CONFIGURATION: st.builds(Configuration, st.none(), st.binary(max_size=255)),
    Flag.ASK_SYSTEM_STATE: st.builds(Plain, st.binary(min_size=2, max_size=2)),
    Flag.ASK_OPERATIONS: st.builds(Plain, st.binary(min_size=9, max_size=9)),
    Flag.ASK_TRANSMITTER_OPERATIONS: st.builds(Plain, st.binary(min_size=7, max_size=7)),
}
MOST = {Flag.CONFIGURATION: 3, Flag.VERSION: 1, Flag.TIME: 1, Flag.TRANSMITTER_CONFIGURATION: 1}
MOST |= {Flag.ASK_OPERATIONS: 1, Flag.ASK_TRANSMITTER_OPERATIONS: 1}
units = st.sampled_from(sorted(objects)).flatmap(
    lambda flag: st.lists(objects[flag], min_size=1, max_size=MOST.get(flag, 5)).map(
        lambda items: Unit(flag, tuple(items))
    )
)


@given(units, st.integers(0, 65_535), st.integers(0, (1 << 48) - 1), st.integers(0, (1 << 48) - 1), times, octet)
def test_what_is_encoded_is_read_again(
    unit: Unit, serial: int, source: int, destination: int, time: bytes, user_version: int
) -> None:
    packet = Packet(Command.SEND, serial, source, destination, encode_unit(unit), time, 1, user_version)
    assert [item for item in read_all(encode(packet)) if isinstance(item, Packet)][-1:] == [packet]
    assert decode_unit(packet.data) == unit


@given(st.lists(st.binary(max_size=60) | st.just(b"@@") | st.sampled_from([raw("V2"), raw("V5")[:20]]), max_size=8))
def test_any_bytes_are_either_read_or_kept(pieces: list[bytes]) -> None:
    framer = Framer()
    found = [item for piece in pieces for item in framer.feed(piece)] + framer.settle()
    assert b"".join(item.raw for item in found) == b"".join(pieces)


@given(st.binary(max_size=120) | units.map(encode_unit))
def test_any_data_are_read_or_refused(data: bytes) -> None:
    try:
        unit = decode_unit(data)
    except BadBody:
        return
    assert encode_unit(unit) == data


@pytest.mark.data
def test_recorded_packets_are_refused_for_their_reasons(data: Path) -> None:
    """One is cut off within its description, the other ends with 23 13 and is four bytes short of its length."""
    with (data / "device_frames" / "gb26875_frames.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    faults = []
    for row in rows:
        frame = bytes.fromhex(row["frame_hex"])
        assert (len(frame), frame.endswith(b"##")) == (int(row["bytes"]), row["has_end_2323"] == "1")
        (refusal,) = read_all(frame)
        assert isinstance(refusal, Refusal)
        faults.append(refusal.fault)
    assert faults == [Fault.TRUNCATED, Fault.NO_END]
