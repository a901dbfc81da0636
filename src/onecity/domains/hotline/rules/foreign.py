"""How service requests of other cities are read: which topic and kind a service of theirs is with us.

The mapping is a table (`data/foreign_services.csv`): the first line whose words stand in the service's name counts.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

ZONE: Final = ZoneInfo("America/New_York")
OTHER: Final = ("120100", "help")
CALL: Final = "hotline.call"
CHANNELS: Final[Mapping[str, str]] = {
    "constituent call": CALL,
    "phone": CALL,
    "citizens connect app": "hotline.app",
    "mobile": "hotline.app",
    "self service": "hotline.web",
    "online": "hotline.web",
    "twitter": "hotline.media",
}


def topic_of(service: str, *, mapping: Sequence[tuple[str, str, str]]) -> tuple[str, str]:
    """Return our topic and kind of a service; `OTHER` where no line fits. mapping: words, topic, kind in order."""
    name = service.lower()
    return next(((topic, kind) for words, topic, kind in mapping if words in name), OTHER)


def channel_of(channel: str) -> str:
    """Return our door for a channel of theirs; theirs own where it is none of ours."""
    return CHANNELS.get(channel.strip().lower(), "hotline.imported")


def local_moment(at: datetime | None) -> datetime | None:
    """Return an instant from a time of the source's clock (New York and Boston tell it without a zone)."""
    return at.replace(tzinfo=ZONE) if at else None
