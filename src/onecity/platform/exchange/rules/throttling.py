"""How many requests a visitor may make: a bucket for each, refilled steadily."""

from dataclasses import dataclass, field
from threading import Lock


@dataclass
class Throttle:
    """Buckets by visitor. burst: requests at once; per_second: how fast a bucket fills again; most: visitors kept."""

    burst: int
    per_second: float
    most: int = 10_000
    _buckets: dict[str, tuple[float, float]] = field(default_factory=dict)
    _guard: Lock = field(default_factory=Lock)

    def wait(self, visitor: str, *, now: float) -> float:
        """Take a request from a visitor's bucket; return 0, or the seconds until there is one again.

        now: seconds of a clock that never goes back.
        """
        with self._guard:
            left, seen = self._buckets.get(visitor, (float(self.burst), now))
            left = min(self.burst, left + (now - seen) * self.per_second)
            if len(self._buckets) >= self.most and visitor not in self._buckets:
                self._forget(now)
            allowed = left >= 1
            self._buckets[visitor] = (left - 1 if allowed else left, now)
            return 0.0 if allowed else (1 - left) / self.per_second

    def _forget(self, now: float) -> None:
        """Forget visitors whose buckets are full again; when none is, forget them all."""
        full = self.burst / self.per_second
        self._buckets = {who: bucket for who, bucket in self._buckets.items() if now - bucket[1] < full}
        if len(self._buckets) >= self.most:
            self._buckets.clear()
