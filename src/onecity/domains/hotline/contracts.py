"""What crosses the border of the hotline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class NewDemand:
    """A demand to be taken in.

    key: of the submission; the same key through the same door opens one case. location: longitude, latitude (WGS 84);
    without it `division_code` says where, else the city. people: how many stand behind a petition.
    """

    kind: str
    words: str
    source_code: str
    key: str
    title: str = ""
    topic_code: str = ""
    suggested_code: str = ""
    location: tuple[float, float] | None = None
    division_code: str = ""
    address: str = ""
    caller_name: str = ""
    caller_phone: str = ""
    urgency: int = 0
    keep_secret: bool = False
    people: int = 1
    representatives: int = 1


@dataclass(frozen=True, slots=True)
class TakenDemand:
    """What taking in gave. created: False when the key had opened it before. code: for a citizen; empty for others."""

    case_id: int
    number: str
    created: bool
    code: str = ""
    is_repeated: bool = False


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A topic that the model suggests. share: its probability, 0 to 1. reasons: pieces of the text, by weight."""

    topic_code: str
    topic_name: str
    share: float
    reasons: Sequence[str]
    organisation_id: int | None = None
    organisation_name: str = ""


@dataclass(frozen=True, slots=True)
class Alike:
    """A demand like another. text: likeness of the words, 0 to 1. metres: None where a place is not known."""

    number: str
    title: str
    status: str
    opened_at: datetime
    address: str
    text: float
    metres: float | None
    score: float


@dataclass(frozen=True, slots=True)
class PastDemand:
    """A line of a caller's history."""

    number: str
    title: str
    kind: str
    status: str
    satisfaction: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class FoundArticle:
    """A published article as a call-taker reads it out."""

    version_id: int
    article_id: int
    title: str
    body: str
    basis: str
    owner: str
    used: int


@dataclass(frozen=True, slots=True)
class Cluster:
    """Demands that tell of the same thing. words: pieces that bind them."""

    numbers: Sequence[str]
    title: str
    words: Sequence[str]
    topic_code: str
    first_at: datetime
    last_at: datetime
    location: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Trained:
    """What training gave; accuracies are shares of the held-out texts. by_topic: right and all, by big class."""

    version: int
    samples: int
    held_out: int
    accuracy: float
    accuracy_top3: float
    by_topic: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FollowedDemand:
    """A demand as its citizen follows it: nothing personal, nobody's name."""

    number: str
    title: str
    words: str
    kind: str
    address: str
    opened_at: datetime
    due_at: datetime | None
    status: str
    stages: Sequence[tuple[str, str]]
    answers: Sequence[tuple[datetime, str, str]]
    merged_into: str
    satisfaction: str
    may_rate: bool
