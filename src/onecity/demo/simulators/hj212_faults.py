"""Spoils a series of frames the way lines and loggers do, and keeps a record of what was done to each."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType

_HEADER = 6  # ## and the length
_TRAILER = 6  # CRC, CR LF


class Fault(StrEnum):
    """What was done to a frame."""

    NONE = "none"
    TORN = "torn"
    REPEATED = "repeated"
    LATE = "late"
    AFTER_RUBBISH = "after_rubbish"
    BIT_FLIP = "bit_flip"
    WRONG_LENGTH = "wrong_length"
    WRONG_CRC = "wrong_crc"
    TRUNCATED = "truncated"

    @property
    def readable(self) -> bool:
        """Say whether the platform must still be able to read the frame."""
        return self in _READABLE


_READABLE = frozenset({Fault.NONE, Fault.TORN, Fault.REPEATED, Fault.LATE, Fault.AFTER_RUBBISH})


@dataclass(frozen=True, slots=True)
class Sending:
    """One thing sent. writes: the pieces, one write to the socket each. source: which of the frames it was."""

    source: int
    fault: Fault
    writes: tuple[bytes, ...]


def disturb(frames: Sequence[bytes], *, seed: int, share: float = 0.3) -> Iterator[Sending]:
    """Yield the frames in order of sending, about `share` of them with one fault each; equal for equal seeds.

    Every frame comes at least once; LATE ones come behind the next one to three that are sent, if so many follow;
    REPEATED ones come twice, the first time as NONE. The pieces together are the byte stream; nothing else is in it.
    """
    chance = random.Random(seed)  # noqa: S311  # not for secrets: a demonstration that can be repeated
    late: list[tuple[int, Sending]] = []
    for source, frame in enumerate(frames):
        fault = chance.choice(_FAULTS) if chance.random() < share else Fault.NONE
        if fault is Fault.LATE:
            late.append((chance.randint(1, 3), Sending(source, fault, (frame,))))
            continue
        if fault is Fault.REPEATED:
            yield Sending(source, Fault.NONE, (frame,))
        yield Sending(source, fault, _SPOIL[fault](frame, chance))
        late = [(wait - 1, sending) for wait, sending in late]
        yield from (sending for wait, sending in late if wait == 0)
        late = [(wait, sending) for wait, sending in late if wait > 0]
    yield from (sending for _, sending in late)


_FAULTS = tuple(fault for fault in Fault if fault is not Fault.NONE)


def _whole(frame: bytes, _: random.Random) -> tuple[bytes, ...]:
    return (frame,)


def _torn(frame: bytes, chance: random.Random) -> tuple[bytes, ...]:
    cuts = [0, *sorted(chance.sample(range(1, len(frame)), chance.randint(1, 4))), len(frame)]
    return tuple(frame[begin:end] for begin, end in pairwise(cuts))


def _after_rubbish(frame: bytes, chance: random.Random) -> tuple[bytes, ...]:
    return (bytes(chance.choices(b"\x00\xff#&AT+CGDCONT=1\r\n", k=chance.randint(1, 40))) + b"\n", frame)


def _bit_flip(frame: bytes, chance: random.Random) -> tuple[bytes, ...]:
    place = chance.randrange(_HEADER, len(frame) - _TRAILER)
    return (frame[:place] + bytes([frame[place] ^ 1 << chance.randrange(8)]) + frame[place + 1 :],)


def _wrong_length(frame: bytes, chance: random.Random) -> tuple[bytes, ...]:
    right = int(frame[2:_HEADER])
    wrong = right + chance.choice((-1, 1)) * chance.randint(1, 60)
    return (b"##%04d" % max(wrong, 0) + frame[_HEADER:],)


def _wrong_crc(frame: bytes, chance: random.Random) -> tuple[bytes, ...]:
    right = int(frame[-_TRAILER:-2], 16)
    return (frame[:-_TRAILER] + b"%04X" % (right ^ chance.randint(1, 0xFFFF)) + b"\r\n",)


def _truncated(frame: bytes, chance: random.Random) -> tuple[bytes, ...]:
    return (frame[: chance.randrange(_HEADER, len(frame) - _TRAILER)],)


_SPOIL: MappingProxyType[Fault, Callable[[bytes, random.Random], tuple[bytes, ...]]] = MappingProxyType(
    {
        Fault.NONE: _whole,
        Fault.REPEATED: _whole,
        Fault.TORN: _torn,
        Fault.AFTER_RUBBISH: _after_rubbish,
        Fault.BIT_FLIP: _bit_flip,
        Fault.WRONG_LENGTH: _wrong_length,
        Fault.WRONG_CRC: _wrong_crc,
        Fault.TRUNCATED: _truncated,
    }
)
