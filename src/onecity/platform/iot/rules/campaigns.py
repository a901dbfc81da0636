"""Which batch of a campaign a device is in, and when a campaign has to stop.

Source: House rule (no standard says how firmware is brought to many devices).
"""

from collections.abc import Sequence
from typing import Final

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh

MOST_BATCHES: Final = 20
FEWEST_ENDED: Final = 5
"""So many devices must have ended before a share of failures says anything."""


def checked_batches(shares: Sequence[int]) -> list[int]:
    """Return the shares of a campaign's batches: rising per cents, the last one 100.

    Raises: Invalid.
    """
    rising = all(before < after for before, after in zip([0, *shares], shares, strict=False))
    if not shares or len(shares) > MOST_BATCHES or not rising or shares[-1] != 100:
        raise Invalid(fields={"batches": zh("分批比例应递增，最后一批为100")})
    return list(shares)


def batch_of(place: int, *, total: int, shares: Sequence[int]) -> int:
    """Return in which batch (from 0) the device at `place` (from 0) of `total` is; the first batch has one at least."""
    for number, share in enumerate(shares):
        if place < max(1, total * share // 100):
            return number
    return len(shares) - 1


def too_many_failed(*, done: int, failed: int, most: int) -> bool:
    """Say whether failures are more than `most` per cent of the devices that ended, of which there are enough."""
    ended = done + failed
    return ended >= FEWEST_ENDED and failed * 100 > most * ended
