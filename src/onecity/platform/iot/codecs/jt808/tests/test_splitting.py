"""Split messages: joined in any order, with others in between; what never comes is given up and told."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.iot.codecs.faults import Fault
from onecity.platform.iot.codecs.jt808 import Joiner, NotEncodable, Packet, split

LONG = Packet(0x0801, "013800000001", 65_534, bytes(range(256)) * 10)


def test_short_message_is_not_split() -> None:
    assert split(Packet(1, "1", 0, bytes(1023))) == [Packet(1, "1", 0, bytes(1023))]


def test_parts_have_consecutive_serials_that_wrap() -> None:
    assert [(part.serial, part.part, part.parts) for part in split(LONG)] == [(65_534, 1, 3), (65_535, 2, 3), (0, 3, 3)]


def test_more_parts_than_can_be_counted_are_refused() -> None:
    with pytest.raises(NotEncodable):
        split(replace(LONG, body=bytes(65_536)), longest=1)


@given(st.permutations(range(3)))
def test_parts_are_joined_in_whatever_order_they_come(order: list[int]) -> None:
    joiner, parts = Joiner(), split(LONG)
    results = [joiner.add(parts[place], at=0) for place in order]
    assert [joined for joined, _ in results[:-1]] == [None, None]
    joined, unjoined = results[-1]
    assert joined is not None
    assert (joined.packet.body, joined.packet.parts, list(joined.parts)) == (LONG.body, 0, parts)
    assert unjoined == []
    assert joiner.settle() == []


def test_serials_may_skip_as_in_a_captured_message() -> None:
    """Ten parts of a recorded 0x0801 carry serials 2031, 2032, 2033, 2035 …: others were sent in between."""
    joiner, parts = Joiner(), split(LONG)
    skipping = [
        replace(part, serial=(part.serial + extra) % 65_536) for part, extra in zip(parts, (0, 1, 3), strict=True)
    ]
    assert [joiner.add(part, at=0)[0] is not None for part in skipping] == [False, False, True]


def test_repeated_part_changes_nothing() -> None:
    joiner, parts = Joiner(), split(LONG)
    for _ in range(3):
        assert joiner.add(parts[0], at=0) == (None, [])
    joiner.add(parts[1], at=0)
    assert joiner.add(parts[2], at=0)[0] is not None


def test_second_message_of_the_same_kind_is_kept_apart() -> None:
    joiner, first = Joiner(), split(LONG)
    second = split(replace(LONG, serial=100, body=LONG.body[::-1]))
    for one, other in zip(first[:2], second[:2], strict=True):
        assert joiner.add(one, at=0)[0] is None
        assert joiner.add(other, at=0)[0] is None
    joined, other_joined = joiner.add(first[2], at=0)[0], joiner.add(second[2], at=0)[0]
    assert joined is not None
    assert other_joined is not None
    assert (joined.packet.body, other_joined.packet.body) == (LONG.body, LONG.body[::-1])


def test_other_content_under_the_same_number_begins_a_new_message() -> None:
    joiner, parts = Joiner(), split(LONG)
    joiner.add(parts[0], at=0)
    joiner.add(replace(parts[0], body=b"other"), at=0)
    assert len(joiner.settle()) == 2


def test_lost_parts_are_asked_for_once_and_then_given_up() -> None:
    joiner, parts = Joiner(), split(LONG)
    joiner.add(parts[1], at=0)
    assert joiner.missing(at=9) == []
    (wanted,) = joiner.missing(at=10)
    assert (wanted.serial, wanted.numbers, wanted.first) == (65_534, (1, 3), parts[1])
    assert joiner.missing(at=20) == []
    assert joiner.expired(at=59) == []
    (gone,) = joiner.expired(at=60)
    assert (gone.packets, gone.fault) == ((parts[1],), Fault.PARTS_MISSING)
    assert joiner.expired(at=60) == []


def test_oldest_message_makes_room() -> None:
    joiner = Joiner(most_open=2)
    for phone in ("1", "2"):
        assert joiner.add(replace(split(LONG)[0], phone=phone), at=0) == (None, [])
    _, (gone,) = joiner.add(replace(split(LONG)[0], phone="3"), at=0)
    assert (gone.packets[0].phone, gone.fault) == ("1", Fault.TOO_MANY_PARTS)


def test_bytes_held_are_bounded() -> None:
    joiner = Joiner(most_held=2000)
    joiner.add(split(LONG)[0], at=0)
    _, (gone,) = joiner.add(split(LONG)[1], at=0)
    assert (len(gone.packets), gone.fault) == (2, Fault.TOO_MANY_PARTS)


def test_absurd_number_of_parts_is_refused_at_once() -> None:
    packet = replace(LONG, body=b"x", parts=2001, part=1)
    assert Joiner().add(packet, at=0)[1][0].fault is Fault.TOO_MANY_PARTS
