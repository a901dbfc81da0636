"""Which bits of a state are told with a report: those that stand, and enough of the others to lose nothing."""

from typing import Final

EVERYTHING: Final = -1
TELL_ALL_EVERY_S: Final = 600.0


class BitsTold:
    """Bits that stood at some time on this line are told on, also as 0, and all of them every ten minutes.

    So a report that is lost takes no all-clear with it. Source: House rule (bits that never stand would otherwise fill
    thirty rows of each report).
    """

    __slots__ = ("_all_at", "_seen", "before")

    def __init__(self) -> None:
        self.before = 0
        self._seen = 0
        self._all_at: float | None = None

    def take(self, bits: int, *, seconds: float) -> int:
        """Note what stands in a live report; return a mask of what is to be told even if it does not."""
        self.before = bits
        self._seen |= bits
        if self._all_at is None or seconds - self._all_at >= TELL_ALL_EVERY_S:
            self._all_at = seconds
            return EVERYTHING
        return self._seen
