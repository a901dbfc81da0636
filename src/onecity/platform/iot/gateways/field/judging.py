"""What becomes of each thing said: who speaks, may he, and what of it is kept. In the event loop."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, assert_never

from onecity.kernel import clock
from onecity.platform.iot.contracts import Message, Refusal
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.counters import Counters
from onecity.platform.iot.gateways.field.contract import (
    Answered,
    Hello,
    OrderState,
    Position,
    Said,
    Seen,
    Upload,
    Welcome,
)
from onecity.platform.iot.gateways.field.doors import FieldDoor
from onecity.platform.iot.gateways.field.learning import Families
from onecity.platform.iot.gateways.field.shared import Shared, Work
from onecity.platform.iot.gateways.field.speakers import Item, Speaker
from onecity.platform.iot.models import DeviceCommand
from onecity.platform.iot.rules import quality, reasons
from onecity.platform.iot.rules.clocks import believed
from onecity.platform.iot.rules.instants import micros
from onecity.platform.iot.services.commands import note_answer
from onecity.platform.iot.services.credentials import keep_issued
from onecity.platform.iot.services.directory import Entry
from onecity.platform.iot.services.intake.reported import described, take_known
from onecity.platform.iot.services.intake.settings import take_over
from onecity.platform.iot.services.notes import keep_note

TWICE: Final = "two_lines"
LONGEST_NOTE: Final = 16_384
_FAULTY: Final = frozenset(quality.code(letter) for letter in quality.FAULTY)


class Judge:
    """Sorts what was said into a submission. hear: takes what a session says to its welcome."""

    def __init__(
        self,
        protocol: Protocol,
        shared: Shared,
        *,
        door: FieldDoor,
        counters: Counters,
        issues: bool,
        hear: Callable[[Speaker, Sequence[Said]], None],
    ) -> None:
        self._protocol = protocol
        self._shared = shared
        self._counters = counters
        self._issues = issues
        self._hear = hear
        self._door = door

    def sort(self, item: Item, work: Work, *, families: Families) -> None:
        """Put one thing said where it belongs."""
        match item.said:
            case Upload():
                self._upload(item, item.said, work)
            case Hello():
                self._hello(item, item.said, work, families)
            case Seen():
                self._seen(item, item.said, work)
            case Answered():
                self._answered(item, item.said, work)
            case _:
                assert_never(item.said)

    def message(self, item: Item) -> Message:
        """Return what was said as a message for the quarantine."""
        return Message(item.said.raw, self._protocol, item.address, item.key)

    def welcome(self, speaker: Speaker, said: Hello, entry: Entry | str, families: Families) -> None:
        """Tell a session how its hello was judged, and hear what it says to that."""
        if isinstance(entry, str):
            judged = Welcome(entry, said.device_key)
        else:
            judged = Welcome("", entry.key, families.get(entry.key, ()))
        self._hear(speaker, said.welcomed(judged))

    def _upload(self, item: Item, said: Upload, work: Work) -> None:
        if not self._may_send(item, work):
            return
        issuing = self._issues and bool(said.issue)
        entry = self._door.judge(item, issuing=issuing)
        if isinstance(entry, str):
            self._refuse(item, entry, work)
            return
        self._let_in(item, entry, work)
        if issuing:
            item.speaker.shown[entry.key] = said.issue
            work.issued.append(entry.key)
            work.submission.also.append(partial(keep_issued, entry.id, secret=said.issue))
        origin, before = len(work.uploads), len(work.collected.quality)
        work.uploads.append(item)
        arrived = micros(work.moment.city)
        if not take_known(said.readings, entry=entry, arrived=arrived, collected=work.collected, origin=origin):
            work.slow.append((origin, entry))
        elif not _FAULTY.isdisjoint(work.collected.quality[before:]):
            self._shared.presence.note_faulty([entry.id])
        self._keep_rest(said, entry, work)
        work.ends.append((item, ""))
        self._trace(item, entry.key, described(said.readings))

    def _keep_rest(self, said: Upload, entry: Entry, work: Work) -> None:
        for note in said.notes:
            keep = partial(keep_note, entry.id, kind=note.kind, content=note.content[:LONGEST_NOTE])
            work.submission.also.append(partial(keep, now=work.moment.city))
        if said.reported:
            work.submission.also.append(partial(take_over, entry.id, said.reported, now=clock.real_now()))
        if said.position is not None:
            self._move(entry, said.position, work)

    def _hello(self, item: Item, said: Hello, work: Work, families: Families) -> None:
        entry = self._door.judge(item)
        if isinstance(entry, str):
            self._refuse(item, entry, work)
        else:
            speaker = item.speaker
            speaker.shown[entry.key] = said.credential
            speaker.hellos[entry.key] = said
            self._let_in(item, entry, work)
            work.ends.append((item, ""))
            self._trace(item, entry.key, "hello")
        self.welcome(item.speaker, said, entry, families)

    def _seen(self, item: Item, said: Seen, work: Work) -> None:
        entry = self._door.judge(item)
        if isinstance(entry, str):
            if said.raw:
                self._refuse(item, entry, work)
            return
        self._let_in(item, entry, work)
        work.ends.append((item, ""))
        self._trace(item, entry.key, "seen")

    def _answered(self, item: Item, said: Answered, work: Work) -> None:
        entry = self._door.judge(item)
        if isinstance(entry, str):
            if said.raw:
                self._refuse(item, entry, work)
            return
        self._let_in(item, entry, work)
        work.ends.append((item, ""))
        self._trace(item, entry.key, f"{said.state} {said.text}")
        number = item.speaker.order_of(said.device_key, said.reference, ended=said.state is not OrderState.ACCEPTED)
        if number is None:
            self._counters.unheard += 1
            return
        note = partial(note_answer, entry.id, reference=str(number), state=DeviceCommand.State(said.state.value))
        work.submission.also.append(partial(note, result=said.text, now=clock.real_now()))

    def _let_in(self, item: Item, entry: Entry, work: Work) -> None:
        speaker, lines = item.speaker, self._shared.lines
        speaker.ids.add(entry.id)
        self._shared.presence.note(entry.id, entry.silent_after_s)
        if lines.enter(entry.key, speaker):
            places = f"{lines.other(entry.key)} {speaker.address}"
            work.submission.also.append(partial(keep_note, entry.id, kind=TWICE, content=places, now=work.moment.city))

    def _may_send(self, item: Item, work: Work) -> bool:
        """Say whether a device keeps to its rate. One alone on its line waits; others lose what is too much."""
        speaker, now = item.speaker, work.moment.seconds
        key = item.key
        pause_s = self._shared.rates.over(key, now=now)
        if pause_s <= 0:
            return True
        if speaker.outlet.holds and len(speaker.keys) <= 1:
            speaker.outlet.hold_back(pause_s)
            return True
        self._shared.rates.give_back(key, now=now)
        self._counters.unheard += 1
        if self._shared.rates.may_tell(key, now=now):
            known = self._shared.directory.known(key)
            refusal = Refusal(self.message(item), reasons.RATE, device_id=known.id if known else None)
            work.submission.refusals.append(refusal)
        if item.told is not None:
            work.ends.append((item, reasons.RATE))
        else:
            speaker.settle(1)
        return False

    def _move(self, entry: Entry, position: Position, work: Work) -> None:
        window = believed(work.moment.city)
        if window.first <= micros(position.at) <= window.last:
            self._shared.positions.note(entry.id, position)

    def _refuse(self, item: Item, reason: str, work: Work) -> None:
        known = self._shared.directory.known(item.key)
        work.submission.refusals.append(Refusal(self.message(item), reason, device_id=known.id if known else None))
        work.ends.append((item, reason))
        self._trace(item, item.key, reason)

    def _trace(self, item: Item, key: str, result: str) -> None:
        tracer = self._shared.tracer
        if tracer.watched:
            tracer.note(self._protocol, key, item.said.raw, outward=False, peer=item.address, result=result)
