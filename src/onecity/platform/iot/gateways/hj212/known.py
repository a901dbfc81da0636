"""What the fast way knows: whose heads are trusted, and which datastream each of the decoder's streams is.

Read and written in the event loop only. Nothing here asks the database: what is not at hand goes the slow way, through
the writer's thread, and is at hand afterwards.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from onecity.platform.iot.codecs.hj212 import BatchDecoder, Edition, Head, ReadingBatch, edition_of
from onecity.platform.iot.rules import quality
from onecity.platform.iot.rules.series import HJ212_KINDS, HJ212_PERIODS
from onecity.platform.iot.services.directory import Directory, Entry
from onecity.platform.iot.services.intake.doors import Door


def _table(*, edition_2005: bool) -> NDArray[np.uint8]:
    flags = [chr(flag) if 0 < flag < 128 else "" for flag in range(256)]
    return np.array([quality.code(quality.from_hj212(flag, edition_2005=edition_2005)) for flag in flags], np.uint8)


_TABLES: Final = np.stack([_table(edition_2005=False), _table(edition_2005=True)])


class Trust(NamedTuple):
    """A head whose device was let in. The head is kept so that its id stays its own."""

    entry: Entry
    head: Head
    of_2005: bool


class FastWay:
    """Datastream and ratio of units by the decoder's stream numbers."""

    def __init__(self, decoder: BatchDecoder, *, directory: Directory, door: Door) -> None:
        self._decoder = decoder
        self._directory = directory
        self._door = door
        self.forget()

    def forget(self) -> None:
        """Begin anew, as when the decoder's numbers begin anew or devices changed."""
        self._version = self._directory.version
        self._trusted: dict[int, Trust] = {}
        self._datastream = np.empty(0, np.int32)
        self._times = np.empty(0, np.float64)
        self._over = np.empty(0, np.float64)

    def refresh(self) -> None:
        """Forget what the directory forgot, and make room for new streams."""
        if self._version != self._directory.version:
            self.forget()
        more = len(self._decoder.streams) - len(self._datastream)
        if more > 0:
            self._datastream = np.concatenate([self._datastream, np.full(more, -1, np.int32)])
            self._times = np.concatenate([self._times, np.ones(more)])
            self._over = np.concatenate([self._over, np.ones(more)])

    def trust(self, head: Head) -> Trust | None:
        """Return why a head is trusted; None if it has to go the slow way."""
        found = self._trusted.get(id(head))
        if found is not None:
            return found
        entry = self._directory.known(head.mn)
        if entry is None or not self._door.can_tell(entry, head.pw):
            return None
        if isinstance(self._door.judge(entry, head.pw), str):
            return None
        trust = self._trusted[id(head)] = Trust(entry, head, edition_of(head.flag) is Edition.HJ_2005)
        return trust

    def datastreams(self, batch: ReadingBatch) -> NDArray[np.int32]:
        """Return the datastream of each reading; -1 where it is not at hand."""
        numbers = self._datastream[batch.stream]
        if (numbers < 0).any():
            for stream in np.unique(batch.stream[numbers < 0]).tolist():
                self._look_up(stream)
            numbers = self._datastream[batch.stream]
        return numbers

    def scaled(self, batch: ReadingBatch) -> NDArray[np.float64]:
        """Return the values in the properties' units."""
        result: NDArray[np.float64] = batch.value * self._times[batch.stream] / self._over[batch.stream]
        return result

    def _look_up(self, stream: int) -> None:
        mn, cn, factor, kind = self._decoder.streams[stream]
        entry = self._directory.known(mn)
        if entry is not None:
            sub_value = HJ212_KINDS[kind]
            self._datastream[stream] = entry.streams.get((HJ212_PERIODS[cn].value, factor, sub_value), -1)
            self._times[stream], self._over[stream] = entry.ratio(factor, sub_value)


def qualities(flag: NDArray[np.uint8], of_2005: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Return the stored quality of each reading from its data flag (0 for none) and its packet's edition."""
    letters: NDArray[np.uint8] = _TABLES[of_2005.view(np.uint8), flag]
    return letters
