"""Lines of electric vehicles, without sockets: what each packet is taken for, and what is answered."""

from dataclasses import replace

import pytest

from onecity.kernel.errors import Invalid
from onecity.platform.iot.codecs.gb32960 import Command, Edition, Packet, Response, encode
from onecity.platform.iot.codecs.gb32960 import decode as decode_packet
from onecity.platform.iot.codecs.gb32960.logins import CONTROLS, PARAMETERS
from onecity.platform.iot.codecs.gb32960.packet import time_bytes, vin_bytes
from onecity.platform.iot.codecs.gb32960.tests.vectors import TRUNCATED, raw
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
from onecity.platform.iot.gateways.field.gb32960.orders import COMMANDS
from onecity.platform.iot.gateways.field.gb32960.session import Gb32960Session
from onecity.platform.iot.tests.field.lines import NOON, moment, only, values

VIN = "LDEMO0000BUS00001"
NOW = time_bytes(NOON)
PLACE = bytes.fromhex("073C465801B16B3A")


def packet(
    command: int, data: bytes = b"", *, edition: Edition = Edition.E2016, response: int = 0xFE, encryption: int = 1
) -> bytes:
    return encode(Packet(edition, command, response, vin_bytes(VIN), data, encryption))


def upload(data: bytes, *, session: Gb32960Session | None = None, seconds: float = 0.0) -> Upload:
    return only((session or Gb32960Session()).received(data, moment(seconds)), Upload)


def answer(data: bytes) -> tuple[int, int, bytes]:
    found = decode_packet(data)
    assert isinstance(found, Packet)
    return found.command, found.response, found.data


def alarm(flags: int, *, edition: Edition = Edition.E2016, command: int = Command.REAL_TIME) -> bytes:
    kind, tail = (7, 4) if edition is Edition.E2016 else (6, 5)
    return packet(command, NOW + bytes([kind, 1]) + flags.to_bytes(4, "big") + bytes(tail), edition=edition)


def position(state: int = 0, *, datum: int | None = None, place: bytes = PLACE) -> dict[str, float | None]:
    edition = Edition.E2016 if datum is None else Edition.E2025
    body = b"\x05" + bytes([state]) + (b"" if datum is None else bytes([datum])) + place
    found = upload(packet(Command.REAL_TIME, NOW + body, edition=edition))
    told = values(found.readings)
    assert (found.position is None) == (told["longitude"] is None)
    return told


def test_login_is_kept_and_answered_with_its_time_alone() -> None:
    found = upload(raw("V5"))
    assert answer(found.answer) == (1, Response.OK, bytes.fromhex("130116173738"))
    assert answer(found.denial("unknown_device"))[1] == Response.ERROR
    assert found.notes[0].content == "登入流水号 1，ICCID 12345678998765432100，储能系统编码 1234、4567、9870"
    assert answer(upload(raw("V6")).denial("unknown_device"))[1] == Response.VIN_UNKNOWN
    assert answer(upload(raw("V6")).denial("retired_device"))[1] == Response.ERROR


def test_full_report_becomes_readings_and_a_place_and_is_not_answered() -> None:
    found = upload(raw("V3"))
    told = values(found.readings)
    assert (found.answer, answer(found.denial(""))[1]) == (b"", Response.ERROR)
    assert (told["soc"], told["current"], told["longitude"], told["motor_1_speed"]) == (58, 0.5, 121.39068, 692)
    assert found.position is not None
    assert (found.position.longitude, found.position.speed_kmh) == (121.39068, 11.0)
    quality = {reading.name: reading.quality for reading in found.readings}
    assert (quality["motor_1_state"], quality["soc"]) == ("X", "N")
    assert len([name for name in told if name.startswith("alarm_")]) == 2 + 19


def test_abnormal_value_makes_the_instrument_faulty() -> None:
    body = bytes.fromhex("04 FE 0BB8 00C8")
    found = upload(packet(Command.REAL_TIME, NOW + body))
    assert {reading.name: (reading.value, reading.quality) for reading in found.readings}["engine_state"] == (None, "D")


def test_reissued_report_moves_nothing_and_notes_nothing() -> None:
    found = upload(packet(Command.REISSUE, NOW + b"\x05\x00" + PLACE))
    assert (found.position, values(found.readings)["latitude"]) == (None, 28.404538)
    found = upload(alarm(1, command=Command.REISSUE))
    assert (list(found.notes), values(found.readings)["alarm_temperature_difference"]) == ([], 1)


def test_alarm_is_noted_when_it_begins_and_told_on_when_it_ends() -> None:
    session = Gb32960Session()
    first = upload(alarm(1 << 11), session=session)
    assert [note.content for note in first.notes] == ["绝缘报警，时间 2026-03-10 12:00:00"]
    assert len(values(first.readings)) == 2 + 19
    again = upload(alarm(1 << 11), session=session, seconds=10)
    assert (list(again.notes), values(again.readings)["alarm_insulation"]) == ([], 1)
    assert values(upload(alarm(0), session=session, seconds=20).readings) == {
        "alarm_level": 1, "alarm_flags": 0, "alarm_insulation": 0,
    }  # fmt: skip


def test_alarms_of_2025_are_told_in_its_edition_only() -> None:
    assert values(upload(alarm(1 << 23, edition=Edition.E2025)).readings)["alarm_thermal_event"] == 1
    assert "alarm_thermal_event" not in values(upload(alarm(1 << 23)).readings)


@pytest.mark.parametrize(
    ("state", "datum", "expected"),
    [
        (0, None, (121.39068, 28.404538)),
        (2, None, (121.39068, -28.404538)),
        (4, None, (-121.39068, 28.404538)),
        (1, None, (None, None)),
        (0, 1, (121.39068, 28.404538)),
        (0, 3, (None, None)),
    ],
)
def test_place_is_signed_and_believed_only_with_a_fix(
    state: int, datum: int | None, expected: tuple[float | None, float | None]
) -> None:
    told = position(state, datum=datum)
    assert (told["longitude"], told["latitude"]) == expected


def test_place_in_gcj02_is_turned_into_wgs84() -> None:
    told = position(datum=2)
    assert told["longitude"] == pytest.approx(121.3862, abs=0.001)
    assert told["longitude"] != 121.39068


@pytest.mark.parametrize("place", ["FFFFFFFF01B16B3A", "073C4658FFFFFFFE", "0ABA950101B16B3A", "073C465805FFFFFF"])
def test_place_that_cannot_be_is_none(place: str) -> None:
    assert position(place=bytes.fromhex(place))["longitude"] is None


def test_makers_own_bodies_and_unknown_ones_are_noted() -> None:
    found = upload(packet(Command.REAL_TIME, NOW + bytes.fromhex("80 0002 AABB 2F 0102")))
    assert [(note.kind, note.content) for note in found.notes] == [("80", "aabb"), ("2F", "2f0102")]
    found = upload(packet(Command.REAL_TIME, NOW + b"\xff\x01\x02", edition=Edition.E2025))
    assert list(found.notes) == []
    assert upload(packet(0xC5, b"\x01")).notes[0].content == "01"


def test_logout_and_heartbeat_and_time() -> None:
    found = upload(packet(Command.LOGOUT, NOW + b"\0\x1f"))
    assert (found.notes[0].content, answer(found.answer)[2]) == ("车辆登出，登入流水号 31", NOW)
    said = Gb32960Session().received(packet(Command.HEARTBEAT), moment())
    assert (only(said, Seen).device_key, answer(only(said, Reply).data)) == (VIN, (7, Response.OK, b""))
    said = Gb32960Session().received(packet(Command.CALIBRATE), moment())
    assert answer(only(said, Reply).data) == (8, Response.OK, NOW)


def test_platform_is_let_in_by_user_and_password() -> None:
    hello = only(Gb32960Session().received(raw("V4"), moment()), Hello)
    assert (hello.device_key, (hello.credential or "")[:8]) == ("威海广泰空港", "威海广泰空港车联")
    assert answer(only(hello.welcomed(Welcome("")), Reply).data)[1] == Response.OK
    assert answer(only(hello.welcomed(Welcome("wrong_password")), Reply).data)[1] == Response.ERROR
    out = only(Gb32960Session().received(packet(Command.PLATFORM_LOGOUT, NOW + b"\0\x01"), moment()), Reply)
    assert answer(out.data) == (6, Response.OK, NOW)


@pytest.mark.parametrize(
    ("frame", "reason", "told"),
    [
        (packet(Command.REAL_TIME, b"x", encryption=3), "encrypted", Response.ERROR),
        (packet(Command.REAL_TIME, b"x", encryption=4, edition=Edition.E2025), "encrypted", Response.BAD_DECRYPTION),
        (packet(Command.REAL_TIME, NOW + b"\x01"), "bad_value", Response.ERROR),
        (packet(Command.LOGIN, b"", edition=Edition.E2025), "bad_value", Response.BAD_STRUCTURE),
        (packet(Command.ACTIVATE, NOW, edition=Edition.E2025), "unknown_function", Response.ERROR),
    ],
)
def test_what_cannot_be_taken_is_refused_and_said(frame: bytes, reason: str, told: Response) -> None:
    refused = only(Gb32960Session().received(frame, moment()), Refused)
    assert (refused.reason, answer(refused.answer)[1], refused.device_key) == (reason, told, VIN)


def test_report_without_a_time_is_refused_in_silence() -> None:
    refused = only(Gb32960Session().received(packet(Command.REAL_TIME, bytes(6)), moment()), Refused)
    assert (refused.reason, refused.answer) == ("bad_time", b"")


def test_broken_bytes_are_kept_with_their_reason() -> None:
    session = Gb32960Session()
    refused = only(session.received(raw("V1")[:-1] + b"\0" + raw("V2"), moment())[:1], Refused)
    assert refused.reason == "bad_checksum"
    session.received(bytes.fromhex(TRUNCATED), moment())
    assert session.held == 26
    assert only(session.settled(moment()), Refused).reason == "truncated"


def test_packet_behind_a_head_that_misled_is_found_when_the_line_ends() -> None:
    session = Gb32960Session()
    assert session.received(raw("V1")[:22] + b"\x10\x00" + raw("V2"), moment()) == []
    said = session.settled(moment())
    assert only(said, Refused).reason == "truncated"
    assert only(said, Upload).device_key == "170606GB06CZH0045"


@pytest.mark.parametrize("edition", Edition)
def test_every_order_is_worded_and_ended_by_the_vehicles_word(edition: Edition) -> None:
    codes = {"query_parameters", *CONTROLS, *(f"set_{code}" for code in PARAMETERS)}
    assert {command.code for command in COMMANDS} <= codes
    session = Gb32960Session()
    session.received(packet(Command.REAL_TIME, NOW, edition=edition), moment())
    for code in sorted(codes):
        made = session.order(VIN, code, {"value": 30}, moment())
        asked = decode_packet(made.data)
        assert isinstance(asked, Packet)
        assert (asked.edition, asked.key, asked.data[:6]) == (edition, VIN, NOW)
        back = encode(replace(asked, response=Response.OK, data=NOW + b"\x01\x09\x3c"))
        said = session.received(back, moment())
        word = next(item for item in said if isinstance(item, Answered))
        assert (word.reference, word.state) == (made.reference, OrderState.DONE)
        assert (len(said) == 2) == (code == "query_parameters")
        assert only(session.received(back, moment()), Seen).device_key == VIN, "a second word changes nothing"


def test_refused_order_fails() -> None:
    session = Gb32960Session()
    session.received(packet(Command.REAL_TIME, NOW), moment())
    made = session.order(VIN, "reset", {}, moment())
    asked = decode_packet(made.data)
    assert isinstance(asked, Packet)
    word = only(session.received(encode(replace(asked, response=Response.ERROR)), moment()), Answered)
    assert (word.state, word.text) == (OrderState.FAILED, "应答标志2")


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        ("nonsense", {}),
        ("set_report_interval", {}),
        ("set_report_interval", {"value": -1}),
        ("set_heartbeat_interval", {"value": 256}),
    ],
)
def test_order_that_cannot_be_worded_is_invalid(code: str, arguments: dict[str, object]) -> None:
    session = Gb32960Session()
    session.received(packet(Command.REAL_TIME, NOW), moment())
    with pytest.raises(Invalid):
        session.order(VIN, code, arguments, moment())
    with pytest.raises(CommandUnknown):
        session.order("OTHER", "reset", {}, moment())
