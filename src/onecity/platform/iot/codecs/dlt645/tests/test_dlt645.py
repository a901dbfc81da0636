"""Published frames of DL/T 645, read and written byte for byte; wrong ones refused for their reason."""

import csv
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.iot.codecs import dlt645
from onecity.platform.iot.codecs.dlt645 import Answer, Frame, Function, NotEncodable, Relay, Rights, Value
from onecity.platform.iot.codecs.dlt645.tests import vectors
from onecity.platform.iot.codecs.faults import Fault
from onecity.platform.iot.codecs.tests.streams import run

AT = datetime(2026, 3, 8, 4, 5, 6, tzinfo=UTC)  # a Sunday, 12:05:06 in Beijing
RIGHTS = Rights(2, "123456", "00000001")


def read(text: str) -> Frame:
    (piece,) = run(dlt645.cutter, bytes.fromhex(text))
    assert piece.fault is None
    return dlt645.decode(piece.raw)


def answered(text: str) -> Answer:
    return dlt645.answer(read(text))


@pytest.mark.parametrize("text", vectors.RIGHT)
def test_published_frame_is_written_as_it_was_read(text: str) -> None:
    assert dlt645.encode(read(text), wake=text.count("FE")) == bytes.fromhex(text)


@pytest.mark.parametrize(("text", "expected"), vectors.NUMBERS.items())
def test_published_answer_has_its_value(text: str, expected: tuple[str, str, Decimal]) -> None:
    found = answered(text)
    assert (found.address, found.code) == expected[:2]
    assert dlt645.values(found.code, found.data) == [Value(expected[1], expected[2])]


def test_requests_are_the_published_ones() -> None:
    written = {
        vectors.READ: dlt645.read("000000000161", "00010000"),
        vectors.ASKED_VOLTAGE: dlt645.read("100023669245", "02010100"),
        vectors.ASKED_ADDRESS: dlt645.read_address(),
        vectors.ANYBODY: dlt645.read(dlt645.ANYBODY, "00010000"),
    }
    for text, frame in written.items():
        assert dlt645.encode(frame, wake=0) == bytes.fromhex(text)


@pytest.mark.parametrize(
    ("text", "errors"), [(vectors.UNAUTHORISED, ("密码错或未授权",)), (vectors.NO_SUCH_DATA, ("无请求数据",))]
)
def test_refusal_says_why(text: str, errors: tuple[str, ...]) -> None:
    found = answered(text)
    assert (found.refused, found.errors) == (True, errors)


def test_refusal_without_a_known_bit_is_another_error() -> None:
    assert dlt645.answer(Frame("0" * 12, 0xD1)).errors == ("其他错误",)
    assert dlt645.answer(Frame("0" * 12, 0xD1, b"\x80")).errors == ("其他错误",)


def test_address_is_told_and_the_relay_obeys() -> None:
    assert answered(vectors.TOLD_ADDRESS).address == "111111111111"
    relay = answered(vectors.RELAY_DONE)
    assert (relay.address, relay.function, relay.refused) == ("223002000066", Function.RELAY, False)


def test_frame_with_a_wrong_sum_is_refused_for_it() -> None:
    (piece,) = run(dlt645.cutter, bytes.fromhex(vectors.WRONG_SUM))
    assert (piece.raw, piece.fault) == (bytes.fromhex(vectors.WRONG_SUM), Fault.BAD_CHECKSUM)


def test_frame_without_its_end_is_refused_for_it() -> None:
    (piece,) = run(dlt645.cutter, bytes.fromhex(vectors.READ)[:-1] + b"\x17")
    assert piece.fault is Fault.NO_END


def test_start_without_a_second_start_is_none() -> None:
    (piece,) = run(dlt645.cutter, b"\x68" + bytes(20))
    assert piece.fault is Fault.NO_START


@pytest.mark.data
def test_recorded_frames_are_judged_as_recorded(data: Path) -> None:
    with (data / "device_frames" / "dlt645_frames.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 13
    for row in rows:
        raw = bytes.fromhex(row["frame_hex"])
        (piece,) = run(dlt645.cutter, raw)
        assert (piece.fault is None) == (row["frame_ok"] == row["checksum_ok"] == "1")
        if piece.fault is None:
            frame = dlt645.decode(piece.raw)
            told = (frame.address.lower(), f"{frame.control:02X}", len(frame.data))
            assert told == (row["meter_address"], row["control"], int(row["data_len"]))
            assert dlt645.encode(frame, wake=row["frame_hex"].count("FE")) == raw
            if len(frame.data) >= 4 and row["data_id"]:
                assert frame.data[3::-1].hex().upper() == row["data_id"]
        else:
            assert piece.fault is Fault.BAD_CHECKSUM


def test_block_gives_each_value_under_its_own_identifier() -> None:
    energies = [Decimal("10.50"), Decimal("4.00"), Decimal("6.50")]
    data = b"".join(dlt645.written("00010000", Value("00010000", number)) for number in energies)
    codes = ["00010000", "00010100", "00010200"]
    assert dlt645.values("0001FF00", data) == [Value(*pair) for pair in zip(codes, energies, strict=True)]
    volts = bytes.fromhex("0123 FFFF 9922")
    found = dlt645.values("0201FF00", volts)
    assert [(item.code, item.number) for item in found] == [
        ("02010100", Decimal("230.1")),
        ("02010200", None),
        ("02010300", Decimal("229.9")),
    ]


def test_settlement_days_run_over_the_last_byte() -> None:
    assert dlt645.members("000100FF", size=12) == ["00010000", "00010001", "00010002"]


@pytest.mark.parametrize("code", ["0301FF00", "00FFFF00", "07000000", "02FF0000", "02010400", "000B0000", "01000000"])
def test_unknown_identifier_has_no_values(code: str) -> None:
    assert dlt645.item_of(code) is None
    assert dlt645.values(code, bytes(8)) == []


def test_identifier_that_is_none_has_no_values() -> None:
    assert dlt645.item_of("xx") is None
    assert dlt645.values("9110", bytes(4)) == []


def test_value_of_another_length_is_refused() -> None:
    with pytest.raises(dlt645.BadLength):
        dlt645.values("00010000", bytes(5))


def test_sign_and_missing_values() -> None:
    assert dlt645.values("02030000", bytes.fromhex("125 280".replace(" ", "")))[0].number == Decimal("-0.5212")
    assert dlt645.values("02030000", b"\xff\xff\xff")[0].number is None
    assert dlt645.values("00010000", b"\xff\xff\xff\xff")[0].number is None


def test_demand_has_its_time() -> None:
    value = Value("01010000", Decimal("3.1416"), "2603081205")
    data = dlt645.written("01010000", value)
    assert data.hex() == "1614030512080326"
    assert dlt645.values("01010000", data) == [value]


@pytest.mark.parametrize(
    "value",
    [
        Value("04000503", bits=0x0010),
        Value("04000401", text="000000000161"),
        Value("04000404", text="220V"),
        Value("02800002", Decimal("49.99")),
        Value("02060100", Decimal("-0.987")),
        Value("00010000"),
    ],
)
def test_every_form_comes_back(value: Value) -> None:
    assert dlt645.values(value.code, dlt645.written(value.code, value)) == [value]


@pytest.mark.parametrize(
    ("code", "number"), [("00010000", "-1"), ("00010000", "1000000"), ("00010000", "0.001"), ("02030000", "80")]
)
def test_value_that_cannot_be_written_is_refused(code: str, number: str) -> None:
    with pytest.raises(ValueError, match=r"fit|decimals|sign"):
        dlt645.written(code, Value(code, Decimal(number)))


def test_unknown_identifier_cannot_be_written() -> None:
    with pytest.raises(KeyError):
        dlt645.written("07000000", Value("07000000"))


def test_orders_have_the_layout_of_the_standard() -> None:
    assert dlt645.broadcast_time(AT).data.hex() == "060512080326"
    assert dlt645.broadcast_time(AT).address == dlt645.EVERYBODY
    assert dlt645.set_date(AT).hex() == "00080326"
    assert dlt645.set_time(AT).hex() == "060512"
    order = dlt645.relay("000000000161", rights=RIGHTS, order=Relay.TRIP, until=AT)
    assert order.data.hex() == "02" + "123456" + "00000001" + "1a00" + "060512080326"
    assert dlt645.relay_order(order) is Relay.TRIP
    assert (
        dlt645.write("0" * 12, "04000102", rights=RIGHTS, value=b"\x06").data.hex()
        == "02010004" + "02" + "123456" + "00000001" + "06"
    )
    assert dlt645.write_address("000000000161").data.hex() == "610100000000"
    assert dlt645.freeze("0" * 12, "99990000").data.hex() == "00009999"
    assert dlt645.change_rate("0" * 12, baud=9600).data == b"\x20"
    assert dlt645.read_following("0" * 12, "00010000", number=1).data.hex() == "0000010001"


def test_frame_that_is_no_relay_order_has_none() -> None:
    assert dlt645.relay_order(read(vectors.READ)) is None
    assert dlt645.relay_order(Frame("0" * 12, Function.RELAY, bytes(16))) is None


@pytest.mark.parametrize(
    "attempt",
    [
        lambda: dlt645.encode(Frame("12", 0x11)),
        lambda: dlt645.encode(Frame("0" * 12, 0x11, bytes(256))),
        lambda: dlt645.read("0" * 12, "0001"),
        lambda: dlt645.read("0" * 12, "0001000G"),
        lambda: dlt645.read_following("0" * 12, "00010000", number=256),
        lambda: dlt645.write_address("AAAAAAAAAAAA"),
        lambda: dlt645.freeze("0" * 12, "now"),
        lambda: dlt645.change_rate("0" * 12, baud=300),
        lambda: Rights(10, "000000").sent(),
        lambda: Rights(1, "00000").sent(),
    ],
)
def test_what_cannot_be_said_is_not_encodable(attempt: "object") -> None:
    assert callable(attempt)
    with pytest.raises(NotEncodable):
        attempt()


def test_following_data_have_their_number() -> None:
    found = dlt645.answer(Frame("0" * 12, 0xB2, bytes.fromhex("00000100") + b"abc\x05"))
    assert (found.data, found.part, found.has_more) == (b"abc", 5, True)


@pytest.mark.parametrize(
    "frame", [Frame("0" * 12, 0x91, b"\0\0"), Frame("0" * 12, 0x93, b"\xaa" * 6), Frame("0" * 12, 0x11)]
)
def test_what_is_no_answer_is_refused(frame: Frame) -> None:
    with pytest.raises(dlt645.NoAnswer):
        dlt645.answer(frame)


@given(
    st.text("0123456789A", min_size=12, max_size=12), st.integers(0, 255), st.binary(max_size=255), st.integers(0, 4)
)
def test_frames_come_back(address: str, control: int, data: bytes, wake: int) -> None:
    frame = Frame(address, control, data)
    (piece,) = run(dlt645.cutter, dlt645.encode(frame, wake=wake))
    assert piece.fault is None
    assert dlt645.decode(piece.raw) == frame


@given(st.binary(max_size=300))
def test_no_bytes_break_the_codec(stream: bytes) -> None:
    for piece in run(dlt645.cutter, stream):
        if piece.fault is None:
            dlt645.decode(piece.raw)


@given(st.integers(0, 255), st.binary(max_size=60))
def test_no_answer_breaks_the_codec(control: int, data: bytes) -> None:
    try:
        found = dlt645.answer(Frame("0" * 12, control, data))
        dlt645.values(found.code or "00010000", found.data)
    except (dlt645.NoAnswer, dlt645.BadLength):
        pass
