"""Tables of public opinion."""

from onecity.domains.opinion.models.articles import Article, Theme
from onecity.domains.opinion.models.learning import TextModel, TrainingText
from onecity.domains.opinion.models.outcomes import Brief, Finding
from onecity.domains.opinion.models.sources import Collection, Host, Source
from onecity.domains.opinion.models.watching import EarlyWarning, Threshold, Watch, WatchHit

__all__ = [
    "Article",
    "Brief",
    "Collection",
    "EarlyWarning",
    "Finding",
    "Host",
    "Source",
    "TextModel",
    "Theme",
    "Threshold",
    "TrainingText",
    "Watch",
    "WatchHit",
]
