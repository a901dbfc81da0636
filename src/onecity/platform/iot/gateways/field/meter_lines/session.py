"""One line of meters: who dialled in, whom to ask when, what belongs to what. Half duplex: one question at a time."""

import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Final

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.iot.codecs.cutting import Piece
from onecity.platform.iot.codecs.faults import Fault
from onecity.platform.iot.gateways.field.contract import (
    Answered,
    FieldSession,
    Hangup,
    Hello,
    Moment,
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
from onecity.platform.iot.gateways.field.meter_lines.dialects import Dialect, Heard, Question, Unreadable, checked
from onecity.platform.iot.gateways.field.meter_lines.registering import PATTERN, QUIET_S, Registered, Registration
from onecity.platform.iot.gateways.field.meter_lines.rounds import Round, Timetable

ANSWER_S: Final = 4.0
"""A meter at 2400 baud behind a mobile network answers within this. Source: House rule."""
MOST_ORDERS: Final = 50
CHECK_AGAIN_S: Final = 5.0
_HEARTBEAT: Final = re.compile(rb"[\x20-\x7e\s\0]{1,64}")


class NotOnThisLine(Invalid):
    """The order is for a device that is not asked on this line."""

    code = "iot.not_on_this_line"
    message = zh("该设备不在这条线路上，或线路上的命令过多")


class Stage(Enum):
    """How far a line is: nobody has said a name; a name was said and is being judged; meters are asked."""

    OPEN = "open"
    JUDGED = "judged"
    ASKING = "asking"


class MeterLine(FieldSession):
    """Speaks one dialect on one line. A meter that dials in by itself is its own unit."""

    def __init__(self, dialect: Dialect, *, pattern: re.Pattern[bytes] = PATTERN) -> None:
        self._dialect = dialect
        self._cutter = dialect.cutter()
        self._registration = Registration(pattern)
        self._stage = Stage.OPEN
        self._key = ""
        self._table = Timetable()
        self._asked: tuple[Question, float] | None = None
        self._orders: deque[Question] = deque()
        self._round: Round | None = None
        self._numbers = 0
        self._last = 0.0
        self._now = 0.0

    @property
    def held(self) -> int:
        """Bytes that are no whole frame, or no whole name."""
        return self._cutter.held + self._registration.held

    def received(self, data: bytes, at: Moment) -> Sequence[Said]:
        """Take bytes: the unit's name first, then answers and heartbeats."""
        self._last = self._now = at.seconds
        if self._stage is Stage.OPEN and self._asked is None:
            found = self._registration.hear(data, seconds=at.seconds)
            return list(self._registered(found)) if found else []
        return [*self._pieces(self._cutter.feed(data), at), *self._next(at)]

    def settled(self, at: Moment) -> Sequence[Said]:
        """Give up what is held."""
        said = list(self._pieces(self._cutter.settle(), at))
        if self._registration.held:
            said += self._registered(self._registration.end())
        return said

    def tick(self, at: Moment) -> Sequence[Said]:
        """Ask who is there, give up questions nobody answered, ask what is due."""
        self._now = at.seconds
        if self._stage is Stage.OPEN and self._asked is None:
            return list(self._unregistered(at))
        said: list[Said] = []
        if self._cutter.held and at.seconds - self._last >= QUIET_S:
            said += self._pieces(self._cutter.settle(), at)
        if self._asked is not None and at.seconds - self._asked[1] >= ANSWER_S:
            said += self._unanswered(self._asked[0], at)
        return [*said, *self._next(at)]

    def order(self, device_key: str, code: str, arguments: Mapping[str, object], at: Moment) -> Ordered:
        """Queue an order; it goes out when the line is free, before further rounds.

        Raises: NotOnThisLine; CommandUnknown; Invalid.
        """
        meter = self._table.meter(device_key)
        if meter is None or len(self._orders) >= MOST_ORDERS:
            raise NotOnThisLine
        self._numbers += 1
        reference = f"m{self._numbers}"
        question = self._dialect.order(meter, code, arguments, at, reference=reference)
        self._orders.append(question)
        return Ordered(reference, b"", awaited=question.awaited)

    def _unregistered(self, at: Moment) -> Iterator[Said]:
        found = self._registration.wait(seconds=at.seconds)
        if found is not None:
            yield from self._registered(found)
        elif self._registration.is_silent(seconds=at.seconds):
            yield self._ask(self._dialect.who_is_there(), at)

    def _registered(self, found: Registered) -> Iterator[Said]:
        if found.key:
            self._stage = Stage.JUDGED
            yield Hello(found.raw, found.key, self._welcomed)
            return
        pushed = list(self._pushed(found.raw))
        yield from pushed
        if not pushed:
            self._stage = Stage.JUDGED
            yield Refused(found.raw, Fault.BAD_ADDRESS)
            yield Hangup(Fault.BAD_ADDRESS)

    def _pushed(self, raw: bytes) -> Iterator[Said]:
        """Take frames instead of a name: modules that report of their own accord tunnel a meter's answer."""
        told: dict[str, list[Reading]] = {}
        for piece in self._dialect.cutter().feed(raw):
            if piece.fault is not None:
                continue
            try:
                heard = self._dialect.heard(piece.raw)
            except Unreadable:
                continue
            told.setdefault(heard.address, []).extend(heard.told)
        for key, values in told.items():
            if values:
                yield Upload(raw, key, readings=values)

    def _welcomed(self, welcome: Welcome) -> Sequence[Said]:
        if welcome.reason:
            return [Hangup(welcome.reason)]
        self._stage, self._key = Stage.ASKING, welcome.device_key
        self._table.take([item for item in welcome.attached if item.names], seconds=self._now)
        return []

    def _pieces(self, pieces: Sequence[Piece], at: Moment) -> Iterator[Said]:
        for piece in pieces:
            if piece.fault is None:
                yield from self._frame(piece.raw, at)
            elif self._key and _HEARTBEAT.fullmatch(piece.raw):
                yield Seen(self._key, piece.raw)
            else:
                yield Refused(piece.raw, piece.fault, device_key=self._key)

    def _frame(self, raw: bytes, at: Moment) -> Iterator[Said]:
        try:
            heard = self._dialect.heard(raw)
        except Unreadable as error:
            yield Refused(raw, Fault.BAD_VALUE, {"why": str(error)[:100]}, device_key=self._key)
            return
        question = self._asked[0] if self._asked else None
        if question is None or not _fits(question, heard):
            yield Refused(raw, Fault.UNASKED, {"address": heard.address}, device_key=self._key)
            return
        self._asked = None
        if self._stage is Stage.OPEN:
            self._stage = Stage.JUDGED
            yield Hello(raw, heard.address, self._welcomed)
        elif heard.more:
            rest = Question(question.key, question.address, question.topic, heard.more, reference=question.reference)
            self._note(raw, ())
            yield self._ask(rest, at)
        elif question.reference:
            yield from self._ordered(question, heard, raw, at)
        else:
            self._note(raw, heard.told)

    def _ordered(self, question: Question, heard: Heard, raw: bytes, at: Moment) -> Iterator[Said]:
        """Judge a meter's word on an order: refused, taken and to be checked, or done."""
        if heard.refused:
            yield Answered(question.key, question.reference, OrderState.FAILED, heard.refused[:60], raw)
        elif question.follows is not None:
            question.follows.not_before = at.seconds + question.follows.not_before
            self._orders.append(question.follows)
            yield Answered(question.key, question.reference, OrderState.ACCEPTED, "", raw)
        elif question.wanted:
            yield Upload(raw, question.key, readings=heard.told)
            yield from self._checked(question, heard, raw, at)
        else:
            yield Answered(question.key, question.reference, OrderState.DONE, "", raw)

    def _checked(self, question: Question, heard: Heard, raw: bytes, at: Moment) -> Iterator[Said]:
        """Say how an order ended by what is read now; what takes its time is read again."""
        state = checked(question, heard.told)
        question.checks -= 1
        if state is OrderState.FAILED and question.checks > 0:
            question.not_before = at.seconds + CHECK_AGAIN_S
            self._orders.append(question)
        else:
            yield Answered(question.key, question.reference, state, "", raw)

    def _note(self, raw: bytes, told: Sequence[Reading]) -> None:
        if self._round is not None:
            self._round.raw += raw
            self._round.readings += told

    def _unanswered(self, question: Question, at: Moment) -> Iterator[Said]:
        """Ask again what may be asked again; orders are not: their end is the platform's, by its own patience."""
        self._asked = None
        question.tries -= 1
        if question.tries > 0:
            yield self._ask(question, at)
        elif self._stage is Stage.OPEN:
            self._stage = Stage.JUDGED
            yield Hangup("nobody answers")

    def _next(self, at: Moment) -> Iterator[Said]:
        """Ask the next thing if the line is free: orders, the rest of a round, the next meter that is due."""
        if self._asked is not None or self._stage is not Stage.ASKING:
            return
        ready = next((item for item in self._orders if item.not_before <= at.seconds), None)
        if ready is not None:
            self._orders.remove(ready)
            yield self._ask(ready, at)
            return
        if self._round is not None and not self._round.topics:
            yield from self._ended(self._round)
        if self._round is None:
            meter = self._table.due(seconds=at.seconds)
            if meter is None:
                return
            self._round = Round(meter, deque(self._dialect.topics(meter)))
        if self._round.topics:
            yield self._ask(self._dialect.question(self._round.meter, self._round.topics.popleft()), at)

    def _ended(self, done: Round) -> Iterator[Said]:
        self._round = None
        if done.readings:
            yield Upload(bytes(done.raw), done.meter.device_key, readings=tuple(done.readings))
        elif done.raw:
            yield Seen(done.meter.device_key, bytes(done.raw))

    def _ask(self, question: Question, at: Moment) -> Reply:
        if question.awaited:
            self._asked = (question, at.seconds)
        return Reply(question.data, question.key)


def _fits(question: Question, heard: Heard) -> bool:
    """Say whether an answer is to this question; a refusal without a topic is to whatever was to be read."""
    on_topic = heard.topic == question.topic or (not heard.topic and not question.reference)
    return on_topic and question.address in {heard.address, ""}
