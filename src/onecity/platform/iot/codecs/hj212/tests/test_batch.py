"""The fast way gives exactly what the slow way gives, or nothing."""

import struct

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
from onecity.platform.iot.codecs.hj212.tests.noise import batches, plain_values
from onecity.platform.iot.codecs.hj212.tests.strategies import frame_of
from onecity.platform.iot.codecs.hj212.tests.uploads import AREA, check, learned, rows, upload


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


@given(plain_values())
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
