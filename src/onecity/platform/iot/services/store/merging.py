"""Makes one sorted set of readings out of many batches, and tells each batch what became of its own."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onecity.platform.iot.contracts import Batch, Outcome, Readings, Receipt, Refusal, empty_batch
from onecity.platform.iot.rules import reasons
from onecity.platform.iot.rules.clocks import Window
from onecity.platform.iot.rules.instants import instant
from onecity.platform.iot.services.store.readings import joined, same_values


@dataclass(slots=True)
class Merged:
    """Believed readings, sorted by datastream and time, each key once.

    readings: them. place: where each stands among all readings of all batches. outcome: of all readings, in arrival
    order.
    """

    readings: Readings
    place: NDArray[np.intp]
    outcome: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.place)

    @property
    def datastream(self) -> NDArray[np.int32]:
        """Ids, ascending."""
        return self.readings.datastream

    @property
    def at(self) -> NDArray[np.int64]:
        """Phenomenon times, ascending within a datastream."""
        return self.readings.at

    @property
    def ends(self) -> NDArray[np.bool_]:
        """Say of each reading whether it is its datastream's newest here."""
        return np.append(self.datastream[1:] != self.datastream[:-1], True)[: len(self)]

    def where(self, chosen: NDArray[np.bool_]) -> Readings:
        """Return the chosen readings; all of them without a copy."""
        return self.readings if chosen.all() else self.readings.where(chosen)

    def settle(self, chosen: NDArray[np.bool_], outcome: NDArray[np.uint8]) -> None:
        """Note what became of the chosen readings."""
        self.outcome[self.place[chosen]] = outcome

    def is_stored(self) -> NDArray[np.bool_]:
        """Say of each reading whether it was new."""
        stored: NDArray[np.bool_] = self.outcome[self.place] == Outcome.STORED
        return stored

    def stored(self) -> Readings:
        """Return the readings that were new."""
        return self.where(self.is_stored())

    def receipts(self, batches: Sequence[Batch]) -> list[Receipt]:
        """Return each batch's share of the outcome."""
        ends = np.cumsum([len(batch) for batch in batches])
        return [Receipt(part) for part in np.split(self.outcome, ends[:-1])] if batches else []


def merge(batches: Sequence[Batch], *, window: Window) -> Merged:
    """Merge batches: sorted, without what lies outside `window` (CLOCK) and without what came twice in them.

    Of readings with one key the first counts; equal ones are REPEATED, others CONFLICTING.
    """
    batches = batches or [empty_batch()]
    datastream, at = joined([batch.datastream for batch in batches]), joined([batch.at for batch in batches])
    result = joined([batch.result for batch in batches])
    quality = joined([batch.quality for batch in batches])
    outcome = np.full(len(datastream), Outcome.STORED, np.uint8)
    wrong_clock = (at < window.first) | (at > window.last)
    if any(batch.open_clock for batch in batches):
        wrong_clock &= ~np.repeat([batch.open_clock for batch in batches], [len(batch) for batch in batches])
    outcome[wrong_clock] = Outcome.CLOCK
    order = np.lexsort((at, datastream))
    if wrong_clock.any():
        order = order[~wrong_clock[order]]
    sorted_all = Readings(datastream[order], at[order], result[order], quality[order])
    again = np.zeros(len(order), np.bool_)
    again[1:] = (sorted_all.datastream[1:] == sorted_all.datastream[:-1]) & (sorted_all.at[1:] == sorted_all.at[:-1])
    if not again.any():
        return Merged(sorted_all, order, outcome)
    first = np.maximum.accumulate(np.where(again, 0, np.arange(len(order))))
    equal = same_values(sorted_all, sorted_all.where(first))
    outcome[order[again]] = np.where(equal, Outcome.REPEATED, Outcome.CONFLICTING)[again]
    return Merged(sorted_all.where(~again), order[~again], outcome)


def refusals_of(merged: Merged, batches: Sequence[Batch]) -> Iterator[Refusal]:
    """Yield a refusal for each message that held readings with a wrong clock or a value other than the table's."""
    if not (merged.outcome >= Outcome.CONFLICTING).any():
        return
    for batch, receipt in zip(batches, merged.receipts(batches), strict=True):
        for outcome, reason in ((Outcome.CONFLICTING, reasons.CONFLICTING_REPEAT), (Outcome.CLOCK, reasons.CLOCK)):
            yield from _refused(batch, np.flatnonzero(receipt.outcome == outcome), reason)


def _refused(batch: Batch, places: NDArray[np.intp], reason: str) -> Iterator[Refusal]:
    by_message: dict[int, list[dict[str, object]]] = defaultdict(list)
    for place in places.tolist():
        by_message[int(batch.origin[place])].append(_told(batch, place))
    for origin, readings in by_message.items():
        if batch.message is not None:
            yield Refusal(batch.message(origin), reason, {"readings": readings})


def _told(batch: Batch, place: int) -> dict[str, object]:
    at, value = int(batch.at[place]), float(batch.result[place])
    return {
        "datastream": int(batch.datastream[place]),
        "at": _written(at),
        "value": None if np.isnan(value) else value,
        "quality": chr(batch.quality[place]),
    }


def _written(at: int) -> str:
    try:
        return instant(at).isoformat()
    except OverflowError:
        return str(at)
