"""Lines of fire-alarm transmitters, without sockets: what each packet is taken for, and what is answered."""

from dataclasses import replace

import pytest

from onecity.kernel.errors import Invalid
from onecity.platform.iot.codecs.gb26875 import Command, Flag, Packet, Unit, decode_unit, encode, encode_unit
from onecity.platform.iot.codecs.gb26875 import decode as decode_packet
from onecity.platform.iot.codecs.gb26875.packet import time_bytes
from onecity.platform.iot.codecs.gb26875.tests.vectors import raw
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
)
from onecity.platform.iot.gateways.field.contract import (
    Answered,
    CommandUnknown,
    OrderState,
    Refused,
    Reply,
    Seen,
    Upload,
)
from onecity.platform.iot.gateways.field.gb26875.orders import COMMANDS, WORDINGS
from onecity.platform.iot.gateways.field.gb26875.session import MOST_TRANSMITTERS, Gb26875Session
from onecity.platform.iot.tests.field.lines import NOON, moment, only, values

KEY = "000000000379"
NOW = time_bytes(NOON)
SMOKE = Part(System(1, 1), 40, bytes.fromhex("0A000200"))
OTHER = Part(System(1, 1), 40, bytes.fromhex("0B000200"))


def sent(*objects: Object, flag: Flag, command: Command = Command.SEND, serial: int = 5) -> bytes:
    return encode(Packet(command, serial, 0x379, 0x15B38, encode_unit(Unit(flag, objects)), NOW))


def part(state: int, *, who: Part = SMOKE) -> bytes:
    return sent(PartState(who, state, description_of("走廊"), NOW), flag=Flag.PART_STATE)


def told(session: Gb26875Session, frame: bytes) -> dict[str, float | None]:
    return values(only(session.received(frame, moment()), Upload).readings)


def packet(data: bytes) -> Packet:
    found = decode_packet(data)
    assert isinstance(found, Packet)
    return found


def test_fire_is_kept_before_it_is_confirmed() -> None:
    upload = only(Gb26875Session().received(raw("V2"), moment()), Upload)
    assert (upload.device_key, upload.credential) == (KEY, None)
    found = values(upload.readings)
    assert (found["part_1_1_0002000A_fire"], found["part_1_1_0002000A_fault"], found["fire"]) == (1, 0, 1)
    words = "火灾报警系统1 感烟火灾探测器 10区2号：火警（测试位），时间 2012-09-26 09:58:02（与接收时间相差超过5分钟）"
    assert [note.content for note in upload.notes] == [words]
    confirm = replace(packet(raw("V3")), time=NOW)
    assert packet(upload.answer) == confirm
    assert packet(upload.denial("unknown_device")) == replace(confirm, command=Command.DENY)


def test_heartbeat_is_a_packet_without_data() -> None:
    said = Gb26875Session().received(encode(Packet(Command.SEND, 9, 0x379, 1)), moment())
    assert only(said, Seen).device_key == KEY
    assert packet(only(said, Reply).data).command == Command.CONFIRM


def test_fire_of_the_building_ends_with_its_last_component() -> None:
    session = Gb26875Session()
    assert told(session, part(2))["fire"] == 1
    assert told(session, part(2, who=OTHER))["fire"] == 1
    assert "fire" not in told(session, part(1))
    assert told(session, part(1, who=OTHER))["fire"] == 0


def test_all_clear_of_a_component_that_was_not_heard_to_burn_says_nothing_of_the_building() -> None:
    assert "fire" not in told(Gb26875Session(), part(1))


def test_system_speaks_for_its_components_and_the_transmitter_for_all() -> None:
    session = Gb26875Session()
    told(session, part(2))
    told(session, part(2, who=SMOKE._replace(system=System(2, 1))))
    clear = sent(SystemState(System(1, 1), 1, NOW), flag=Flag.SYSTEM_STATE)
    assert told(session, clear)["fire"] == 1, "the other system still burns"
    assert told(session, sent(TransmitterState(1, NOW), flag=Flag.TRANSMITTER_STATE))["fire"] == 0
    burning = sent(SystemState(System(1, 1), 2, NOW), flag=Flag.SYSTEM_STATE)
    found = told(session, burning)
    assert (found["fire"], found["system_1_1_fire"], found["system_1_1_bus_fault"]) == (1, 1, 0)
    assert told(session, clear)["fire"] == 0


def test_transmitters_own_fault_is_not_ended_by_a_system() -> None:
    session = Gb26875Session()
    assert told(session, sent(TransmitterState(4 | 8, NOW), flag=Flag.TRANSMITTER_STATE))["fault"] == 1
    found = told(session, sent(SystemState(System(1, 1), 1, NOW), flag=Flag.SYSTEM_STATE))
    assert (found["fault"], found["system_1_1_main_power_fault"], found.get("main_power_fault")) == (1, 0, None)
    assert told(session, sent(TransmitterState(1, NOW), flag=Flag.TRANSMITTER_STATE))["fault"] == 0


def test_standing_state_counts_where_two_components_report_at_once() -> None:
    frame = sent(
        PartState(SMOKE, 2, description_of(""), NOW), PartState(SMOKE, 1, description_of(""), NOW), flag=Flag.PART_STATE
    )
    assert told(Gb26875Session(), frame)["fire"] == 1


def test_main_power_of_the_transmitter() -> None:
    upload = only(Gb26875Session().received(raw("V5"), moment()), Upload)
    found = values(upload.readings)
    assert (found["main_power_fault"], found["fire"], found["line_fault"]) == (1, 0, 0)
    assert upload.notes[0].content.startswith("用户信息传输装置：主电故障")


def test_measured_values_are_in_their_units() -> None:
    frame = sent(Analogue(SMOKE, 3, -55, NOW), Analogue(SMOKE, 99, 7, NOW), flag=Flag.ANALOGUE)
    assert told(Gb26875Session(), frame) == {
        "part_1_1_0002000A_temperature": -5.5,
        "part_1_1_0002000A_analogue_99": 7,
    }


@pytest.mark.parametrize(
    ("flag", "item", "words"),
    [
        (Flag.OPERATION, Operation(System(1, 1), 1, 3, NOW), "火灾报警系统1：复位，操作员3，时间 2026-03-10 12:00:00"),
        (Flag.TRANSMITTER_VERSION, Version(None, 1, 1), "用户信息传输装置：软件版本 1.1"),
        (Flag.CONFIGURATION, Configuration(System(1, 1), b"abc"), "火灾报警系统1：配置 abc"),
        (
            Flag.PART_CONFIGURATION,
            PartConfiguration(SMOKE, description_of("走廊")),
            "火灾报警系统1 感烟火灾探测器 10区2号（走廊）：配置",
        ),
        (Flag.TRANSMITTER_TIME, Clock(None, NOW), "用户信息传输装置：时钟 2026-03-10 12:00:00"),
        (Flag.TRANSMITTER_TIME, Clock(None, bytes(6)), "时钟无效"),
        (Flag.ASK_TRANSMITTER_STATE, Plain(b"\0"), "00"),
    ],
)
def test_what_is_no_reading_is_told_in_words(flag: Flag, item: Object, words: str) -> None:
    upload = only(Gb26875Session().received(sent(item, flag=flag), moment()), Upload)
    assert [note.content for note in upload.notes] == [words]


def test_what_stands_well_is_said_too() -> None:
    upload = only(Gb26875Session().received(part(1), moment()), Upload)
    assert upload.notes[0].content == "火灾报警系统1 感烟火灾探测器 10区2号（走廊）：无异常，时间 2026-03-10 12:00:00"


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (raw("V1")[:-3] + bytes.fromhex("432323"), "bad_checksum"),
        (raw("V5")[:-1] + b"\0", "no_end"),
        (encode(Packet(Command.SEND, 1, 0x379, 1, b"\x01\x01", NOW)), "bad_value"),
        (encode(Packet(Command.CONTROL, 1, 0x379, 1, b"\x5a\x01" + NOW, NOW)), "unknown_function"),
        (encode(Packet(Command.SEND, 1, 0x379, 1, b"", NOW, version=2)), "bad_version"),
    ],
)
def test_what_cannot_be_taken_is_denied(frame: bytes, reason: str) -> None:
    refused = only(Gb26875Session().received(frame, moment()), Refused)
    assert (refused.reason, packet(refused.answer).command) == (reason, Command.DENY)


def test_rubbish_without_a_start_is_not_answered() -> None:
    session = Gb26875Session()
    session.received(b"garbage", moment())
    assert session.held == 7
    refused = only(session.settled(moment()), Refused)
    assert (refused.reason, refused.answer, session.held) == ("no_start", b"", 0)


ARGUMENTS = {"minutes": 10, "system_kind": 1, "system_number": 1, "part_address": 0x0002000A}


def ordered(code: str, session: Gb26875Session, *, seconds: float = 0.0) -> tuple[str, Packet]:
    session.received(raw("V5"), moment(seconds))
    made = session.order(KEY, code, ARGUMENTS, moment(seconds))
    return made.reference, packet(made.data)


def test_every_order_is_worded() -> None:
    assert {command.code for command in COMMANDS} == set(WORDINGS)
    for code in WORDINGS:
        reference, sent_packet = ordered(code, Gb26875Session())
        unit = decode_unit(sent_packet.data)
        assert (reference, unit.flag, sent_packet.destination) == ("0", WORDINGS[code].flag, 0x379)
        assert sent_packet.command == (Command.CONTROL if WORDINGS[code].controls else Command.ASK)


def test_control_ends_with_its_confirmation_or_denial() -> None:
    for command, state in ((Command.CONFIRM, OrderState.DONE), (Command.DENY, OrderState.FAILED)):
        session = Gb26875Session()
        reference, _ = ordered("set_time", session)
        answer = encode(Packet(command, int(reference), 0x379, 1, time=NOW))
        answered = only(session.received(answer, moment()), Answered)
        assert (answered.reference, answered.state) == (reference, state)
        assert only(session.received(answer, moment()), Seen).device_key == KEY, "a second word changes nothing"


def test_question_ends_with_its_answer_which_is_kept_and_not_confirmed() -> None:
    session = Gb26875Session()
    reference, _ = ordered("query_state", session)
    answer = sent(TransmitterState(8, NOW), flag=Flag.TRANSMITTER_STATE, command=Command.ANSWER, serial=int(reference))
    said = session.received(answer, moment())
    assert only(said, Upload).answer == b""
    assert only(said, Answered).text.startswith("用户信息传输装置：主电故障")
    reference, _ = ordered("query_analogue", session)
    answer = sent(Analogue(SMOKE, 3, 1, NOW), flag=Flag.ANALOGUE, command=Command.ANSWER, serial=int(reference))
    assert only(session.received(answer, moment()), Answered).text == "1项数据"


def test_silence_is_asked_three_times_and_then_fails() -> None:
    session = Gb26875Session()
    reference, first = ordered("set_time", session)
    assert session.tick(moment(9)) == []
    assert packet(only(session.tick(moment(10)), Reply).data) == first
    assert packet(only(session.tick(moment(20)), Reply).data) == first
    failed = only(session.tick(moment(30)), Answered)
    assert (failed.reference, failed.state) == (reference, OrderState.FAILED)
    assert session.tick(moment(40)) == []


def test_duty_check_ends_when_the_officer_presses_the_key() -> None:
    session = Gb26875Session()
    reference, check = ordered("duty_check", session)
    assert decode_unit(check.data).objects == (Plain(b"\x0a"),)
    confirm = encode(Packet(Command.CONFIRM, int(reference), 0x379, 1, time=NOW))
    assert only(session.received(confirm, moment()), Answered).state is OrderState.ACCEPTED
    other = sent(Operation(None, 2, 1, NOW), flag=Flag.TRANSMITTER_OPERATION)
    assert [type(item) for item in session.received(other, moment(30))] == [Upload]
    answered = only(session.received(raw("V6"), moment(60)), Answered)
    assert (answered.reference, answered.state, answered.text) == (reference, OrderState.DONE, "操作员1在岗")


def test_duty_check_that_nobody_answers_is_noted_and_fails() -> None:
    session = Gb26875Session()
    reference, _ = ordered("duty_check", session)
    session.received(encode(Packet(Command.CONFIRM, int(reference), 0x379, 1, time=NOW)), moment())
    assert session.tick(moment(599)) == []
    said = session.tick(moment(600))
    assert only(said, Answered).state is OrderState.FAILED
    assert only(said, Upload).notes[0].content == "查岗超时，值班人员未应答"


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        ("nonsense", {}),
        ("duty_check", {}),
        ("duty_check", {"minutes": 256}),
        ("query_system_state", {"system_kind": 1}),
        ("query_part_state", {"system_kind": 1, "system_number": 1, "part_address": -1}),
    ],
)
def test_order_that_cannot_be_worded_is_invalid(code: str, arguments: dict[str, object]) -> None:
    session = Gb26875Session()
    session.received(raw("V5"), moment())
    with pytest.raises(Invalid):
        session.order(KEY, code, arguments, moment())


def test_line_forgets_its_oldest_transmitter_beyond_measure() -> None:
    session = Gb26875Session()
    for number in range(MOST_TRANSMITTERS + 1):
        session.received(encode(Packet(Command.SEND, 1, number, 0, time=NOW)), moment())
    with pytest.raises(CommandUnknown):
        session.order("000000000000", "set_time", {}, moment())
