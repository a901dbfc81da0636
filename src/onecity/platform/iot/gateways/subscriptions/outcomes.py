"""What became of an attempt to tell somebody."""

from dataclasses import dataclass
from typing import Final

from onecity.platform.iot.rules.subscribing.pauses import Fate

LONGEST_REASON: Final = 300


@dataclass(frozen=True, slots=True)
class Outcome:
    """fate: see `rules.subscribing.pauses`. status: of HTTP, 0 without one. asked_s: how long to wait, if it said so.

    absent: nobody has ever come for this, so it is no failure; it is looked for again in a moment.
    """

    fate: Fate
    status: int = 0
    latency_ms: int = 0
    reason: str = ""
    asked_s: float = 0.0
    absent: bool = False
