"""Published frames of SL 651, read and written byte for byte; wrong ones refused for their reason."""

import csv
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.iot.codecs import sl651
from onecity.platform.iot.codecs.faults import Fault
from onecity.platform.iot.codecs.sl651 import Control, Element, Frame, NoReport, NotEncodable, Part
from onecity.platform.iot.codecs.sl651.reports import BEIJING
from onecity.platform.iot.codecs.sl651.tests import vectors
from onecity.platform.iot.codecs.tests.streams import run

STATION = "0011223344"


def read(text: str) -> Frame:
    (piece,) = run(sl651.cutter, bytes.fromhex(text))
    assert piece.fault is None
    return sl651.decode(piece.raw)


def at(text: str) -> datetime:
    return datetime.strptime("20" + text, "%Y%m%d%H%M%S").replace(tzinfo=BEIJING)


def told(text: str) -> dict[str, list[str | None]]:
    found: dict[str, list[str | None]] = {}
    for item in sl651.report(read(text)).values:
        found.setdefault(item.name, []).append(None if item.value is None else str(item.value))
    return found


@pytest.mark.parametrize("text", vectors.RIGHT)
def test_published_frame_is_written_as_it_was_read(text: str) -> None:
    assert sl651.encode(read(text)) == bytes.fromhex(text)


def test_check_code_is_the_usual_one() -> None:
    assert sl651.crc16(b"123456789") == 0x4B37


def test_keep_alive_has_serial_and_time() -> None:
    frame = read(vectors.KEEP_ALIVE)
    found = sl651.report(frame)
    assert (frame.station, frame.centre, frame.password, frame.function) == ("0012345678", 1, "1234", sl651.KEEP_ALIVE)
    assert (found.serial, found.sent_at, found.values) == (3, at("591011155111"), [])


def test_test_report_has_its_elements() -> None:
    found = sl651.report(read(vectors.TEST))
    assert (found.station, found.station_class, found.rest) == ("0012345678", "H", b"")
    assert told(vectors.TEST) == {"PJ": ["0.5"], "PT": ["0.5"], "Z": ["0.127"], "VT": ["11.15"]}
    assert {item.at for item in found.values} == {at("591011154900")}


def test_timed_report_has_its_elements() -> None:
    assert told(vectors.TIMED) == {"PJ": ["4.0"], "PT": ["4.0"], "Z": ["10.490"], "VT": ["10.99"]}


def test_hour_report_has_groups_under_their_times() -> None:
    assert told(vectors.HOUR) == {
        "DRP": ["0.5", "0.0", "0.0", "0.0", "2.0", None, None, None, None, None, "0.0", "0.0"],
        "DRZ1": ["0.12", "0.12", "0.28", "0.49", "0.49", None, None, None, None, None, "0.49", "0.49"],
        "PT": ["4.0"],
        "Z": ["10.490"],
        "PJ": ["4.0"],
        "VT": ["10.99"],
    }
    values = sl651.report(read(vectors.HOUR)).values
    rain = [item for item in values if item.is_group]
    level = [item for item in values if item.name == "DRZ1"]
    assert (rain[0].at, rain[-1].at) == (at("170718100000"), at("170718105500"))
    assert (level[0].at, level[-1].at) == (at("170718100500"), at("170718110000"))
    assert {item.at for item in values if item.name in {"PT", "Z"}} == {at("170718110000")}


def test_status_word_is_read_as_bits() -> None:
    assert sl651.report(read(vectors.STATUS)).status == 1 << 10


def test_centre_s_answers_are_the_published_ones() -> None:
    for report, answer, moment in (
        (vectors.TEST, vectors.TEST_ANSWER, "591011154947"),
        (vectors.TIMED, vectors.TIMED_ANSWER, "170718110016"),
    ):
        assert sl651.encode(sl651.confirmation(read(report), now=at(moment))) == bytes.fromhex(answer)


def test_station_may_leave_after_eot() -> None:
    answer = sl651.confirmation(read(vectors.TEST), now=at("260308120000"), stay=False)
    assert (answer.end, answer.is_down) == (Control.EOT, True)


def test_setting_the_clock_names_the_new_time() -> None:
    frame = sl651.query(sl651.SET_CLOCK, station=STATION, centre=5, password="03E8", now=at("260308120506"))
    assert (frame.body.hex(), frame.end) == ("0000260308120506", Control.ENQ)
    raw = sl651.encode(frame)
    assert raw[:14].hex().upper() == "7E7E" + STATION + "05" + "03E8" + "4A" + "8008" + "02"
    assert read(raw.hex()) == frame


def test_frame_with_a_wrong_check_code_is_refused_for_it() -> None:
    (piece,) = run(sl651.cutter, bytes.fromhex(vectors.WRONG_CRC))
    assert piece.fault is Fault.BAD_CHECKSUM


@pytest.mark.parametrize(
    ("spoilt", "fault"),
    [
        (vectors.STATUS[:-6] + "0915C1", Fault.NO_END),
        (vectors.STATUS[:26] + "05" + vectors.STATUS[28:], Fault.NO_START),
        (vectors.STATUS[:22] + "70" + vectors.STATUS[24:], Fault.NO_START),
    ],
)
def test_other_failures_have_their_reasons(spoilt: str, fault: Fault) -> None:
    assert run(sl651.cutter, bytes.fromhex(spoilt))[0].fault is fault


@pytest.mark.data
def test_recorded_frames_are_judged_as_recorded(data: Path) -> None:
    with (data / "device_frames" / "sl651_frames.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 27
    for row in rows:
        raw = bytes.fromhex(row["frame_hex"])
        (piece,) = run(sl651.cutter, raw)
        assert (piece.fault is None) == (row["crc_ok"] == "1")
        if piece.fault is None:
            frame = sl651.decode(piece.raw)
            assert sl651.encode(frame) == raw
            assert (frame.station, f"{frame.function:02X}") == (
                row["station_addr_5bytes_or_part"],
                row["function_code"],
            )
            if frame.part is None:
                sl651.report(frame)
        else:
            assert piece.fault is Fault.TRUNCATED


def picture(total: int = 3) -> list[Frame]:
    first = bytes.fromhex("0009260308120000F1F1001122334448F0F02603081200F3F3") + b"\xff\xd8abc"
    bodies = [first, *(bytes([number]) * 5 for number in range(2, total + 1))]
    return [
        Frame(STATION, 5, "03E8", 0x36, body, Control.ETB if number < total else Control.ETX, Part(total, number))
        for number, body in enumerate(bodies, start=1)
    ]


def test_parts_become_one_report() -> None:
    joiner, frames = sl651.Joiner(), picture()
    assert [read(sl651.encode(frame).hex()) for frame in frames] == frames
    assert [joiner.take(frame, seconds=0) for frame in [frames[0], frames[0], frames[1]]] == [None, None, None]
    joined = joiner.take(frames[2], seconds=1)
    assert joined is not None
    assert joined.whole is not None
    assert sl651.report(joined.whole).picture == b"\xff\xd8abc" + b"\2" * 5 + b"\3" * 5
    answer = sl651.parts_confirmation(frames[2], now=at("260308120506"), serial=joined.serial)
    assert (answer.part, answer.body.hex()) == (Part(3, 3), "0009260308120506")


def test_missing_part_is_asked_for_and_completes_the_report() -> None:
    joiner, frames = sl651.Joiner(), picture()
    joiner.take(frames[0], seconds=0)
    joined = joiner.take(frames[2], seconds=1)
    assert joined is not None
    assert (joined.whole, joined.missing, joined.serial) == (None, 2, 9)
    wanted = sl651.missing_part(frames[2], number=2, now=at("260308120506"), serial=9)
    assert (wanted.end, wanted.part) == (Control.NAK, Part(3, 2))
    completed = joiner.take(frames[1], seconds=2)
    assert completed is not None
    assert completed.whole is not None


def test_parts_are_forgotten_and_bounded() -> None:
    joiner, frames = sl651.Joiner(), picture()
    joiner.take(frames[0], seconds=0)
    assert joiner.forget(seconds=61) == 1
    for number in range(1, 100):
        joiner.take(frames[0]._replace(body=bytes(4000), part=Part(200, number)), seconds=62)
    assert joiner.forget(seconds=1000) == 1
    assert joiner.take(frames[0]._replace(part=Part(2, 3)), seconds=0) is None
    assert joiner.take(frames[0]._replace(part=None), seconds=0) is None


def ascii_frame(text: str, **changes: object) -> Frame:
    frame = Frame(STATION, 5, "03E8", 0x34, text.encode(), Control.ETX, is_ascii=True)
    return frame._replace(**changes)  # type: ignore[arg-type]  # tests name columns


def test_ascii_frames_say_the_same() -> None:
    drp = "0500000014FFFFFFFFFF0000"
    text = f"0033170718110014ST {STATION} H TT 1707181005 DRP {drp} TT 1707181100 Z 10.490 PT M VT -1.5 ZT 00000400 "
    frame = read(sl651.encode(ascii_frame(text)).hex())
    assert frame == ascii_frame(text)
    found = sl651.report(frame)
    assert (found.serial, found.station, found.station_class, found.status) == (0x33, STATION, "H", 0x400)
    assert [item for item in found.values if item.name == "DRP"] == [
        item for item in sl651.report(read(vectors.HOUR)).values if item.name == "DRP"
    ]
    others = {item.name: item.value for item in found.values if item.name != "DRP"}
    assert others == {"Z": Decimal("10.490"), "PT": None, "VT": Decimal("-1.5")}


def test_ascii_answers_and_parts_are_ascii() -> None:
    frame = ascii_frame("0033170718110014", part=Part(2, 1))
    assert read(sl651.encode(frame).hex()) == frame
    answer = sl651.confirmation(frame, now=at("260308120506"))
    assert answer.body == b"0033260308120506"
    assert sl651.encode(answer)[:1] == b"\x01"
    assert read(sl651.encode(answer).hex()) == answer
    assert sl651.missing_part(frame, number=2, now=at("260308120506"), serial=0x33).body == b"0033260308120506"


def test_ascii_remainders_and_words_that_are_no_numbers_are_left() -> None:
    found = sl651.report(ascii_frame(f"0033170718110014ST {STATION} PJ x Z"))
    assert (found.values, found.rest) == ([], b"Z")


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (b"\x01zz", Fault.NO_START),
        (sl651.encode(ascii_frame("0033170718110014"))[:-4] + b"0000", Fault.BAD_CHECKSUM),
        (sl651.encode(ascii_frame("0033170718110014"))[:-5] + b"\x090000", Fault.NO_END),
        (b"\x01" + b"0" * 18 + b"7" + b"0" * 3 + b"\x02" + b"0" * 9, Fault.NO_START),
    ],
)
def test_ascii_failures_have_their_reasons(raw: bytes, fault: Fault) -> None:
    assert run(sl651.cutter, raw)[0].fault is fault


@pytest.mark.parametrize(
    ("data", "decimals", "expected"),
    [
        ("00000127", 3, "0.127"),
        ("FF000127", 3, "-0.127"),
        ("FF12", 1, "-1.2"),
        ("FFFFFF", 1, None),
        ("0A12", 0, None),
        ("FF", 0, None),
    ],
)
def test_numbers_have_sign_point_and_absence(data: str, decimals: int, expected: str | None) -> None:
    found = sl651.number(Element("Z", 0x39, bytes.fromhex(data), decimals))
    assert found == (None if expected is None else Decimal(expected))


def test_elements_are_skipped_by_their_length_and_not_by_a_table() -> None:
    cut = sl651.take(bytes.fromhex("7E10 1234" + "FF08 19 000012" + "3808 11" + "38"))
    assert [(item.name, item.data.hex()) for item in cut.elements] == [
        ("X7E", "1234"),
        ("XFF08", "000012"),
        ("VT", "11"),
    ]
    assert cut.rest == b"\x38"
    assert sl651.take(b"\xff\x08").rest == b"\xff\x08"
    assert sl651.take(b"\x39\x23\x00").rest == b"\x39\x23\x00"


def test_report_by_hand_is_kept_as_text() -> None:
    body = bytes.fromhex("0004260308120000" + "F2F2") + b"Q1.234 "
    assert sl651.report(Frame(STATION, 1, "1234", 0x35, body)).by_hand == b"Q1.234 "


def test_time_that_is_none_leaves_the_time_before_it() -> None:
    body = bytes.fromhex("0004260308120000" + "F1F10011223344" + "48" + "F0F02613081200" + "0418000005" + "38121099")
    (value,) = sl651.report(Frame(STATION, 1, "1234", 0x32, body)).values
    assert (value.name, value.at) == ("VT", at("260308120000"))
    assert sl651.report(Frame(STATION, 1, "1234", 0x32, b"\0\4\x26\x13" + body[4:])).values == []


def test_settings_are_no_measurements() -> None:
    found = sl651.report(Frame(STATION, 1, "1234", 0x43, bytes.fromhex("0020170718101935F1F10011223344200801")))
    assert (found.station, found.values, found.rest.hex()) == (STATION, [], "200801")


@pytest.mark.parametrize("frame", [Frame(STATION, 1, "1234", 0x32, b"\0\1"), ascii_frame("00")])
def test_body_without_head_is_no_report(frame: Frame) -> None:
    with pytest.raises(NoReport) as refusal:
        sl651.report(frame)
    assert refusal.value.fault is Fault.BAD_LENGTH


@pytest.mark.parametrize(
    "frame",
    [
        Frame("12", 1, "1234", 0x30),
        Frame(STATION, 1, "12", 0x30),
        Frame(STATION, 256, "1234", 0x30),
        Frame(STATION, 1, "1234", 0x30, bytes(4096)),
        Frame(STATION, 1, "1234", 0x30, end=0),
        Frame(STATION, 1, "1234", 0x30, part=Part(1, 2)),
    ],
)
def test_what_cannot_be_said_is_not_encodable(frame: Frame) -> None:
    with pytest.raises(NotEncodable):
        sl651.encode(frame)


@given(
    st.text("0123456789ABCDEF", min_size=10, max_size=10),
    st.integers(0, 255),
    st.integers(0, 255),
    st.binary(max_size=300),
    st.sampled_from(list(Control)[2:7]),
    st.none() | st.just(Part(13, 2)),
    st.booleans(),
)
def test_frames_come_back(
    station: str, centre: int, function: int, body: bytes, end: int, part: Part | None, is_down: bool
) -> None:
    end = end if end != Control.SYN else Control.ETX
    frame = Frame(station, centre, "12AB", function, body, end, part, is_down)
    (piece,) = run(sl651.cutter, sl651.encode(frame))
    assert piece.fault is None
    assert sl651.decode(piece.raw) == frame


@given(st.binary(max_size=400))
def test_no_bytes_break_the_codec(stream: bytes) -> None:
    for piece in run(sl651.cutter, stream):
        if piece.fault is None:
            sl651.decode(piece.raw)


@given(st.integers(0x2F, 0x51), st.binary(max_size=200), st.booleans())
def test_no_body_breaks_the_codec(function: int, body: bytes, is_ascii: bool) -> None:
    frame = Frame(STATION, 1, "1234", function, body, is_ascii=is_ascii)
    try:
        found = sl651.report(frame)
    except NoReport:
        return
    assert all(item.at < at("991231235959") + timedelta(days=1) for item in found.values)
