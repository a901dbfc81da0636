"""Lines of vehicle terminals, without sockets: what each message is taken for, and what is answered."""

from dataclasses import replace

import pytest

from onecity.kernel.errors import Invalid
from onecity.platform.iot.codecs.jt808 import Packet, decode, encode, ids, split
from onecity.platform.iot.codecs.jt808.location import Location, encode_location
from onecity.platform.iot.codecs.jt808.tests.reading import read
from onecity.platform.iot.codecs.jt808.tests.vectors import raw
from onecity.platform.iot.gateways.field.contract import (
    Answered,
    CommandUnknown,
    Hello,
    OrderState,
    Refused,
    Reply,
    Seen,
    Upload,
    Welcome,
)
from onecity.platform.iot.gateways.field.jt808 import PROTOCOL
from onecity.platform.iot.gateways.field.jt808.orders import COMMANDS, WORDINGS
from onecity.platform.iot.gateways.field.jt808.session import MOST_TERMINALS, Jt808Session
from onecity.platform.iot.tests.field.lines import moment, only, values

V1 = Packet(ids.LOCATION, "123456789012", 126)


def line() -> Jt808Session:
    return Jt808Session(lambda: "code")


def body_of(data: bytes) -> tuple[int, bytes]:
    packet = decode(data[1:-1])
    assert isinstance(packet, Packet)
    return packet.id, packet.body


def located(**fields: int) -> bytes:
    at = bytes.fromhex("260310120000")
    status = fields.get("status", 2)
    return encode_location(Location(fields.get("alarms", 0), status, 43_900_000, 125_300_000, 0, 0, 0, at))


def test_registration_issues_a_code_and_asks_for_none() -> None:
    upload = only(line().received(raw("V3"), moment()), Upload)
    assert (upload.device_key, upload.issue, upload.credential) == ("123456789", "code", None)
    assert body_of(upload.answer) == (0x8100, bytes.fromhex("000A00") + b"code")
    assert body_of(upload.denial("already_registered")) == (0x8100, bytes.fromhex("000A03"))
    assert body_of(upload.denial("unknown_device")) == (0x8100, bytes.fromhex("000A04"))


def test_code_of_the_login_goes_with_every_later_message() -> None:
    session = line()
    hello = only(session.received(raw("V7"), moment()), Hello)
    assert (hello.device_key, hello.credential) == ("13511221122", "authentication")
    beat = only(session.received(encode(Packet(ids.HEARTBEAT, "013511221122", 7)), moment()), Seen)
    assert beat.credential == "authentication"
    session.received(encode(Packet(ids.LOGOUT, "013511221122", 8)), moment())
    assert only(session.received(encode(Packet(ids.HEARTBEAT, "013511221122", 9)), moment()), Seen).credential is None


def test_login_is_answered_as_it_was_judged() -> None:
    hello = only(line().received(raw("V7"), moment()), Hello)
    assert body_of(only(hello.welcomed(Welcome("")), Reply).data) == (0x8001, bytes.fromhex("0006010200"))
    assert body_of(only(hello.welcomed(Welcome("wrong_password")), Reply).data)[1][4] == 1


def test_login_of_2019_tells_what_the_terminal_is() -> None:
    hello = only(line().received(raw("V8"), moment()), Hello)
    upload = only(hello.welcomed(Welcome("")), Upload)
    assert upload.notes[0].content == "IMEI 123456789012345，软件版本 3.7.15"


def test_location_is_answered_with_its_serial_and_refused_as_failed() -> None:
    upload = only(line().received(raw("V1"), moment()), Upload)
    assert body_of(upload.answer) == (0x8001, bytes.fromhex("007E020000"))
    assert body_of(upload.denial("wrong_password")) == (0x8001, bytes.fromhex("007E020001"))
    assert upload.position is not None
    assert (upload.position.longitude, upload.position.speed_kmh, upload.position.direction_deg) == (132.444444, 6.0, 0)
    assert [note.content for note in upload.notes] == ["紧急报警，时间 2018-10-15 10:10:10，位置 132.444444,12.222222"]


def test_first_report_tells_all_alarms_and_later_ones_those_that_stood() -> None:
    session = line()

    def told(seconds: float, alarms: int) -> dict[str, float | None]:
        frame = encode(replace(V1, body=located(alarms=alarms)))
        upload = only(session.received(frame, moment(seconds)), Upload)
        return {name: value for name, value in values(upload.readings).items() if name.startswith("alarm_")}

    assert len(told(0, 0)) == 29
    assert told(10, 0) == {}
    assert told(20, 2) == {"alarm_overspeed": 1}
    assert told(30, 0) == {"alarm_overspeed": 0}
    assert told(40, 0) == {"alarm_overspeed": 0}, "told on, lest a lost report take the all-clear with it"
    assert len(told(600, 0)) == 29


def test_alarm_is_noted_when_it_begins_and_not_while_it_stands() -> None:
    session = line()
    frame = encode(replace(V1, body=located(alarms=3)))
    assert len(only(session.received(frame, moment()), Upload).notes) == 1
    assert only(session.received(frame, moment(10)), Upload).notes == ()


def test_batch_carries_no_position_and_changes_no_standing_alarm() -> None:
    session = line()
    upload = only(session.received(raw("V10"), moment()), Upload)
    assert (upload.position, upload.notes) == (None, ())
    alarms = [(item.name, item.value) for item in upload.readings if item.name.startswith("alarm_")]
    assert alarms == [("alarm_sos", 1), ("alarm_sos", 0), ("alarm_overspeed", 1)]


def test_batch_with_a_report_without_time_is_refused() -> None:
    timeless = located()[:22] + bytes(6)
    body = bytes.fromhex("000101") + len(timeless).to_bytes(2, "big") + timeless
    refused = only(line().received(encode(replace(V1, id=ids.BATCH, body=body)), moment()), Refused)
    assert (refused.reason, body_of(refused.answer)[1][4]) == ("bad_time", 0)


def test_encrypted_message_is_refused_and_answered_as_failed() -> None:
    refused = only(line().received(encode(replace(V1, body=b"x", encryption=1)), moment()), Refused)
    assert (refused.reason, body_of(refused.answer)[1][4]) == ("encrypted", 1)


@pytest.mark.parametrize("number", [0x0108, 0x0702, 0x0705, 0x0800, 0x0900])
def test_what_is_no_reading_is_kept_as_a_note(number: int) -> None:
    upload = only(line().received(encode(replace(V1, id=number, body=b"\x01\xff")), moment()), Upload)
    assert [(note.kind, note.content) for note in upload.notes] == [(f"{number:04X}", "01ff")]


def test_parts_are_kept_together_and_lost_ones_asked_for() -> None:
    session = line()
    parts = [encode(part) for part in split(replace(V1, id=0x0900, body=bytes(2000)))]
    assert only(session.received(parts[1], moment()), Seen).raw == parts[1]
    assert session.tick(moment(9)) == []
    asked = only(session.tick(moment(10)), Reply)
    assert body_of(asked.data) == (0x8003, bytes.fromhex("007E010001"))
    upload = only(session.received(parts[0], moment(11)), Upload)
    assert upload.raw == b"".join(parts)
    assert session.tick(moment(100)) == []


def test_parts_that_never_come_are_given_up_with_what_came() -> None:
    session = line()
    first = encode(split(replace(V1, id=0x0900, body=bytes(2000)))[0])
    session.received(first, moment())
    refused = only([item for item in session.tick(moment(61)) if isinstance(item, Refused)], Refused)
    assert (refused.reason, refused.raw, refused.device_key) == ("parts_missing", first, "123456789012")
    session.received(first, moment(62))
    session.received(raw("V1")[:9], moment(62))
    assert session.held == 8
    assert [item.reason for item in session.settled(moment(63)) if isinstance(item, Refused)] == [
        "truncated",
        "parts_missing",
    ]


def test_absurdly_many_parts_are_refused_at_once() -> None:
    frame = encode(replace(V1, id=0x0801, body=b"x", parts=60_000, part=1))
    assert only(line().received(frame, moment()), Refused).reason == "too_many_parts"


def test_line_forgets_its_oldest_terminal_beyond_measure() -> None:
    session = line()
    for number in range(MOST_TERMINALS + 1):
        session.received(encode(Packet(ids.HEARTBEAT, f"{number + 1:012d}", 1)), moment())
    with pytest.raises(CommandUnknown):
        session.order("1", "reset", {}, moment())
    assert session.order(str(MOST_TERMINALS + 1), "reset", {}, moment()).data


def test_every_order_is_worded_and_answered() -> None:
    assert {command.code for command in COMMANDS} == set(WORDINGS)
    assert PROTOCOL.commands == COMMANDS
    session = line()
    session.received(encode(Packet(ids.HEARTBEAT, V1.phone, 1)), moment())
    arguments = {"seconds": 30, "speed_kmh": 80, "text": "前方拥堵", "parameter": 0x0083, "value": "粤A12345"}
    for code in WORDINGS:
        ordered = session.order(V1.key, code, arguments, moment())
        packet = read(ordered.data)
        assert ordered.reference == f"{packet.id:04X}-{packet.serial}"
        word = packet.serial.to_bytes(2, "big") + packet.id.to_bytes(2, "big") + b"\0"
        answered = only(session.received(encode(replace(V1, id=1, body=word)), moment()), Answered)
        asks = packet.id in {0x8201, 0x8104, 0x8107}
        assert (answered.reference, answered.state) == (
            ordered.reference,
            OrderState.ACCEPTED if asks else OrderState.DONE,
        )


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        ("nonsense", {}),
        ("set_report_interval", {}),
        ("set_report_interval", {"seconds": True}),
        ("set_report_interval", {"seconds": -1}),
        ("send_text", {"text": ""}),
        ("send_text", {"text": "😀"}),
        ("set_parameter", {"parameter": 0x0083, "value": None}),
        ("set_parameter", {"parameter": 0xFFFF, "value": 1}),
        ("track", {"seconds": 70_000}),
    ],
)
def test_order_that_cannot_be_worded_is_invalid(code: str, arguments: dict[str, object]) -> None:
    session = line()
    session.received(encode(Packet(ids.HEARTBEAT, V1.phone, 1)), moment())
    with pytest.raises(Invalid):
        session.order(V1.key, code, arguments, moment())


def test_answers_with_content_end_their_questions() -> None:
    session = line()
    session.received(encode(Packet(ids.HEARTBEAT, V1.phone, 1)), moment())

    def ask(code: str, number: int, body: bytes) -> Answered:
        ordered = session.order(V1.key, code, {}, moment())
        serial = read(ordered.data).serial.to_bytes(2, "big")
        told = b"" if number == ids.ATTRIBUTES else serial
        answered = only(session.received(encode(replace(V1, id=number, body=told + body)), moment()), Answered)
        assert answered.reference == ordered.reference
        return answered

    assert ask("query_position", ids.LOCATION_ANSWER, located()).text == "成功"
    parameters = bytes.fromhex("020000000104" + "0000000A" + "0000F00102" + "0102")
    assert ask("query_parameters", ids.PARAMETERS, parameters).text == "2项参数"
    attributes = bytes(2) + b"OC   " + bytes(20) + bytes(7) + bytes(10) + b"\x02H1\x02F1\x02\x20"
    assert ask("query_attributes", ids.ATTRIBUTES, attributes).text == "F1"
    unasked = session.received(encode(replace(V1, id=ids.ATTRIBUTES, body=attributes)), moment())
    assert [type(item) for item in unasked] == [Upload]


@pytest.mark.parametrize(("result", "text"), [(1, "失败"), (2, "消息有误"), (3, "不支持"), (9, "9")])
def test_terminals_refusal_is_told_in_words(result: int, text: str) -> None:
    frame = encode(replace(V1, id=1, body=bytes([0, 5, 0x81, 0x05, result])))
    answered = only(line().received(frame, moment()), Answered)
    assert (answered.reference, answered.state, answered.text) == ("8105-5", OrderState.FAILED, text)


def test_question_for_the_time_and_heartbeat_are_answered_at_once() -> None:
    said = line().received(encode(replace(V1, id=ids.TIME_QUESTION)), moment())
    assert body_of(only(said, Reply).data) == (0x8004, bytes.fromhex("260310040000"))
    said = line().received(encode(replace(V1, id=ids.HEARTBEAT)), moment())
    assert body_of(only(said, Reply).data) == (0x8001, bytes.fromhex("007E000200"))


def test_report_without_a_fix_or_a_time_moves_nothing() -> None:
    upload = only(line().received(encode(replace(V1, body=located(status=0))), moment()), Upload)
    assert (upload.position, values(upload.readings)["longitude"]) == (None, None)
    timeless = located()[:22] + bytes(6)
    refused = only(line().received(encode(replace(V1, body=timeless)), moment()), Refused)
    assert (refused.reason, body_of(refused.answer)[1][4]) == ("bad_time", 0)


def test_what_cannot_be_taken_is_said_and_kept() -> None:
    unknown = only(line().received(encode(replace(V1, id=0x1234)), moment()), Refused)
    assert (unknown.reason, body_of(unknown.answer)[1][4]) == ("unknown_function", 3)
    short = only(line().received(encode(replace(V1, body=b"x")), moment()), Refused)
    assert (short.reason, body_of(short.answer)[1][4]) == ("bad_value", 2)
    broken = only(line().received(raw("V1")[:-2] + b"\x00\x7e", moment()), Refused)
    assert (broken.reason, broken.answer, broken.device_key) == ("bad_checksum", b"", "")


def test_line_makes_codes_that_cannot_be_guessed() -> None:
    codes = {only(Jt808Session().received(raw("V3"), moment()), Upload).issue for _ in range(3)}
    assert len(codes) == 3
    assert {len(code) for code in codes} == {16}
