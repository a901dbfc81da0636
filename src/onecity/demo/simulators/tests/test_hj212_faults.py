"""The faults: repeatable, each what it says, and recorded."""

from datetime import UTC, datetime, timedelta

from onecity.demo.simulators.hj212_faults import Fault, Sending, disturb
from onecity.demo.simulators.hj212_frames import Logger, real_time

AT = datetime(2016, 8, 1, 0, 58, 57, tzinfo=UTC)


def uploads(count: int) -> list[bytes]:
    values = {"a21026": 12.3, "a34004": 35.25}
    return [real_time(Logger(mn="A1"), at=AT + timedelta(seconds=number), values=values) for number in range(count)]


def test_disturbance_is_repeatable() -> None:
    frames = uploads(50)
    assert list(disturb(frames, seed=7)) == list(disturb(frames, seed=7))
    assert list(disturb(frames, seed=7)) != list(disturb(frames, seed=8))


def test_nothing_is_disturbed_without_a_share() -> None:
    frames = uploads(20)
    assert list(disturb(frames, seed=1, share=0)) == [Sending(n, Fault.NONE, (f,)) for n, f in enumerate(frames)]


def test_every_fault_happens_and_is_what_it_says() -> None:
    frames = uploads(400)
    sendings = list(disturb(frames, seed=1, share=0.9))
    assert {sending.fault for sending in sendings} == set(Fault)
    for sending in sendings:
        frame = frames[sending.source]
        assert (sending.writes[-1] == frame) is (sending.fault.readable and sending.fault is not Fault.TORN)
        assert (b"".join(sending.writes) == frame) is (
            sending.fault.readable and sending.fault is not Fault.AFTER_RUBBISH
        )
        assert (len(sending.writes) > 1) is (sending.fault in {Fault.TORN, Fault.AFTER_RUBBISH})


def test_every_frame_is_sent_at_least_once_and_repeated_ones_twice() -> None:
    sendings = list(disturb(uploads(400), seed=1, share=0.9))
    times = [sum(sending.source == source for sending in sendings) for source in range(400)]
    repeated = {sending.source for sending in sendings if sending.fault is Fault.REPEATED}
    assert times == [2 if source in repeated else 1 for source in range(400)]


def test_late_frames_come_behind_later_ones() -> None:
    sendings = list(disturb(uploads(400), seed=1, share=0.9))
    late = [place for place, sending in enumerate(sendings[:-3]) if sending.fault is Fault.LATE]
    assert len(late) > 10
    assert all(any(one.source > sendings[place].source for one in sendings[:place]) for place in late)


def test_faults_that_spoil_are_told_apart_from_those_that_do_not() -> None:
    spoiling = {fault for fault in Fault if not fault.readable}
    assert spoiling == {Fault.BIT_FLIP, Fault.WRONG_LENGTH, Fault.WRONG_CRC, Fault.TRUNCATED}
