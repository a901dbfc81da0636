"""Stations of SL 651 on a line without sockets: what is answered, asked again, ordered, kept."""

import base64

import pytest

from onecity.platform.iot.codecs import sl651
from onecity.platform.iot.codecs.sl651 import Control, Frame, Part
from onecity.platform.iot.codecs.sl651.tests import vectors
from onecity.platform.iot.declare import Period
from onecity.platform.iot.gateways.field.contract import (
    Answered,
    CommandUnknown,
    Hello,
    Note,
    OrderState,
    Refused,
    Seen,
    Upload,
)
from onecity.platform.iot.gateways.field.sl651 import PICTURE_PIECE, Sl651Session
from onecity.platform.iot.tests.meters.talking import NOON, Talk

STATION = "0011223344"


def heard(*texts: str) -> Talk:
    talk = Talk(Sl651Session())
    for text in texts:
        talk.hear(bytes.fromhex(text))
    return talk


def test_report_is_answered_with_its_serial_after_the_commit() -> None:
    talk = heard(vectors.TIMED)
    (upload,) = talk.uploads
    assert talk.sent == []
    assert (upload.device_key, upload.credential, upload.raw.hex().upper()) == (STATION, "03E8", vectors.TIMED)
    answer = sl651.decode(upload.answer)
    assert (answer.is_down, answer.end, answer.body[:2].hex(), answer.function) == (True, Control.ESC, "0034", 0x32)
    assert {item.name: item.value for item in upload.readings} == {"PJ": 4.0, "PT": 4.0, "Z": 10.49, "VT": 10.99}


def test_password_opens_the_line_once() -> None:
    talk = heard(vectors.TIMED)
    (hello,) = [item for item in talk.said if isinstance(item, Hello)]
    assert (hello.device_key, hello.credential) == (STATION, "03E8")
    talk.welcome(reason="wrong_password")
    talk.hear(bytes.fromhex(vectors.TIMED))
    assert sum(isinstance(item, Hello) for item in talk.said) == 2
    talk.welcome()
    talk.hear(bytes.fromhex(vectors.TIMED))
    assert sum(isinstance(item, Hello) for item in talk.said) == 2


def test_hour_s_rain_stands_for_five_minutes_each() -> None:
    (upload,) = heard(vectors.HOUR).uploads
    rain = [item for item in upload.readings if item.name == "DRP"]
    assert {item.period for item in rain} == {Period.MINUTE}
    assert [item.value for item in rain][:6] == [0.5, 0, 0, 0, 2.0, None]


def test_test_reports_are_kept_apart() -> None:
    (upload,) = heard(vectors.TEST).uploads
    assert {item.sub_value for item in upload.readings} == {"test"}


def test_keep_alive_is_a_sign_of_life_and_nobody_answers() -> None:
    talk = heard(vectors.KEEP_ALIVE)
    assert talk.said == [Seen("0012345678", bytes.fromhex(vectors.KEEP_ALIVE), "1234")]
    assert talk.sent == []


def test_frame_with_a_wrong_check_code_is_refused() -> None:
    (refused,) = heard(vectors.WRONG_CRC, vectors.STATUS).said[:1]
    assert isinstance(refused, Refused)
    assert refused.reason == "bad_checksum"


def test_status_becomes_readings_and_the_answer_to_the_query() -> None:
    talk = heard(vectors.STATUS)
    assert {item.name: item.value for item in talk.uploads[0].readings} == {
        "battery_low": 0.0,
        "level_alarm": 0.0,
        "door_closed": 0.0,
    }
    (answered,) = [item for item in talk.said if isinstance(item, Answered)]
    assert (answered.reference, answered.state, answered.text) == ("46", OrderState.DONE, "ZT 00000400")


@pytest.mark.parametrize(
    ("code", "function"),
    [("set_time", 0x4A), ("query_now", 0x37), ("query_status", 0x46), ("query_version", 0x45), ("query_clock", 0x51)],
)
def test_orders_go_to_the_station_as_it_wants_to_be_addressed(code: str, function: int) -> None:
    talk = heard(vectors.TIMED)
    ordered = talk.session.order(STATION, code, {}, talk.moment)
    frame = sl651.decode(ordered.data)
    assert (frame.station, frame.centre, frame.password, frame.function) == (STATION, 5, "03E8", function)
    assert (frame.end, frame.body.hex()) == (Control.ENQ, "0000260310120000")
    assert ordered.reference == f"{function:02X}"


def test_answers_to_orders_are_known_by_their_function() -> None:
    talk = heard(vectors.CLOCK_SET)
    (answered,) = [item for item in talk.said if isinstance(item, Answered)]
    assert (answered.device_key, answered.reference, answered.text) == (STATION, "4A", "2017-07-18 10:21:49")


def test_station_that_has_not_spoken_cannot_be_ordered() -> None:
    talk = heard(vectors.TIMED)
    for key, code in (("0099999999", "set_time"), (STATION, "dance")):
        with pytest.raises(CommandUnknown):
            talk.session.order(key, code, {}, talk.moment)


def test_version_is_kept_as_a_note_that_people_can_read() -> None:
    talk = heard("7E7E0500112233441234450021020022170718101955F1F10011223344114441544138362D53572D56312E3228482903C476")
    assert list(talk.uploads[0].notes) == [Note("45", "DATA86-SW-V1.2(H)")]
    settings = Frame(STATION, 1, "1234", 0x43, bytes.fromhex("0020170718101935F1F10011223344200801"))
    talk.hear(sl651.encode(settings))
    assert list(talk.uploads[1].notes) == [Note("43", "200801")]


def picture(size: int, *, without: int = 0) -> list[bytes]:
    body = bytes.fromhex("0009260308120000F1F1001122334448F0F02603081200F3F3") + b"\xff" * size
    pieces = [body[at : at + 3000] for at in range(0, len(body), 3000)]
    total = len(pieces)
    return [
        sl651.encode(
            Frame(
                STATION,
                5,
                "03E8",
                0x36,
                piece,
                Control.ETX if number == total else Control.ETB,
                Part(total, number),
            )
        )
        for number, piece in enumerate(pieces, start=1)
        if number != without
    ]


def test_picture_is_put_together_and_kept_whole() -> None:
    talk = Talk(Sl651Session())
    for raw in picture(PICTURE_PIECE + 1):
        talk.hear(raw)
    (upload,) = [item for item in talk.said if isinstance(item, Upload)]
    assert [note.kind for note in upload.notes] == ["36 1/2", "36 2/2"]
    assert b"".join(base64.b64decode(note.content) for note in upload.notes) == b"\xff" * (PICTURE_PIECE + 1)
    answer = sl651.decode(upload.answer)
    assert answer.part is not None
    assert (answer.part.number, answer.part.total, answer.end) == (4, 4, Control.ESC)


def test_missing_part_is_asked_for() -> None:
    talk = Talk(Sl651Session())
    for raw in picture(6000, without=2):
        talk.hear(raw)
    wanted = sl651.decode(talk.sent[0])
    assert (wanted.end, wanted.part) == (Control.NAK, Part(3, 2))
    assert talk.uploads == []
    talk.hear(picture(6000)[1])
    assert len(talk.uploads) == 1


def test_parts_without_a_head_are_refused() -> None:
    talk = Talk(Sl651Session())
    talk.hear(sl651.encode(Frame(STATION, 5, "03E8", 0x36, b"\0", Control.ETX, Part(1, 1))))
    talk.hear(sl651.encode(Frame(STATION, 5, "03E8", 0x32, b"\0", Control.ETX)))
    assert [item.reason for item in talk.said if isinstance(item, Refused)] == ["bad_length", "bad_length"]


def test_frame_that_stops_coming_is_given_up() -> None:
    talk = heard(vectors.TIMED[:60])
    assert talk.session.held == 30
    talk.wait(6)
    assert isinstance(talk.said[-1], Refused)
    assert talk.session.held == 0


def test_by_hand_is_kept_as_text() -> None:
    body = bytes.fromhex("0004260308120000F2F2") + b"Q1.234"
    talk = Talk(Sl651Session())
    talk.hear(sl651.encode(Frame(STATION, 1, "1234", 0x35, body)))
    assert list(talk.uploads[0].notes) == [Note("35", "Q1.234")]
    assert NOON is not None
