"""Who dialled in: a transparent unit says its name in text of its owner's choosing, once or as a heartbeat."""

import re
from typing import Final, NamedTuple

PATTERN: Final = re.compile(rb"(?:(?:REG|DTU|ID)[:=,])?(?P<key>[0-9A-Za-z_-]{4,64})[\s\0]*")
"""What a unit says if nothing else is set. A pattern of one's own names the group `key`."""
LONGEST: Final = 256
QUIET_S: Final = 0.5
"""After so long without a further byte the unit has said what it had to say."""
PATIENCE_S: Final = 5.0
"""A line that says nothing for so long has a meter at its end that waits to be asked who it is."""


class Registered(NamedTuple):
    """What a unit said. key: what it calls itself; "" if that cannot be read."""

    raw: bytes
    key: str


class Registration:
    """Collects the first words of a line."""

    def __init__(self, pattern: re.Pattern[bytes]) -> None:
        self._pattern = pattern
        self._held = b""
        self._last: float | None = None

    @property
    def held(self) -> int:
        """Bytes that are not understood yet."""
        return len(self._held)

    def hear(self, data: bytes, *, seconds: float) -> Registered | None:
        """Take bytes; the unit is known at once when a line ends, or when it says more than a name can be."""
        self._held, self._last = self._held + data, seconds
        if self._held.endswith((b"\r", b"\n")) or len(self._held) > LONGEST:
            return self.end()
        return None

    def wait(self, *, seconds: float) -> Registered | None:
        """Say who the unit is if it has been quiet for long enough."""
        if self._held and self._last is not None and seconds - self._last >= QUIET_S:
            return self.end()
        return None

    def is_silent(self, *, seconds: float) -> bool:
        """Say whether the line has said nothing since it was opened, too long to go on waiting."""
        if self._last is None:
            self._last = seconds
        return not self._held and seconds - self._last >= PATIENCE_S

    def end(self) -> Registered:
        """Give up what is held."""
        raw, self._held = self._held, b""
        found = self._pattern.fullmatch(raw) if len(raw) <= LONGEST else None
        return Registered(raw, found["key"].decode("ascii", "replace") if found else "")


def pattern_of(text: str) -> re.Pattern[bytes]:
    """Return the pattern of a setting, the usual one for an empty text.

    Raises: ValueError for one that cannot be read or does not name the group `key`.
    """
    if not text:
        return PATTERN
    try:
        found = re.compile(text.encode())
    except re.error as error:
        raise ValueError(f"not a pattern: {error}") from None
    if "key" not in found.groupindex:
        raise ValueError("the pattern must name the group 'key'")
    return found
