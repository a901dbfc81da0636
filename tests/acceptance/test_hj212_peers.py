"""HJ 212: the simulator's bytes read by the platform and the platform's by the simulator; neither knows the other."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from onecity.demo.simulators import hj212_frames, hj212_host
from onecity.demo.simulators.hj212_faults import disturb
from onecity.demo.simulators.hj212_frames import Logger
from onecity.demo.simulators.hj212_host import Heard, HostReader
from onecity.platform.iot.codecs.hj212 import (
    BadFrame,
    BatchDecoder,
    Frame,
    Framer,
    Joiner,
    Packet,
    data_answer,
    data_answers,
    decode,
    encode,
    readings,
)
from onecity.platform.iot.codecs.hj212.downlink import FieldUnit, set_time
from onecity.platform.iot.codecs.hj212.tests import vectors

LOGGER = Logger(mn="010000A8900016F000169DC0")
AT = datetime(2016, 8, 1, 0, 58, 57, 223_000, tzinfo=UTC)
HOUR = datetime(2016, 8, 1, 0, 0, tzinfo=UTC)
AIR = {"a21026": 12.3, "a21004": 40.0, "a34004": 35.25, "a34002": 61.5, "a05024": 101.0, "a21005": 0.7}


def read(stream: bytes) -> list[Packet | BadFrame]:
    framer = Framer()
    found = [*framer.feed(stream), *framer.settle()]
    return [decode(thing) if isinstance(thing, Frame) else thing for thing in found]


def packets(stream: bytes) -> list[Packet]:
    return [thing for thing in read(stream) if isinstance(thing, Packet)]


def values(packet: Packet) -> dict[tuple[str, str], tuple[float | None, str]]:
    found = readings(packet)
    assert isinstance(found, tuple)
    return {(one.factor, one.kind): (one.value, one.flag) for one in found}


def test_real_time_upload_is_read_by_the_platform() -> None:
    (packet,) = packets(hj212_frames.real_time(LOGGER, at=AT, values=AIR))
    assert (packet.mn, packet.st, packet.cn, packet.qn) == (LOGGER.mn, "22", "2011", "20160801085857223")
    assert (packet.answer_wanted, packet.data_at) == (True, AT.replace(microsecond=0))
    assert values(packet) == {(factor, "Rtd"): (value, "N") for factor, value in AIR.items()}


def test_hour_upload_is_read_by_the_platform() -> None:
    measured = {"a34004": {"Min": 30.0, "Avg": 35.25, "Max": 41.0}, "a21026": {"Avg": 12.3}}
    frame = hj212_frames.hourly(LOGGER, hour=HOUR, sent_at=AT, measured=measured, flag="D", answer=False)
    (packet,) = packets(frame)
    assert (packet.cn, packet.flag, packet.data_at) == ("2061", 4, HOUR)
    assert values(packet) == {(code, kind): (v, "D") for code, kinds in measured.items() for kind, v in kinds.items()}


def test_upload_in_parts_is_joined_by_the_platform() -> None:
    measured = {code: {"Avg": value} for code, value in AIR.items()}
    frames = hj212_frames.hourly_in_parts(LOGGER, hour=HOUR, sent_at=AT, measured=measured, factors_each=4)
    joiner = Joiner()
    whole = [joiner.add(packet, now_s=0).whole for packet in packets(b"".join(frames))]
    assert whole[0] is None
    assert whole[1] is not None
    assert values(whole[1]) == {(code, "Avg"): (value, "N") for code, value in AIR.items()}


def test_upload_of_2005_is_read_by_the_platform() -> None:
    logger = Logger(mn="0873HHMZWSLH02", st="32", decimals=4)
    water = {"060": 3.0943, "011": 18.0412, "001": 8.2137, "B01": 10.989}
    frame = hj212_frames.of_2005(logger, at=datetime(2016, 1, 3, 5, 30, 30, tzinfo=UTC), values=water)
    assert frame == vectors.WATER_2005.frame[:-4] + b"A9C1\r\n"
    (packet,) = packets(frame)
    assert values(packet) == {(code, "Rtd"): (value, "N") for code, value in water.items()}


@given(
    st.dictionaries(st.sampled_from(sorted(AIR)), st.floats(0, 9999), min_size=1),
    st.integers(0, 17 * 366 * 86_400).map(lambda second: datetime(2013, 1, 1, tzinfo=UTC) + timedelta(seconds=second)),
)
def test_any_upload_is_read_alike_one_by_one_and_in_a_batch(measured: dict[str, float], at: datetime) -> None:
    raw = hj212_frames.real_time(LOGGER, at=at, values=measured)
    (frame,) = Framer().feed(raw)
    assert isinstance(frame, Frame)
    decoder = BatchDecoder()
    decoder.decode_batch([frame])
    batch = decoder.decode_batch([frame])
    assert batch.value.tolist() == [float(f"{value:.3f}") for value in measured.values()]
    assert [decoder.streams[number].factor for number in batch.stream] == list(measured)


def hear(data: bytes) -> list[Heard]:
    return list(HostReader().hear(data))


def test_answer_of_the_platform_is_heard_with_the_uploads_number() -> None:
    raw = hj212_frames.real_time(LOGGER, at=AT, values=AIR)
    (packet,) = packets(raw)
    (heard,) = hear(encode(data_answer(packet)))
    assert (heard.is_answer, heard.command, heard.qn, heard.mn, heard.flag) == (True, "9014", packet.qn, LOGGER.mn, 4)


def test_answers_to_a_batch_are_heard_in_order() -> None:
    raw = [hj212_frames.real_time(LOGGER, at=AT + timedelta(milliseconds=number), values=AIR) for number in range(5)]
    frames = [thing for thing in Framer().feed(b"".join(raw)) if isinstance(thing, Frame)]
    decoder = BatchDecoder()
    decoder.decode_batch(frames)
    batch = decoder.decode_batch(frames)
    heard = hear(b"".join(data_answers(batch.uploads)))
    assert [one.qn for one in heard] == [f"20160801085857{223 + number}" for number in range(5)]


def test_request_of_the_platform_is_heard_and_obeyed() -> None:
    unit = FieldUnit(st="22", mn=LOGGER.mn, pw=LOGGER.pw)
    (heard,) = hear(encode(set_time(unit, at=AT, time=AT)))
    assert (heard.is_answer, heard.command, heard.data) == (False, "1012", {"SystemTime": "20160801085857"})
    answers = packets(b"".join(hj212_host.obey(heard, pw=LOGGER.pw)))
    assert [(one.cn, one.qn, one.st) for one in answers] == [("9011", heard.qn, "91"), ("9012", heard.qn, "91")]
    assert (answers[0].field("QnRtn"), answers[1].field("ExeRtn")) == ("1", "1")


def uploads(count: int) -> list[bytes]:
    return [
        hj212_frames.real_time(LOGGER, at=AT + timedelta(seconds=number), values={**AIR, "a01001": number / 10})
        for number in range(count)
    ]


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_platform_reads_every_readable_frame_and_no_spoilt_one(seed: int, share: float) -> None:
    """One flipped bit is always seen; so the packets read are exactly those sent readable, however they were torn."""
    frames = uploads(20)
    sendings = list(disturb(frames, seed=seed, share=share))
    framer = Framer()
    found = [thing for sending in sendings for write in sending.writes for thing in framer.feed(write)]
    found += framer.settle()
    results = [decode(thing) if isinstance(thing, Frame) else thing for thing in found]
    sent = Counter(packets(frames[sending.source])[0].qn for sending in sendings if sending.fault.readable)
    assert Counter(result.qn for result in results if isinstance(result, Packet)) == sent
    spoilt = sum(not sending.fault.readable for sending in sendings)
    assert sum(isinstance(result, BadFrame) for result in results) >= (spoilt > 0)
