"""Joining split packets, within bounds."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.iot.codecs.hj212.decoding import decode_segment
from onecity.platform.iot.codecs.hj212.joining import Joined, Joiner
from onecity.platform.iot.codecs.hj212.packet import Item, Packet, SubValue
from onecity.platform.iot.codecs.hj212.readings import readings
from onecity.platform.iot.codecs.hj212.tests import vectors


def packet_of(segment: bytes) -> Packet:
    packet = decode_segment(segment)
    assert isinstance(packet, Packet)
    return packet


FIRST = packet_of(vectors.PART_1.segment)
SECOND = packet_of(vectors.PART_2.segment)


def part(number: int, of: int, *, mn: str = "A1", time: str | None = "20160801080000", text: str = "1") -> Packet:
    items = [] if time is None else [Item("DataTime", (SubValue("", time),))]
    items.append(Item(f"a{number}", (SubValue("Rtd", text),)))
    return Packet(st="22", cn="2061", mn=mn, flag=7, pnum=of, pno=number, items=tuple(items))


def test_parts_of_the_standards_example_become_one_packet() -> None:
    joiner = Joiner()
    assert joiner.add(FIRST, now_s=0) == Joined()
    whole = joiner.add(SECOND, now_s=1).whole
    assert whole is not None
    assert [item.name for item in whole.items] == ["DataTime", "w00000", "w01001", "w01018"]
    assert (whole.qn, whole.pnum, whole.pno, whole.flag, whole.answer_wanted) == (FIRST.qn, None, None, 5, True)
    assert joiner.size == 0


def test_joined_packet_has_the_readings_of_its_parts() -> None:
    joiner = Joiner()
    joiner.add(SECOND, now_s=0)
    whole = joiner.add(FIRST, now_s=0).whole
    assert whole is not None
    of_parts = [readings(FIRST), readings(SECOND)]
    assert all(isinstance(read, tuple) for read in of_parts)
    assert readings(whole) == tuple(reading for read in of_parts if isinstance(read, tuple) for reading in read)


def test_packet_that_is_no_part_passes_through() -> None:
    for packet in (replace(FIRST, pnum=None, pno=None), replace(FIRST, pnum=1, pno=1), replace(FIRST, pno=None)):
        assert Joiner().add(packet, now_s=0) == Joined(whole=packet)


@given(st.permutations([part(number, 4, time=None if number % 2 else "20160801080000") for number in range(1, 5)]))
def test_parts_join_in_any_order_even_if_some_lack_the_time(parts: list[Packet]) -> None:
    joiner = Joiner()
    results = [joiner.add(packet, now_s=0).whole for packet in parts]
    assert results[:3] == [None, None, None]
    assert results[3] is not None
    assert [item.name for item in results[3].items if item.is_factor] == ["a1", "a2", "a3", "a4"]


def test_groups_of_two_times_and_two_devices_do_not_mix() -> None:
    joiner = Joiner()
    begun = [part(1, 2), part(1, 2, time="20160801090000"), part(1, 2, mn="B2")]
    assert [joiner.add(packet, now_s=0) for packet in begun] == [Joined()] * 3
    for packet in (part(2, 2, mn="B2"), part(2, 2), part(2, 2, time="20160801090000")):
        whole = joiner.add(packet, now_s=0).whole
        assert whole is not None
        assert (whole.mn, whole.field("DataTime")) == (packet.mn, packet.field("DataTime"))


def test_repeated_part_replaces_the_first() -> None:
    joiner = Joiner()
    joiner.add(part(1, 2), now_s=0)
    size = joiner.size
    assert joiner.add(part(1, 2, text="2"), now_s=0) == Joined(incomplete=((part(1, 2),),))
    assert joiner.size == size
    whole = joiner.add(part(2, 2), now_s=0).whole
    assert whole is not None
    assert whole.items[1].text("Rtd") == "2"


def test_part_that_is_sent_again_unchanged_is_not_given_back() -> None:
    joiner = Joiner()
    joiner.add(part(1, 2), now_s=0)
    assert joiner.add(replace(part(1, 2), qn="20160801085857535"), now_s=0) == Joined()


def test_second_split_packet_without_times_begins_a_new_group() -> None:
    joiner = Joiner()
    joiner.add(part(1, 2, time=None), now_s=0)
    joiner.add(part(1, 2, time=None, text="2"), now_s=0)
    whole = joiner.add(part(2, 2, time=None), now_s=0).whole
    assert whole is not None
    assert whole.items[0].text("Rtd") == "2"
    assert joiner.size > 0


def test_parts_that_wait_too_long_are_given_back() -> None:
    joiner = Joiner(oldest_s=60)
    joiner.add(FIRST, now_s=0)
    assert joiner.expire(now_s=60) == ()
    assert joiner.add(SECOND, now_s=61) == Joined(incomplete=((FIRST,),))
    assert joiner.expire(now_s=200) == ((SECOND,),)
    assert joiner.size == 0


def test_packet_of_too_many_parts_is_given_back_at_once() -> None:
    packet = part(1, 65)
    joiner = Joiner(most_parts=64)
    assert joiner.add(packet, now_s=0) == Joined(incomplete=((packet,),))
    assert joiner.size == 0


def test_oldest_group_goes_when_memory_is_short() -> None:
    joiner = Joiner(most_bytes=6000)
    packets = [part(1, 2, mn=f"M{number}") for number in range(10)]
    results = [joiner.add(packet, now_s=number) for number, packet in enumerate(packets)]
    given_up = [group for result in results for group in result.incomplete]
    assert given_up == [(packet,) for packet in packets[: len(given_up)]]
    assert 0 < len(given_up) < 10


def factors_of(packets: list[Packet]) -> set[tuple[str, Item]]:
    return {(packet.mn, item) for packet in packets for item in packet.items if item.is_factor}


@given(
    st.lists(
        st.builds(
            part,
            number=st.integers(1, 3),
            of=st.just(3),
            mn=st.sampled_from("AB"),
            time=st.none() | st.sampled_from(["20160801080000", "20160801090000"]),
            text=st.text("1", min_size=1, max_size=2000),
        ),
        max_size=30,
    )
)
def test_no_part_is_lost_and_memory_is_bounded(packets: list[Packet]) -> None:
    joiner = Joiner(most_bytes=10_000, oldest_s=10)
    out: list[Packet] = []
    for now, packet in enumerate(packets):
        result = joiner.add(packet, now_s=now)
        assert joiner.size <= 10_000
        out += [given_back for group in result.incomplete for given_back in group]
        out += [result.whole] if result.whole else []
    out += [given_back for group in joiner.expire(now_s=1000) for given_back in group]
    assert joiner.size == 0
    assert factors_of(packets) == factors_of(out)


@pytest.mark.parametrize("flag", [None, 6])
def test_joined_packet_no_longer_says_that_it_is_in_parts(flag: int | None) -> None:
    joiner = Joiner()
    joiner.add(replace(FIRST, flag=flag), now_s=0)
    whole = joiner.add(replace(SECOND, flag=flag), now_s=0).whole
    assert whole is not None
    assert whole.flag == (None if flag is None else 4)
