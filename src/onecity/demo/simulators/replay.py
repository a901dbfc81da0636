"""Turns hours of readings into what a data logger sends, and when: frames, some of them spoilt, as they fall due."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from onecity.demo.air.feed import HOUR, AirFeed, AirHour
from onecity.demo.simulators.hj212_faults import Fault, disturb
from onecity.demo.simulators.hj212_frames import Logger, hourly

LATEST_MINUTE: Final = 9  # a logger sends the hour within so many minutes after its end


@dataclass(frozen=True, slots=True)
class Upload:
    """One upload of a logger. qn: by which the platform answers. frame: the whole frame. due: city time.

    pieces: how it goes out the first time, one write each; after that the whole frame is sent again until answered.
    """

    qn: str
    frame: bytes
    due: datetime
    fault: Fault
    pieces: tuple[bytes, ...]


def uploads(feed: AirFeed, *, mn: str, seed: int, share: float) -> Iterator[Upload]:
    """Yield a station's uploads for ever: after its last hour the feed begins anew, dates moved by whole weeks.

    share: how many of the frames are spoilt, 0 to 1. Equal for equal seeds.
    """
    hours, cycle = feed.of(mn), 0
    logger = Logger(mn=mn)
    while hours:
        shift = feed.cycle * cycle
        yield from _one_cycle(logger, hours, shift, seed=seed + cycle, share=share)
        cycle += 1


def _one_cycle(
    logger: Logger, hours: Sequence[AirHour], shift: timedelta, *, seed: int, share: float
) -> Iterator[Upload]:
    chance = random.Random(seed)  # noqa: S311  # a demonstration that can be repeated
    moments = [item.hour + shift + HOUR + timedelta(seconds=chance.randint(5, LATEST_MINUTE * 60)) for item in hours]
    frames = [_frame(logger, item, shift, moment) for item, moment in zip(hours, moments, strict=True)]
    due = moments[0]
    for sending in disturb(frames, seed=seed, share=share):
        due = max(due, moments[sending.source])
        frame = frames[sending.source]
        yield Upload(_qn(frame), frame, due, sending.fault, sending.writes)


def _frame(logger: Logger, item: AirHour, shift: timedelta, moment: datetime) -> bytes:
    measured = {factor: {"Avg": value} for factor, value in item.values.items()}
    return hourly(logger, hour=item.hour + shift, sent_at=moment, measured=measured)


def _qn(frame: bytes) -> str:
    return frame[9:26].decode()  # ##0188QN=20200330170005000
