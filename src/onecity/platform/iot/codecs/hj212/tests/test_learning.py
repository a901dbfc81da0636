"""What the batch decoder learns, what it never learns, and its bounds."""

import pytest

from onecity.platform.iot.codecs.hj212.batch import BatchDecoder
from onecity.platform.iot.codecs.hj212.framing import Frame
from onecity.platform.iot.codecs.hj212.tests.strategies import frame_of
from onecity.platform.iot.codecs.hj212.tests.uploads import AREA, check, learned, upload


@pytest.mark.parametrize("cn", ["2021", "2041", "3020", "1011", "9014"])
def test_other_commands_never_go_the_fast_way(cn: str) -> None:
    assert learned(upload(cn=cn), upload(cn=cn)).streams == []


@pytest.mark.parametrize(
    "odd",
    [
        upload(AREA.replace("12.3", "")),
        upload(AREA.replace("12.3", " 12.3")),
        upload(AREA.replace("Flag=N", "Flag=")),
        upload(AREA.replace(";", ",")),
        upload(AREA.replace("Rtd=", "Avg=")),
        upload(time="20160230000000"),
        upload("LA-Flag=N;a1-Rtd=1", time="2016"),
        upload(qn="2016080108585722"),
        upload(flag="7;PNUM=2;PNO=1"),
    ],
)
def test_odd_upload_of_a_known_device_goes_the_slow_way(odd: Frame) -> None:
    assert check(learned(upload()), [odd]).slow == [0]


@pytest.mark.parametrize("part", ["Flag=7;PNUM=2;PNO=1", "Flag=4;PNO=1"])
def test_parts_are_never_learned(part: str) -> None:
    frame = frame_of(f"ST=22;CN=2011;MN=A1;{part};CP=&&DataTime=20160801085857;{AREA}&&".encode())
    assert learned(frame, frame).streams == []


def test_log_text_across_fields_is_not_mistaken_for_them() -> None:
    plain = "a1-Info=x;a2-Rtd=5;a3-Info=y"
    decoder = learned(upload(plain))
    assert check(decoder, [upload("a1-Info=//x;a2-Rtd=5;a3-Info=//")]).slow == [0]
    assert check(decoder, [upload(plain)]).accepted == [0]


def test_layout_is_not_learned_from_an_upload_with_a_log_text() -> None:
    decoder = learned(upload("a1-Info=//;a2-Rtd=5//,a3-Rtd=1"))
    assert len(decoder.streams) == 0
    check(decoder, [upload("a1-Info=x;a2-Rtd=5,a3-Rtd=1")])


def test_request_number_of_another_form_is_not_taken_for_seventeen_digits() -> None:
    decoder = learned(upload())
    odd = frame_of(upload().segment.replace(b"QN=20160801085857223", b"QN=1;AB=123456789012"))
    assert check(decoder, [odd]).slow == [0]


def test_upload_without_measurements_is_never_learned() -> None:
    assert learned(upload("a1-Flag=N"), upload("a1-Flag=N")).streams == []


def test_streams_keep_their_numbers() -> None:
    decoder = learned(upload(), upload(mn="B2"))
    before = list(decoder.streams)
    check(decoder, [upload("a9-Rtd=1", mn="C3"), upload(cn="2061")])
    assert list(decoder.streams[: len(before)]) == before
    batch = check(decoder, [upload(mn="B2"), upload()])
    assert batch.stream.tolist() == [2, 3, 0, 1]


def test_device_may_change_between_layouts() -> None:
    frames = [upload(f"a{number}-Rtd=1") for number in range(5)]
    decoder = learned(*frames)
    assert check(decoder, frames + frames).accepted == list(range(10))


def test_two_devices_share_a_layout_but_not_streams() -> None:
    decoder = learned(upload(), upload(mn="B2"))
    batch = check(decoder, [upload(), upload(mn="B2")])
    assert sorted(batch.stream.tolist()) == [0, 1, 2, 3]


def test_same_head_is_learned_once_in_a_batch() -> None:
    decoder = BatchDecoder()
    check(decoder, [upload(), upload(time="20160801090000")])
    assert len(decoder.streams) == 2
    assert check(decoder, [upload()]).accepted == [0]


@pytest.mark.parametrize("bound", ["most_streams", "most_heads", "most_layouts"])
def test_beyond_its_bounds_it_learns_no_more_and_still_works(bound: str) -> None:
    decoder = BatchDecoder(**{bound: 2})
    frames = [upload(f"a{number}-Rtd=1", mn=f"M{number}") for number in range(6)]
    check(decoder, frames)
    assert decoder.full
    batch = check(decoder, frames)
    assert (batch.accepted, batch.slow) == ([0, 1], [2, 3, 4, 5])
    decoder.forget()
    assert len(decoder.streams) == 0
    assert check(decoder, frames[4:]).slow == [0, 1]
    assert check(decoder, frames[4:]).accepted == [0, 1]


def test_layout_that_would_break_the_bound_of_streams_is_not_learned() -> None:
    decoder = learned(upload(), most_streams=1)
    assert (decoder.streams, decoder.full) == ([], False)


def test_layouts_of_one_device_are_bounded() -> None:
    frames = [upload(f"a{number}-Rtd=1") for number in range(12)]
    decoder = learned(*frames)
    assert len(check(decoder, frames[-8:]).accepted) == 8
    assert check(decoder, frames[:1]).slow == [0]


def test_not_everything_is_learned_at_once() -> None:
    decoder = BatchDecoder()
    frames = [upload(f"a{number}-Rtd=1", mn=f"M{number}") for number in range(20)]
    counts = [len(check(decoder, frames).accepted) for _ in range(3)]
    assert counts == [0, 16, 20]


def test_heads_learned_at_once_are_bounded_too() -> None:
    decoder = BatchDecoder()
    frames = [upload(mn=f"M{number}") for number in range(600)]
    assert [len(decoder.decode_batch(frames).accepted) for _ in range(3)] == [0, 512, 600]


def test_times_are_forgotten_before_they_grow_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onecity.platform.iot.codecs.hj212.batch._INSTANTS_KEPT", 2)
    decoder = learned(upload())
    frames = [upload(time=f"201608010858{second}") for second in range(10, 20)]
    assert check(decoder, frames).accepted == list(range(10))
