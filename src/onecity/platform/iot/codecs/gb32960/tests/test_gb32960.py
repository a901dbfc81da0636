"""GB/T 32960.3 of 2016 and 2025: published packets byte for byte, failing ones for their reason."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.iot.codecs.faults import Fault
from onecity.platform.iot.codecs.gb32960 import (
    Command,
    Edition,
    Found,
    Framer,
    NotEncodable,
    Packet,
    Response,
    encode,
)
from onecity.platform.iot.codecs.gb32960.layouts import ALARMS, ALARMS_2016, LAYOUTS
from onecity.platform.iot.codecs.gb32960.logins import (
    Login,
    Logout,
    PlatformLogin,
    decode_login,
    decode_logout,
    decode_platform_login,
    encode_control,
    encode_login,
    encode_logout,
    encode_parameter,
    encode_platform_login,
    encode_questions,
)
from onecity.platform.iot.codecs.gb32960.packet import instant, time_bytes, vin_bytes
from onecity.platform.iot.codecs.gb32960.reports import Report, decode_report, encode_report, is_signature
from onecity.platform.iot.codecs.gb32960.tests.vectors import TRUNCATED, VECTORS, raw
from onecity.platform.iot.codecs.refusals import BadBody, BadFrame

AT = datetime(2018, 1, 8, 2, 8, 51, tzinfo=UTC)
VIN = b"LJ8E3C1MXGB008909"
HEADS = {
    "V1": (Edition.E2016, Command.LOGIN, "LZYTUGEW5G1059545", 30),
    "V2": (Edition.E2016, Command.REAL_TIME, "170606GB06CZH0045", 16),
    "V3": (Edition.E2016, Command.REAL_TIME, "LJ8E3C1MXGB008909", 277),
    "V4": (Edition.E2016, Command.PLATFORM_LOGIN, "00000000000002111", 41),
    "V5": (Edition.E2016, Command.LOGIN, "123456789", 42),
    "V6": (Edition.E2025, Command.LOGIN, "HAUV4BGN6S5002219", 54),
    "V7": (Edition.E2016, Command.LOGIN, "HAUV4BGN6S5002219", 102),
    "V8": (Edition.E2016, Command.REAL_TIME, "OV20260001", 33),
}
CODE = "0RJPEA00HAU0AAF13100195"
LOGINS = {
    "V1": Login(bytes.fromhex("12061610150F"), 31, "89860616020046379629", (), 0, 1),
    "V5": Login(bytes.fromhex("130116173738"), 1, "12345678998765432100", ("1234", "4567", "9870"), 4, 3),
    "V6": Login(bytes.fromhex("190A1B140202"), 12, "89860924790023166606", (f"{CODE}5",), 24, 1, (1,)),
    "V7": Login(bytes.fromhex("190A1B140202"), 12, "89860924790023166606", (f"{CODE}5", f"{CODE}6", f"{CODE}7"), 24, 3),
}


def read_all(*pieces: bytes) -> list[Packet | BadFrame]:
    framer = Framer()
    found = [item for piece in pieces for item in framer.feed(piece)] + framer.settle()
    assert framer.held == 0
    return [item.packet if isinstance(item, Found) else item for item in found]


def read(data: bytes) -> Packet:
    (packet,) = read_all(data)
    assert isinstance(packet, Packet)
    return packet


def values(report: Report) -> dict[str, float | None]:
    return {value.name: value.number for body in report.bodies for value in body.values if value.name}


def report_of(name: str) -> Report:
    packet = read(raw(name))
    return decode_report(packet.data, edition=packet.edition)


@pytest.mark.parametrize("name", VECTORS)
def test_vector_is_read_and_written_again_byte_for_byte(name: str) -> None:
    packet = read(raw(name))
    assert (packet.edition, packet.command, packet.key, len(packet.data)) == HEADS[name]
    assert (packet.response, packet.encryption) == (Response.COMMAND, 1)
    assert encode(packet) == raw(name)
    if packet.command == Command.REAL_TIME:
        assert encode_report(report_of(name)) == packet.data


@pytest.mark.parametrize("name", LOGINS)
def test_login_of_each_edition_is_the_published_one(name: str) -> None:
    packet = read(raw(name))
    login = decode_login(packet.data, edition=packet.edition)
    assert login == LOGINS[name]
    assert encode_login(login, edition=packet.edition) == packet.data


def test_v4_is_a_platforms_login_in_chinese() -> None:
    data = read(raw("V4")).data
    login = decode_platform_login(data)
    assert (login.user, login.password[:8], login.serial) == ("威海广泰空港", "威海广泰空港车联", 1)
    assert instant(login.time) == datetime(2020, 7, 20, 11, 38, 34, tzinfo=UTC)
    assert encode_platform_login(login) == data


def test_v2_is_a_position() -> None:
    report = report_of("V2")
    assert instant(report.time) == datetime(2017, 7, 21, 9, 31, 39, tzinfo=UTC)
    assert values(report) == {"position_state": 0, "longitude": 110.87568, "latitude": 32.586856}


def test_v3_is_a_full_report() -> None:
    report = report_of("V3")
    told = values(report)
    expected: dict[str, float | None] = {
        "vehicle_state": 1, "charge_state": 3, "drive_mode": 1, "speed": 11.0, "mileage": 1529.6, "voltage": 328.0,
        "current": 0.5, "soc": 58, "dcdc_state": 1, "gear": 0x1E, "insulation": 832, "accelerator": 0, "brake": 18,
        "motor_1_state": None, "motor_1_controller_temperature": 16, "motor_1_speed": 692, "motor_1_torque": -2000.0,
        "motor_1_temperature": 14, "motor_1_voltage": 0.0, "motor_1_current": -1.0,
        "longitude": 121.39068, "latitude": 28.404538,
        "highest_cell_voltage_place": 49, "highest_cell_voltage": 3745,
        "lowest_cell_voltage_place": 36, "lowest_cell_voltage": 3721,
        "alarm_level": 0, "alarm_flags": 0, "pack_1_cells": 88, "pack_1_cell_1_voltage": 3733,
        "pack_1_probe_8_temperature": -40,
    }  # fmt: skip
    assert {name: told[name] for name in expected} == expected
    assert instant(report.time) == AT
    assert [body.kind for body in report.bodies] == [1, 2, 5, 6, 7, 8, 9]
    cells = [value for name, value in told.items() if name.startswith("pack_1_cell_")]
    assert (len(cells), max(v for v in cells if v), min(v for v in cells if v)) == (88, 3745, 3721)
    assert (told["pack_1_cell_49_voltage"], told["pack_1_cell_36_voltage"]) == (3745, 3721)


def test_v8_has_cells_and_probes_only() -> None:
    told = values(report_of("V8"))
    assert [told[f"pack_1_cell_{place}_voltage"] for place in range(1, 5)] == [3276, 3280, 3265, 3271]
    assert (told["pack_1_probe_1_temperature"], told["pack_1_probe_2_temperature"]) == (31, 35)
    assert (told["pack_1_voltage"], told["pack_1_current"]) == (60.2, -5.1)


def test_motor_says_itself_which_it_is_and_cells_where_they_begin() -> None:
    motor = bytes.fromhex("0201 07 01 3C 4E20 4E20 3C 0000 2710")
    told = values(decode_report(bytes(6) + motor, edition=Edition.E2016))
    assert (told["motor_7_speed"], told["motor_7_torque"], told["motor_7_current"]) == (0, 0.0, 0.0)
    cells = bytes.fromhex("0801 01 0CD0 2715 00C8 00C9 02 0E95 0E97")
    told = values(decode_report(bytes(6) + cells, edition=Edition.E2016))
    assert (told["pack_1_cell_201_voltage"], told["pack_1_cell_202_voltage"]) == (3733, 3735)


def test_abnormal_and_invalid_are_no_numbers() -> None:
    body = bytes.fromhex("01 FE FF 01 FFFE FFFFFFFF 0CD0 FFFF 3A 01 FE FFFE 00 65")
    (vehicle,) = decode_report(bytes(6) + body, edition=Edition.E2016).bodies
    flaws = {value.name: value.flaw for value in vehicle.values if value.flaw}
    assert flaws == {
        "vehicle_state": "abnormal", "charge_state": "invalid", "speed": "abnormal", "mileage": "invalid",
        "current": "invalid", "insulation": "abnormal",
    }  # fmt: skip
    assert [value.raw for value in vehicle.values if value.name == "gear"] == [0xFE], "a bit field keeps all its values"


def test_bodies_of_2025_have_other_numbers_and_offsets() -> None:
    vehicle = bytes.fromhex("01 01 03 01 006E 00003BC0 0CD0 7535 3A 01 1E 0340")
    motor = bytes.fromhex("02 01 01 01 3C 7D00 00030D40 3C")
    position = bytes.fromhex("05 00 02 073C4658 01B16B3A")
    alarm = bytes.fromhex("06 04 00800000 00 00 00 00 01 17 04")
    volts = bytes.fromhex("07 01 01 0CD0 7535 0002 0E95 0E97")
    data = bytes(6) + vehicle + bytes.fromhex("04 03E8") + motor + position + alarm + volts
    report = decode_report(data, edition=Edition.E2025)
    told = values(report)
    assert (told["current"], told["motor_1_speed"], told["motor_1_torque"], told["datum"]) == (0.5, 0, 0.0, 2)
    assert (told["alarm_level"], told["alarm_flags"], told["alarm_grade_1_level"]) == (4, 1 << 23, 4)
    assert (told["crank_speed"], told["pack_1_cell_2_voltage"]) == (1000, 3735)
    assert encode_report(report) == data


def test_fuel_cell_and_engine_of_2016() -> None:
    cell = bytes.fromhex("03 0BB8 03E8 0064 0002 3C 3D 02EE 01 0005 02 0159 03 01")
    engine = bytes.fromhex("04 01 0BB8 00C8")
    told = values(decode_report(bytes(6) + cell + engine, edition=Edition.E2016))
    assert (told["fuel_cell_voltage"], told["hydrogen_consumption"], told["fuel_cell_probe_2_temperature"]) == (
        300,
        1,
        21,
    )
    assert (told["hydrogen_temperature"], told["hydrogen_pressure"], told["crank_speed"]) == (35, 34.5, 3000)


def test_makers_own_bodies_are_kept_and_unknown_ones_end_the_report() -> None:
    data = bytes(6) + bytes.fromhex("80 0003 AABBCC 05 00 073C4658 01B16B3A 2F 010203")
    report = decode_report(data, edition=Edition.E2016)
    assert [(body.kind, body.custom.hex()) for body in report.bodies] == [(0x80, "aabbcc"), (5, "")]
    assert (report.rest.hex(), is_signature(report)) == ("2f010203", False)
    assert encode_report(report) == data
    assert is_signature(decode_report(bytes(6) + b"\xff\x01\x02", edition=Edition.E2025))


@pytest.mark.parametrize("data", ["", "0000000000", "00000000000001", "00000000000008010100", "000000000000800005AA"])
def test_report_that_ends_early_is_refused(data: str) -> None:
    with pytest.raises(BadBody):
        decode_report(bytes.fromhex(data), edition=Edition.E2016)


@pytest.mark.parametrize("size", [0, 28, 31])
def test_login_of_another_length_is_refused(size: int) -> None:
    for edition in Edition:
        with pytest.raises(BadBody):
            decode_login(bytes(size), edition=edition)
    with pytest.raises(BadBody):
        decode_platform_login(bytes(40))
    for length in (7, 9):
        with pytest.raises(BadBody):
            decode_logout(bytes(length))


def test_logout_names_its_login() -> None:
    logout = Logout(time_bytes(AT), 31)
    assert decode_logout(encode_logout(logout)) == logout


def test_answer_repeats_the_time_and_drops_the_rest() -> None:
    packet = read(raw("V1"))
    answer = encode(packet.answered(Response.OK, data=packet.data[:6]))
    assert answer[:4] == bytes.fromhex("23230101")
    assert (len(answer), answer[22:24], answer[24:30]) == (31, b"\0\x06", packet.data[:6])


@pytest.mark.parametrize("name", VECTORS)
def test_stream_may_be_cut_anywhere_and_hold_rubbish(name: str) -> None:
    data, packet = raw(name), read(raw(name))
    assert read_all(*(bytes([byte]) for byte in data)) == [packet]
    assert read_all(data + data[:9], data[9:]) == [packet, packet]
    rubbish, *rest = read_all(b"\x00##$$#" + data)
    assert isinstance(rubbish, BadFrame)
    assert (rubbish.raw, rest) == (b"\x00##$$#", [packet])


def test_n1_is_truncated() -> None:
    (bad,) = read_all(bytes.fromhex(TRUNCATED))
    assert isinstance(bad, BadFrame)
    assert (bad.fault, bad.raw) == (Fault.TRUNCATED, bytes.fromhex(TRUNCATED))


def test_wrong_check_is_refused_and_the_next_packet_found() -> None:
    wrong = raw("V1")[:-1] + b"\x00"
    bad, packet = read_all(wrong + raw("V2"))
    assert isinstance(bad, BadFrame)
    assert (bad.raw, bad.fault, packet) == (wrong, Fault.BAD_CHECKSUM, read(raw("V2")))


def test_absurd_length_is_not_waited_for() -> None:
    head = raw("V1")[:22] + b"\x20\x01"
    bad, found = Framer().feed(head + raw("V2"))
    assert bad == BadFrame(head, Fault.TOO_LONG)
    assert isinstance(found, Found)
    assert found.packet == read(raw("V2"))


def test_flood_of_rubbish_is_told_in_pieces() -> None:
    framer = Framer()
    found = [item for _ in range(5) for item in framer.feed(b"#" * 1000)]
    assert {len(item.raw) for item in found} == {1024}
    assert framer.held == 5000 - 4096


def test_packet_that_its_form_cannot_carry_is_not_encoded() -> None:
    with pytest.raises(NotEncodable):
        encode(Packet(Edition.E2016, 2, 1, VIN, bytes(65_532)))
    with pytest.raises(NotEncodable):
        encode(Packet(Edition.E2016, 2, 1, b"short"))
    assert vin_bytes("123456789") == read(raw("V5")).vin
    for vin in ("x" * 18, "京"):
        with pytest.raises(NotEncodable):
            vin_bytes(vin)
    with pytest.raises(NotEncodable):
        encode_platform_login(PlatformLogin(time_bytes(AT), 1, "x" * 13, ""))


def test_orders_to_a_terminal() -> None:
    time = time_bytes(AT).hex()
    assert encode_questions([2, 9], at=AT).hex() == time + "020209"
    assert encode_parameter("report_interval", 10, at=AT, edition=Edition.E2016).hex() == time + "0102000a"
    assert encode_parameter("report_interval", 10, at=AT, edition=Edition.E2025).hex() == time + "01020a"
    assert encode_control("reset", at=AT).hex() == time + "03"
    with pytest.raises(NotEncodable):
        encode_parameter("heartbeat_interval", 256, at=AT, edition=Edition.E2016)


def test_times_that_are_none_are_not_guessed() -> None:
    assert instant(bytes(6)) is None
    assert instant(bytes(5)) is None
    assert instant(time_bytes(AT)) == AT


def test_every_alarm_has_its_bit() -> None:
    assert (len(ALARMS), ALARMS.index("overcharge")) == (28, 18)
    assert ALARMS_2016 == 19


packets = st.builds(
    Packet,
    st.sampled_from(Edition),
    st.sampled_from([*Command, 0xC0, 0xFE]),
    st.sampled_from(Response),
    st.from_regex(rb"[A-HJ-NPR-Z0-9]{17}", fullmatch=True),
    st.binary(max_size=300),
    st.sampled_from([1, 2, 3, 4, 5, 0xFE, 0xFF]),
)


@given(packets)
def test_what_is_encoded_is_read_again(packet: Packet) -> None:
    assert read(encode(packet)) == packet


@given(st.binary(max_size=150), st.sampled_from(Edition), st.sampled_from(sorted(LAYOUTS[Edition.E2016])))
def test_any_report_is_read_or_refused(data: bytes, edition: Edition, kind: int) -> None:
    for body in (data, bytes(6) + bytes([kind]) + data):
        try:
            report = decode_report(body, edition=edition)
        except BadBody:
            continue
        assert encode_report(report) == body


@given(st.lists(st.binary(max_size=60) | st.just(b"##") | st.sampled_from([raw("V1"), raw("V2")[:30]]), max_size=8))
def test_any_bytes_are_either_read_or_kept(pieces: list[bytes]) -> None:
    framer = Framer()
    found = [item for piece in pieces for item in framer.feed(piece)] + framer.settle()
    assert b"".join(item.raw for item in found) == b"".join(pieces)
