"""What crosses the border of public opinion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class FoundArticle:
    """An article as a feed or a file gives it. body: plain text. published_at: None where it is not said."""

    title: str
    body: str = ""
    guid: str = ""
    url: str = ""
    author: str = ""
    outlet: str = ""
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """What storing articles gave. repeated: known before by GUID, address or content. empty: without title and text."""

    new: int
    repeated: int
    empty: int


@dataclass(frozen=True, slots=True)
class NewSource:
    """A source to be collected from. kind: rss, site, csv, json, text; `file` is brought in by hand.

    interval_min: minutes between two looks. reach: how much an article of it counts for, 1 to 5 (media grade).
    columns: our name → theirs, for csv and json. outlet: who speaks there, where the articles do not say it.
    """

    name: str
    kind: str
    organisation_id: int
    url: str = ""
    interval_min: int = 30
    reach: int = 1
    division_code: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mood:
    """What a model makes of a text. score: probability of being positive, 0 to 1. label: empty without a model."""

    label: str
    score: float | None
    reasons: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a text names. text: as it stands there. level: of the division; 0 for an address."""

    text: str
    division_code: str
    level: int
    longitude: float | None = None
    latitude: float | None = None


@dataclass(frozen=True, slots=True)
class Trained:
    """What training gave; accuracies are shares of the held-out texts. by_group: right and all, by corpus or label."""

    kind: str
    version: int
    samples: int
    held_out: int
    accuracy: float
    by_group: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spread:
    """How a matter spreads. speed: articles an hour in the window. doubling_h: None where it does not grow.

    negative: share of the negative among the judged, per cent; None where none is judged.
    """

    articles: int
    reposts: int
    outlets: int
    speed: float
    doubling_h: float | None
    negative: float | None


@dataclass(frozen=True, slots=True)
class NewFinding:
    """A matter that somebody is to answer for. level: 1 blue to 4 red. One of theme and article is given."""

    level: int
    reason: str
    theme_id: int | None = None
    article_id: int | None = None
    organisation_id: int | None = None
