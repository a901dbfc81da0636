"""The job: pieces of ten thousand lines, each registered and noted in one transaction, so that it can die and go on."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F

from onecity.kernel.actor import Actor
from onecity.kernel.errors import OneCityError
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts import NewDevice
from onecity.platform.iot.models import DeviceImport, RefusedLine
from onecity.platform.iot.rules.lists import Line
from onecity.platform.iot.rules.tables import UnreadableList, line_count, pieces
from onecity.platform.iot.selectors.devices import known_keys
from onecity.platform.iot.services.devices.registering import faults_of
from onecity.platform.iot.services.imports.inserting import insert_devices, take_turns
from onecity.platform.iot.services.imports.reading import Names, names, read_lines
from onecity.platform.jobs.api import Cancelled

STATE = DeviceImport.State
MOST_REFUSED: Final = 100_000
"""So many lines with faults are kept; a file with more is not mended but made anew."""
Step = Callable[[int, int], None]


def run_import(
    actor: Actor, *, import_id: int, step: Step, clock: Callable[[], datetime], real_clock: Callable[[], datetime]
) -> Mapping[str, object]:
    """Register the devices of a list, as the actor; returns the counts.

    May run twice, and after a death: what is done is done once. step: told (lines done, lines in all) between
    transactions; may raise `Cancelled`. clock: city time, for the devices. real_clock: for the import.
    """
    row = DeviceImport.objects.get(id=import_id)
    if row.ended_at is None:
        try:
            _work(actor, row, step=step, clock=clock)
            _end(row, STATE.DONE, now=real_clock())
        except Cancelled:
            _end(row, STATE.CANCELLED, now=real_clock())
            raise
        except UnreadableList as error:
            _end(row, STATE.FAILED, now=real_clock(), message=error.sentence())
    row.refresh_from_db()
    return {"made": row.made, "known": row.known, "refused": row.refused, "state": row.state}


def _work(actor: Actor, row: DeviceImport, *, step: Step, clock: Callable[[], datetime]) -> None:
    known = names()
    with default_storage.open(row.storage_name) as file:
        total = line_count(file, kind=row.kind)
        DeviceImport.objects.filter(id=row.id).update(state=STATE.RUNNING, total=total)
        done = row.read
        step(done, total)
        for piece in pieces(file, kind=row.kind):
            rest = [line for line in piece if line.number > done]
            if rest:
                done = _register(actor, row.id, rest, known, now=clock())
                step(done, max(total, done))


def _register(actor: Actor, import_id: int, lines: Sequence[Line], known: Names, *, now: datetime) -> int:
    """Register a piece and note how far the import is, in one transaction."""
    with transaction.atomic():
        take_turns()
        row = DeviceImport.objects.select_for_update().get(id=import_id)
        rest = [line for line in lines if line.number > row.read]
        gateways = [line for line in rest if not line.value("parent")]
        children = [line for line in rest if line.value("parent")]
        made = there = refused = 0
        for part in (gateways, children):  # children may hang on gateways of the same piece
            counts = _part(actor, import_id, part, known, now=now)
            made, there, refused = made + counts[0], there + counts[1], refused + counts[2]
        reached = max((line.number for line in rest), default=row.read)
        DeviceImport.objects.filter(id=import_id).update(
            read=reached, made=F("made") + made, known=F("known") + there, refused=F("refused") + refused
        )
        details = {"import": import_id, "to_line": reached, "made": made, "refused": refused}
        identity.record(actor, action="iot.import_devices", target=f"iot.deviceimport:{import_id}", details=details)
    return reached


def _part(actor: Actor, import_id: int, lines: Sequence[Line], known: Names, *, now: datetime) -> tuple[int, int, int]:
    """Register lines; returns how many were new, there already, refused."""
    read = read_lines(lines, known)
    faults = faults_of(actor, new=[new for new, _ in read])
    good: list[NewDevice] = []
    bad: list[RefusedLine] = []
    for place, (line, (new, unread)) in enumerate(zip(lines, read, strict=True)):
        reasons = {**{f"line{number}": text for number, text in enumerate(unread)}, **faults.get(place, {})}
        if reasons:
            bad.append(RefusedLine(batch_id=import_id, number=line.number, values=dict(line.values), reasons=reasons))
        else:
            good.append(new)
    there = known_keys([new.key for new in good])
    fresh = [new for new in good if new.key not in there]
    insert_devices(fresh, by=actor.key, now=now)
    RefusedLine.objects.bulk_create(bad[:MOST_REFUSED], batch_size=1_000, ignore_conflicts=True)
    return len(fresh), len(there), len(bad)


def _end(row: DeviceImport, state: DeviceImport.State, *, now: datetime, message: str = "") -> None:
    DeviceImport.objects.filter(id=row.id).update(state=state, ended_at=now, message=message[:200])
    if state == STATE.DONE:
        with suppress(OSError, OneCityError):
            default_storage.delete(row.storage_name)
