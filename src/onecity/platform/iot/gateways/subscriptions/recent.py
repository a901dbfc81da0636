"""The newest entries of the feed in memory, so that many lanes at its head read it once."""

from collections import deque
from collections.abc import Sequence
from typing import Final

from onecity.platform.iot.selectors.feeds.entries import MOST_ENTRIES, MOST_OCTETS, Entry

REMEMBERED_OCTETS: Final = 16 << 20


class Recent:
    """Entries without a gap up to the head, or none. Other events than readings count as a kilobyte."""

    def __init__(self, *, octets: int = REMEMBERED_OCTETS) -> None:
        self._entries: deque[Entry] = deque()
        self._most, self._octets = octets, 0

    def add(self, fresh: Sequence[Entry], *, since: int, until: int) -> None:
        """Take entries in. since: the head before; until: now; if they do not reach there, all is forgotten."""
        if not fresh or fresh[0].position != since + 1 or fresh[-1].position != until:
            self._entries.clear()
            self._octets = 0
            return
        self._entries.extend(fresh)
        self._octets += sum(map(_weight, fresh))
        while self._octets > self._most:
            self._octets -= _weight(self._entries.popleft())

    def since(self, position: int) -> list[Entry]:
        """Return about a page of entries from a position on; none if that lies further back."""
        if not self._entries or position < self._entries[0].position:
            return []
        found: list[Entry] = []
        octets = 0
        for number in range(position - self._entries[0].position, len(self._entries)):
            found.append(self._entries[number])
            octets += _weight(found[-1])
            if octets > MOST_OCTETS or len(found) == MOST_ENTRIES:
                break
        return found


def _weight(entry: Entry) -> int:
    return entry.readings.nbytes + 1_024 * len(entry.told)
