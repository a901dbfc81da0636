"""The fast way gives exactly what the slow way gives, or nothing."""

import struct
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onecity.platform.iot.codecs.hj212.answers import data_answer, data_answers
from onecity.platform.iot.codecs.hj212.batch import BatchDecoder
from onecity.platform.iot.codecs.hj212.decoding import decode
from onecity.platform.iot.codecs.hj212.encoding import encode
from onecity.platform.iot.codecs.hj212.framing import Frame
from onecity.platform.iot.codecs.hj212.packet import Packet
from onecity.platform.iot.codecs.hj212.reasons import Reason
from onecity.platform.iot.codecs.hj212.tests import vectors
from onecity.platform.iot.codecs.hj212.tests.strategies import frame_of
from onecity.platform.iot.codecs.hj212.tests.uploads import AREA, check, learned, rows, upload

NUMBERS = st.floats(-1e6, 1e6).map(lambda value: f"{value:.3f}") | st.integers(-99, 99_999).map(str)
ODD_VALUES = st.sampled_from(
    [
        *("", "-", "NaN", "inf", "1e5", "1E-3", "007", ".5", "5.", "+1", "1_0", "-0", "-0.0", "1.2.3", "0x1", "９"),
        *("9" * 20, "0." + "3" * 17, "123456789012345.123456789012345", "1e999", " 1", "1 ", "//x", "a=b", "x&y"),
    ]
)
VALUES = st.one_of(*[NUMBERS] * 6, ODD_VALUES)
FLAGS = st.sampled_from(["N"] * 8 + ["D", "n", "3", "", "NN", "*", " N", "中"])
KINDS = st.sampled_from([("Rtd", "Flag")] * 4 + [("Rtd",), ("Min", "Avg", "Max", "Flag"), ("Flag", "Rtd"), ("Flag",)])
MORE_KINDS = st.sampled_from([()] * 8 + [("EFlag",), ("SampleTime",), ("Info",), ("Odd",), ("Rtd",)])
FACTORS = st.sampled_from(["a21026", "a34004", "w01018", "011", "LA", "a21026"])
DELIMITERS = st.sampled_from([";"] * 12 + [",", ";;", "; ", " ;"])
Draw = Callable[[st.SearchStrategy[Any]], Any]


def area_of(draw: Draw, layout: list[tuple[str, tuple[str, ...]]]) -> str:
    items = []
    for factor, kinds in layout:
        texts = [f"{factor}-{kind}={draw(FLAGS if kind == 'Flag' else VALUES)}" for kind in kinds]
        items.append(",".join(texts))
    return "".join(item + draw(DELIMITERS) for item in items[:-1]) + items[-1]


@st.composite
def noisy_frame(draw: st.DrawFn, layouts: list[list[tuple[str, tuple[str, ...]]]]) -> Frame:
    """A frame of one of a few devices and layouts: mostly plain, now and then odd in one place or another."""
    rarely = st.integers(0, 9).map(lambda number: number == 0)
    time = draw(
        st.sampled_from(["20160801085857"] * 6 + ["20160801090000", "20160230000000", "2016", "20000101080000"])
    )
    qn = draw(st.sampled_from(["QN=20160801085857223;"] * 8 + ["", "QN=1;", "QN=2016080108585722x;", "QN= 1;"]))
    mn = draw(st.sampled_from(["A1", "A1", "B2", "C 3"]))
    cn = draw(st.sampled_from(["2011", "2011", "2061", "2051", "2031", "2021", "9014"]))
    extra = draw(st.sampled_from(["Flag=5;"] * 6 + ["Flag=7;PNUM=2;PNO=1;", "", "Flag=5;Ver=1;", "Flag=x;", "QN=1;"]))
    area = area_of(draw, draw(st.sampled_from(layouts)))
    segment = f"{qn}ST=22;CN={cn};PW=123456;MN={mn};{extra}CP=&&DataTime={time};{area}&&".encode()
    if draw(rarely):
        segment = draw(
            st.sampled_from(
                [segment[:-1], segment[:-2], segment.replace(b"DataTime=", b"", 1), segment + b" ", segment[21:], b""]
            )
        )
    frame = frame_of(segment)
    if draw(rarely):
        return frame._replace(crc=draw(st.sampled_from([b"0000", b"12G4", frame.crc.lower(), b"    "])))
    return frame


@st.composite
def batches(draw: st.DrawFn) -> list[list[Frame]]:
    layouts = draw(
        st.lists(
            st.lists(st.tuples(FACTORS, st.builds(lambda a, b: a + b, KINDS, MORE_KINDS)), min_size=1, max_size=4),
            min_size=1,
            max_size=3,
        )
    )
    return draw(st.lists(st.lists(noisy_frame(layouts), max_size=8), min_size=2, max_size=5))


@settings(max_examples=400)
@given(batches())
def test_fast_way_gives_what_the_slow_way_gives(frames: list[list[Frame]]) -> None:
    decoder = BatchDecoder()
    for batch in frames + frames:
        check(decoder, batch)


@given(
    st.lists(
        st.binary(max_size=80).map(frame_of)
        | st.builds(Frame, st.binary(max_size=40), st.binary(min_size=4, max_size=4))
    )
)
def test_any_frames_are_decoded_without_harm(frames: list[Frame]) -> None:
    check(learned(upload()), frames)


@given(st.from_regex(r"\A-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?\Z"))
def test_plain_value_is_read_the_fast_way_to_the_last_bit(value: str) -> None:
    decoder = learned(upload())
    batch = check(decoder, [upload(AREA.replace("12.3", value))])
    assert batch.accepted == [0]
    assert struct.pack("d", batch.value[0]) == struct.pack("d", float(value) + 0.0)


@pytest.mark.parametrize("vector", [vectors.AIR_REAL_TIME, vectors.WATER_2005])
def test_published_upload_is_read_the_fast_way_the_second_time(vector: vectors.Vector) -> None:
    frame = Frame(vector.segment, vector.crc)
    decoder = BatchDecoder()
    assert check(decoder, [frame]).slow == [0]
    assert check(decoder, [frame]).accepted == [0]


@pytest.mark.parametrize("cn", ["2011", "2031", "2051", "2061"])
def test_data_commands_go_the_fast_way(cn: str) -> None:
    area = "a1-Min=1,a1-Avg=2,a1-Max=3,a1-Flag=N;a2-Avg=4,a2-EFlag=C4,a2-SampleTime=20160801080000"
    decoder = learned(upload(area, cn=cn))
    batch = check(decoder, [upload(area.replace("C4", "C5"), cn=cn)])
    assert rows(decoder, batch)[0][3][:4] == ("A1", cn, "a2", "Avg")
    assert batch.flag.tobytes() == b"NNN\0"


def test_single_measurement_goes_the_fast_way() -> None:
    decoder = learned(upload("a1-Rtd=1"))
    batch = check(decoder, [upload("a1-Rtd=2")])
    assert (batch.value.tolist(), batch.flag.tolist()) == ([2.0], [0])


def test_bad_frames_are_told_with_their_reasons() -> None:
    frames = [upload(), upload()._replace(crc=b"0000"), upload()._replace(crc=b"xyz0")]
    batch = check(learned(upload()), frames)
    assert (batch.accepted, batch.slow) == ([0], [])
    assert [(index, fault.reason) for index, fault in batch.bad] == [(1, Reason.CRC_MISMATCH), (2, Reason.CRC_NOT_HEX)]


def test_empty_batch_is_empty() -> None:
    batch = check(BatchDecoder(), [])
    assert (batch.accepted, batch.slow, batch.bad, len(batch.value)) == ([], [], [], 0)


def test_answers_of_a_batch_are_those_of_each_upload() -> None:
    frames = [upload(), upload(mn="B2", qn="20160801085857999")]
    decoder = learned(*frames)
    batch = check(decoder, frames)
    packets = [packet for packet in map(decode, frames) if isinstance(packet, Packet)]
    assert data_answers(batch.uploads) == [encode(data_answer(packet)) for packet in packets]
