"""Registration, authentication, parameters, attributes, answers and orders, against published bodies."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.iot.codecs.jt808 import NotEncodable, downlink
from onecity.platform.iot.codecs.jt808.answers import (
    Answer,
    Registering,
    Result,
    decode_answer,
    encode_answer,
    encode_parts_wanted,
    encode_registering,
    encode_time,
)
from onecity.platform.iot.codecs.jt808.attributes import decode_attributes
from onecity.platform.iot.codecs.jt808.parameters import (
    IDS,
    PARAMETERS,
    Parameter,
    decode_parameters,
    decode_told,
    encode_parameters,
    meaning,
    parameter,
)
from onecity.platform.iot.codecs.jt808.registration import (
    Authentication,
    Edition,
    Registration,
    decode_authentication,
    decode_registration,
    encode_authentication,
    encode_registration,
)
from onecity.platform.iot.codecs.jt808.tests.reading import read
from onecity.platform.iot.codecs.jt808.tests.vectors import raw
from onecity.platform.iot.codecs.refusals import BadBody

REGISTRATIONS = {
    "V3": Registration(Edition.E2013, 40, 50, "1234", "smallchi123", "CHI123", 1, "粤A12345"),
    "V4": Registration(Edition.E2019, 0, 0, "Koike002", "Koike002", "Koike002", 2, "粤A12346"),
    "V5": Registration(Edition.E2011, 44, 303, "70111", "BSJ-M7B ", "0000000", 1, "粤B88888"),
}


@pytest.mark.parametrize("name", REGISTRATIONS)
def test_registration_of_each_edition_is_the_published_one(name: str) -> None:
    packet = read(raw(name))
    found = decode_registration(packet.body, of_2019=packet.version is not None)
    assert found == REGISTRATIONS[name]
    assert encode_registration(found) == packet.body


def test_unit_of_2011_with_a_vin_is_not_taken_for_2013() -> None:
    body = encode_registration(
        Registration(Edition.E2011, 44, 303, "70111", "BSJ-M7B", "0000000", 0, "LJ8E3C1MXGB008909")
    )
    assert len(body) == 42
    assert decode_registration(body, of_2019=False).edition is Edition.E2011


def test_registration_without_a_colour_is_refused() -> None:
    with pytest.raises(BadBody):
        decode_registration(bytes(24), of_2019=False)


def test_texts_that_do_not_fit_are_not_written() -> None:
    with pytest.raises(NotEncodable):
        encode_registration(Registration(Edition.E2013, 1, 1, "123456", "", "", 0, ""))
    with pytest.raises(NotEncodable):
        encode_authentication(Authentication("😀"), of_2019=False)
    with pytest.raises(NotEncodable):
        encode_authentication(Authentication("x" * 256), of_2019=True)


def test_v7_and_v8_are_the_published_authentications() -> None:
    older, newer = read(raw("V7")), read(raw("V8"))
    assert decode_authentication(older.body, of_2019=False) == Authentication("authentication")
    found = decode_authentication(newer.body, of_2019=True)
    assert found == Authentication("pmYGzGukO8K4Z5lpIOTg8dqb3eprYaHBbXSPLtdbyG8=", "123456789012345", "3.7.15")
    assert encode_authentication(found, of_2019=True) == newer.body
    assert encode_authentication(Authentication("authentication"), of_2019=False) == older.body


def test_authentication_of_2019_that_ends_early_is_refused() -> None:
    with pytest.raises(BadBody):
        decode_authentication(b"\x05abc", of_2019=True)


def test_v9_and_v6_are_the_platforms_answers() -> None:
    assert encode_answer(Answer(100, 0x0200, Result.OK)) == read(raw("V9")).body
    assert decode_answer(read(raw("V9")).body) == Answer(100, 0x0200, 0)
    assert encode_registering(100, result=Registering.OK, code="123456") == read(raw("V6")).body
    assert encode_registering(100, result=Registering.NO_TERMINAL, code="123456") == bytes.fromhex("006404")
    with pytest.raises(BadBody):
        decode_answer(bytes(4))


def test_time_answer_is_in_utc() -> None:
    assert encode_time(datetime(2019, 12, 2, 10, 10, 10, tzinfo=UTC)) == bytes.fromhex("191202101010")


def test_lost_parts_are_asked_for_with_a_wider_count_since_2019() -> None:
    assert encode_parts_wanted(8241, numbers=[2, 5], of_2019=False) == bytes.fromhex("20310200020005")
    assert encode_parts_wanted(8241, numbers=[2, 5], of_2019=True) == bytes.fromhex("2031000200020005")
    assert len(encode_parts_wanted(1, numbers=range(1, 301), of_2019=False)) == 2 + 1 + 2 * 255
    with pytest.raises(NotEncodable):
        encode_parts_wanted(1, numbers=[], of_2019=True)


def test_v11_sets_the_heartbeat_interval() -> None:
    body = read(raw("V11")).body
    assert decode_parameters(body) == [Parameter(1, bytes.fromhex("0000000A"))]
    assert encode_parameters([parameter("heartbeat_interval", 10)]) == body


def test_told_parameters_name_the_question() -> None:
    body = bytes.fromhex("00140200000001040000000A000000130D7777772E62616964752E636F6D")
    serial, found = decode_told(body)
    assert (serial, [meaning(item) for item in found]) == (20, [10, "www.baidu.com"])
    assert meaning(Parameter(0xF001, b"\x01\x02")) == "0102"


def test_parameters_may_end_early_but_only_behind_a_whole_one() -> None:
    assert decode_parameters(bytes.fromhex("0900000001040000000F")) == [Parameter(1, bytes.fromhex("0000000F"))]
    for body in ("", "010000", "01000000010400", "0000"):
        with pytest.raises(BadBody):
            decode_parameters(bytes.fromhex(body))


@pytest.mark.parametrize(("code", "value"), [("nonsense", 1), ("plate_colour", 256), ("tcp_port", "abc")])
def test_parameter_that_does_not_fit_is_not_set(code: str, value: int | str) -> None:
    with pytest.raises(NotEncodable):
        parameter(code, value)


def test_every_parameter_can_be_set_and_read_back() -> None:
    for number, known in PARAMETERS.items():
        value = "粤A12345" if known.kind == "text" else 1
        item = parameter(known.code, value)
        assert (item.id, meaning(item)) == (number, value)
    assert len(IDS) == len(PARAMETERS)


def test_more_than_a_count_can_say_is_not_written() -> None:
    with pytest.raises(NotEncodable):
        encode_parameters([Parameter(1, b"")] * 256)
    with pytest.raises(NotEncodable):
        encode_parameters([Parameter(1, bytes(256))])
    with pytest.raises(NotEncodable):
        downlink.encode_ids([1] * 256)


def test_attributes_before_2019() -> None:
    body = bytes.fromhex(
        "000531303630313130343535343535393535313033000000000000346436613133001234567890123456789007616263646566"
        "670a706f69757974726577710709"
    )
    found = decode_attributes(body, of_2019=False)
    told = (found.manufacturer, found.model, found.terminal_id, found.iccid, found.hardware, found.firmware)
    assert told == ("10601", "10455455955103", "4d6a13", "12345678901234567890", "abcdefg", "poiuytrewq")
    assert (found.kind, found.gnss, found.radio) == (5, 7, 9)


@pytest.mark.parametrize("size", [5, 11])
def test_attributes_of_2019_are_read_with_either_size_of_manufacturer(size: int) -> None:
    body = b"\x00\xff" + b"88888".ljust(size, b"\0") + b"CK100C".ljust(30, b"\0") + b"1000493".ljust(30, b"\0")
    body += bytes(10) + b"\x02H1\x02F1\x02\x20"
    found = decode_attributes(body, of_2019=True)
    assert (found.manufacturer, found.model, found.terminal_id, found.firmware) == ("88888", "CK100C", "1000493", "F1")
    with pytest.raises(BadBody):
        decode_attributes(body + b"\0", of_2019=True)


def test_v12_is_the_same_text_in_two_editions() -> None:
    assert downlink.encode_text("smallchi 518", flag=5, of_2019=False) == read(raw("V12a")).body
    assert downlink.encode_text("smallchi 518", flag=5, kind=1, of_2019=True) == read(raw("V12b")).body
    with pytest.raises(NotEncodable):
        downlink.encode_text("字" * 513, flag=5, of_2019=False)


def test_terminal_control_joins_its_parameters() -> None:
    assert downlink.encode_control(downlink.FACTORY_RESET) == b"\x05"
    assert downlink.encode_control(downlink.CONNECT, parameters=["1", "监控"]) == b"\x021;" + "监控".encode("gbk")


def test_tracking_has_a_validity_unless_it_ends() -> None:
    assert downlink.encode_tracking(10, for_s=600) == bytes.fromhex("000A00000258")
    assert downlink.encode_tracking(0, for_s=600) == b"\0\0"
    with pytest.raises(NotEncodable):
        downlink.encode_tracking(70_000, for_s=1)


def test_question_for_some_parameters() -> None:
    assert downlink.encode_ids([0x29, 0x55]) == bytes.fromhex("020000002900000055")


@given(st.lists(st.builds(Parameter, st.integers(0, 0xFFFF_FFFF), st.binary(max_size=255)), max_size=20))
def test_parameters_are_read_as_written(items: list[Parameter]) -> None:
    assert decode_parameters(encode_parameters(items)) == items


@given(st.binary(max_size=150), st.booleans())
def test_any_body_is_read_or_refused(body: bytes, of_2019: bool) -> None:
    for read_it in (
        lambda: decode_registration(body, of_2019=of_2019),
        lambda: decode_authentication(body, of_2019=of_2019),
        lambda: decode_told(body),
        lambda: decode_attributes(body, of_2019=of_2019),
        lambda: decode_answer(body),
    ):
        try:
            read_it()
        except BadBody:
            continue
