"""SL 651-2014: rain gauges, river and reservoir stations report; the centre confirms, asks, sets clocks."""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from onecity.kernel.text import zh
from onecity.platform.iot.codecs import sl651
from onecity.platform.iot.codecs.cutting import Piece
from onecity.platform.iot.codecs.sl651 import Frame, NoReport, Report
from onecity.platform.iot.declare import Command, Period, Protocol
from onecity.platform.iot.gateways.field.contract import (
    Answered,
    CommandUnknown,
    FieldProtocol,
    FieldSession,
    Hello,
    Moment,
    Note,
    Ordered,
    OrderState,
    Reading,
    Refused,
    Reply,
    Said,
    Seen,
    Upload,
    Welcome,
)

COMMANDS: Final = (
    Command("set_time", zh("校时")),
    Command("query_now", zh("召测实时数据")),
    Command("query_status", zh("查询状态")),
    Command("query_version", zh("查询软件版本")),
    Command("query_clock", zh("查询时钟")),
)
_FUNCTIONS: Final = {
    "set_time": sl651.SET_CLOCK,
    "query_now": sl651.QUERY_NOW,
    "query_status": sl651.QUERY_STATUS,
    "query_version": sl651.QUERY_VERSION,
    "query_clock": sl651.QUERY_CLOCK,
}
_ANSWERS: Final = frozenset(_FUNCTIONS.values())
TEST: Final = 0x30
QUIET_S: Final = 5.0
PICTURE_PIECE: Final = 9_000
"""Bytes of a picture in one note, which holds them in base64."""
_BITS: Final = {"battery_low": 1, "level_alarm": 2, "door_closed": 7}
"""Bits of the status word that are told as readings. Source: SL 651-2014, table of 遥测站状态和报警信息."""


class Sl651Session(FieldSession):
    """One line or peer. Remembers how each station that spoke wants to be addressed."""

    def __init__(self) -> None:
        self._cutter = sl651.cutter()
        self._joiner = sl651.Joiner()
        self._stations: dict[str, Frame] = {}
        self._let_in: set[str] = set()
        self._last = 0.0

    @property
    def held(self) -> int:
        """Bytes of a frame that is not whole yet."""
        return self._cutter.held

    def received(self, data: bytes, at: Moment) -> Sequence[Said]:
        """Take bytes: reports, keep-alives, answers."""
        self._last = at.seconds
        return list(self._pieces(self._cutter.feed(data), at))

    def settled(self, at: Moment) -> Sequence[Said]:
        """Give up what is held."""
        return list(self._pieces(self._cutter.settle(), at))

    def tick(self, at: Moment) -> Sequence[Said]:
        """Give up frames that stopped coming, and parts that never came whole."""
        self._joiner.forget(seconds=at.seconds)
        if self._cutter.held and at.seconds - self._last >= QUIET_S:
            return self.settled(at)
        return ()

    def order(self, device_key: str, code: str, arguments: Mapping[str, object], at: Moment) -> Ordered:
        """Put an order into the protocol's words. Its answer is known by its function.

        Raises: CommandUnknown for another command, or a station that has not spoken on this line.
        """
        known, function = self._stations.get(device_key), _FUNCTIONS.get(code)
        if known is None or function is None:
            raise CommandUnknown
        frame = sl651.query(
            function,
            station=known.station,
            centre=known.centre,
            password=known.password,
            now=at.city,
            is_ascii=known.is_ascii,
        )
        return Ordered(f"{function:02X}", sl651.encode(frame))

    def _pieces(self, pieces: Sequence[Piece], at: Moment) -> Iterator[Said]:
        for piece in pieces:
            if piece.fault is None:
                yield from self._frame(sl651.decode(piece.raw), piece.raw, at)
            else:
                yield Refused(piece.raw, piece.fault)

    def _frame(self, frame: Frame, raw: bytes, at: Moment) -> Iterator[Said]:
        self._stations[frame.station] = frame._replace(body=b"", part=None)
        if frame.part is not None:
            yield from self._part(frame, raw, at)
            return
        try:
            report = sl651.report(frame)
        except NoReport as error:
            yield Refused(raw, error.fault, {"function": f"{frame.function:02X}"}, device_key=frame.station)
            return
        if frame.function == sl651.KEEP_ALIVE:
            yield Seen(frame.station, raw, frame.password)
            return
        answer = b""
        if frame.function in sl651.CONFIRMED:
            answer = sl651.encode(sl651.confirmation(frame, now=at.city))
        yield self._upload(frame, report, raw, answer)
        if frame.station not in self._let_in:  # its password opens the line, so that its words on orders count
            yield Hello(raw, frame.station, self._welcomed, frame.password)
        if frame.function in _ANSWERS:
            yield Answered(frame.station, f"{frame.function:02X}", OrderState.DONE, _said(report))

    def _welcomed(self, welcome: Welcome) -> Sequence[Said]:
        if not welcome.reason:
            self._let_in.add(welcome.device_key)
        return ()

    def _part(self, frame: Frame, raw: bytes, at: Moment) -> Iterator[Said]:
        """Collect parts: the last one is answered once for all, or with the number of one that is missing."""
        joined = self._joiner.take(frame, seconds=at.seconds)
        if joined is None:
            yield Seen(frame.station, raw, frame.password)
        elif joined.whole is None:
            wanted = sl651.missing_part(frame, number=joined.missing, now=at.city, serial=joined.serial)
            yield Reply(sl651.encode(wanted), frame.station)
        else:
            try:
                report = sl651.report(joined.whole)
            except NoReport as error:
                yield Refused(raw, error.fault, {"function": f"{frame.function:02X}"}, device_key=frame.station)
                return
            answer = sl651.parts_confirmation(frame, now=at.city, serial=joined.serial)
            yield self._upload(joined.whole, report, raw, sl651.encode(answer))

    def _upload(self, frame: Frame, report: Report, raw: bytes, answer: bytes) -> Upload:
        return Upload(
            raw,
            frame.station,
            frame.password,
            readings=_readings(frame, report),
            answer=answer,
            notes=_notes(frame, report),
        )


def _readings(frame: Frame, report: Report) -> list[Reading]:
    """Return a report's values; a group's rain stands for five minutes, and tests are kept apart."""
    sub_value = "test" if frame.function == TEST else ""
    found = [
        Reading(
            item.name,
            None if item.value is None else float(item.value),
            item.at,
            Period.MINUTE if item.is_group else Period.REAL_TIME,
            sub_value,
        )
        for item in report.values
    ]
    if report.status is not None:
        word = report.status
        found += [
            Reading(name, float(word >> bit & 1), report.sent_at, sub_value=sub_value) for name, bit in _BITS.items()
        ]
    return found


def _notes(frame: Frame, report: Report) -> list[Note]:
    kind = f"{frame.function:02X}"
    if report.picture:
        pieces = range(0, len(report.picture), PICTURE_PIECE)
        return [
            Note(f"{kind} {number}/{len(pieces)}", b64encode(report.picture[begin : begin + PICTURE_PIECE]).decode())
            for number, begin in enumerate(pieces, start=1)
        ]
    text = report.by_hand or report.rest
    return [Note(kind, _text(text))] if text else []


def _text(data: bytes) -> str:
    """Return bytes that people can read as text, others in hexadecimal."""
    stripped = data[1:] if data and data[0] == len(data) - 1 else data
    return stripped.decode("ascii") if stripped.isascii() and stripped.decode("ascii").isprintable() else data.hex()


def _said(report: Report) -> str:
    if report.status is not None:
        return f"ZT {report.status:08X}"
    if report.rest:
        return _text(report.rest)[:60]
    return report.sent_at.strftime("%Y-%m-%d %H:%M:%S") if report.sent_at else ""


PROTOCOL: Final = FieldProtocol(
    code=Protocol.SL651,
    title="SL 651",
    port=5651,
    session=Sl651Session,
    commands=COMMANDS,
    idle_s=7_200.0,
)
"""Source: SL 651-2014, 6.6; the standard names no port."""
