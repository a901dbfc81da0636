"""What crosses messages' border."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class MessageInfo:
    """A message in its reader's language. link: where it leads within the city; empty when nowhere."""

    id: int
    template: str
    kind: str
    title: str
    body: str
    link: str
    created_at: datetime
    is_read: bool
    is_urgent: bool


@dataclass(frozen=True, slots=True)
class TemplateChoice:
    """A kind of message that somebody gets, and whether he wants to be told of it. may_mute: false for urgent ones."""

    code: str
    name: str
    is_muted: bool
    may_mute: bool
