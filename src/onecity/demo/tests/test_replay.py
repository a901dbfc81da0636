"""Replaying readings: what is sent when, and that a logger loses nothing on a bad line."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from onecity.demo.air.feed import HOUR, PM2_5, AirFeed, AirHour, AirStation, sorted_feed
from onecity.demo.air.published import station_mn
from onecity.demo.simulators import station_line
from onecity.demo.simulators.hj212_faults import Fault
from onecity.demo.simulators.hj212_frames import check_code, enclose
from onecity.demo.simulators.replay import LATEST_MINUTE, Upload, uploads
from onecity.demo.simulators.station_line import StationLine

MN = station_mn("220100", "1119A")
BEGINS = datetime(2020, 3, 26, 9, tzinfo=UTC)
HOURS = 40


def feed() -> AirFeed:
    hours = [AirHour(MN, BEGINS + HOUR * step, {PM2_5: 10.0 + step}) for step in range(HOURS)]
    return sorted_feed([AirStation(MN, "食品厂")], hours)


def first(count: int, *, share: float = 0.0) -> list[Upload]:
    return list(islice(uploads(feed(), mn=MN, seed=5, share=share), count))


def test_hour_is_sent_soon_after_its_end() -> None:
    for number, upload in enumerate(first(HOURS)):
        end = BEGINS + HOUR * (number + 1)
        assert end < upload.due <= end + timedelta(minutes=LATEST_MINUTE)


def test_after_the_last_hour_the_feed_begins_anew_a_week_later() -> None:
    again = first(HOURS + 1)[-1]
    assert BEGINS + timedelta(weeks=1) + HOUR < again.due < BEGINS + timedelta(weeks=1) + HOUR * 2
    assert b"DataTime=20200402170000" in again.frame


def test_every_hour_comes_whole_however_many_are_spoilt() -> None:
    sent = first(HOURS * 2, share=0.8)
    assert {upload.frame for upload in first(HOURS)} <= {upload.frame for upload in sent}
    assert {upload.fault for upload in sent} > {Fault.NONE, Fault.TORN, Fault.WRONG_CRC}


def test_nothing_falls_due_before_what_was_sent_before_it() -> None:
    due = [upload.due for upload in first(HOURS, share=0.8)]
    assert due == sorted(due)


def test_same_seed_sends_the_same_bytes() -> None:
    assert first(30, share=0.5) == first(30, share=0.5)


def test_qn_is_the_one_in_the_frame() -> None:
    for upload in first(5):
        assert upload.frame[6:].startswith(f"QN={upload.qn};".encode())


class Platform:
    """A platform that hears whole frames, answers as `answer` says, and hangs up after `patience` frames."""

    def __init__(self, *, patience: int = 10**9, deaf_until: int = 0) -> None:
        self.heard: list[str] = []
        self.patience = patience
        self.deaf_until = deaf_until
        self.seen = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        left = self.patience
        buffer = b""
        while left and (data := await reader.read(65536)):
            *lines, buffer = (buffer + data).split(b"\r\n")
            for line in lines:
                self.seen += 1
                if self.seen <= self.deaf_until or not is_whole(line):
                    continue
                qn = line[9:26].decode()
                self.heard.append(qn)
                writer.write(answer(qn))
                left -= 1
                if not left:
                    break
        writer.close()


def is_whole(line: bytes) -> bool:
    body = line[6:-4]
    return line[:2] == b"##" and line[2:6] == b"%04d" % len(body) and line[-4:] == check_code(body).encode()


def answer(qn: str) -> bytes:
    return enclose(f"QN={qn};ST=91;CN=9014;PW=123456;MN={MN};Flag=4;CP=&&&&")


def talk(platform: Platform, sent: Iterator[Upload], *, until: Callable[[StationLine], bool]) -> StationLine:
    """Let a line talk to the platform until it is so far."""

    async def run() -> StationLine:
        server = await asyncio.start_server(platform.serve, "127.0.0.1", 0)
        host, port = server.sockets[0].getsockname()[:2]
        line = StationLine(host=host, port=port, uploads=sent, city_now=lambda: BEGINS + timedelta(days=3))
        work = asyncio.ensure_future(line.run())
        async with asyncio.timeout(60):
            while not until(line):
                await asyncio.sleep(0.02)
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        server.close()
        return line

    return asyncio.run(run())


def test_past_hours_are_sent_at_once_and_the_next_one_waits() -> None:
    platform = Platform()
    line = talk(platform, uploads(feed(), mn=MN, seed=5, share=0.0), until=lambda line: line.counts.answered == HOURS)
    assert platform.heard == [upload.qn for upload in first(HOURS)]
    assert line.counts.sent == HOURS
    assert line.counts.sent_again == 0


def test_spoilt_frames_are_sent_again_until_every_hour_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(station_line, "OVERTIME_S", 0.1)
    platform = Platform()
    line = talk(
        platform,
        uploads(feed(), mn=MN, seed=5, share=0.6),
        until=lambda _: {upload.qn for upload in first(HOURS)} <= set(platform.heard),
    )
    assert line.counts.spoilt > 5
    assert line.counts.sent_again > 0


def test_line_that_breaks_is_opened_again_and_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(station_line, "OVERTIME_S", 0.1)
    platform = Platform(patience=9)
    line = talk(
        platform,
        uploads(feed(), mn=MN, seed=5, share=0.0),
        until=lambda _: {upload.qn for upload in first(HOURS)} <= set(platform.heard),
    )
    assert line.counts.reconnected >= HOURS // 9


def test_line_on_which_nothing_is_answered_is_given_up_and_tried_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(station_line, "OVERTIME_S", 0.1)
    platform = Platform(deaf_until=HOURS * 3)
    line = talk(
        platform,
        uploads(feed(), mn=MN, seed=5, share=0.0),
        until=lambda _: {upload.qn for upload in first(HOURS)} <= set(platform.heard),
    )
    assert line.counts.reconnected >= 1
