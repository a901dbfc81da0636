"""Articles of the knowledge base: what may be read out, and what waits for review."""

from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet

from onecity.domains.hotline.contracts import FoundArticle
from onecity.domains.hotline.models import ArticleVersion
from onecity.domains.hotline.permissions import PUBLISH_KNOWLEDGE, WRITE_KNOWLEDGE
from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date

MOST_FOUND: Final = 8
MOST_WEIGHED: Final = 2000


def readable(*, now: datetime) -> QuerySet[ArticleVersion]:
    """Return the versions that may be read out now: published, not past their last day."""
    still = Q(valid_until__isnull=True) | Q(valid_until__gte=city_date(now))
    return ArticleVersion.objects.filter(still, state=ArticleVersion.State.PUBLISHED)


def find_articles(words: str, *, now: datetime, most: int = MOST_FOUND) -> list[FoundArticle]:
    """Return the articles that share most with what is said, the best first; with no words the most used ones.

    Each pair of neighbouring characters that is shared counts: in the title four times, in the keywords three times.
    """
    rows = list(
        readable(now=now).select_related("article__organisation").order_by("-article__used", "-id")[:MOST_WEIGHED]
    )
    pairs = _pairs(words)
    if not pairs:
        return [_found(row) for row in rows[:most]]
    weighed = [(_weight(row, pairs), row) for row in rows]
    best = sorted((item for item in weighed if item[0] > 0), key=lambda item: -item[0])
    return [_found(row) for _, row in best[:most]]


def versions_for(actor: Actor) -> QuerySet[ArticleVersion]:
    """Return the versions that the actor works with: all for reviewers, those of his body for writers."""
    rows = ArticleVersion.objects.select_related("article__organisation", "author", "reviewer")
    if actor.may(PUBLISH_KNOWLEDGE):
        return rows
    if actor.may(WRITE_KNOWLEDGE) and actor.organisation_id is not None:
        return rows.filter(article__organisation_id=actor.organisation_id)
    return rows.none()


def _pairs(text: str) -> set[str]:
    plain = "".join(text.split())[:400]
    return {plain[place : place + 2] for place in range(len(plain) - 1)}


def _weight(row: ArticleVersion, pairs: set[str]) -> int:
    return 4 * len(pairs & _pairs(row.title)) + 3 * len(pairs & _pairs(row.keywords)) + len(pairs & _pairs(row.body))


def _found(row: ArticleVersion) -> FoundArticle:
    owner = row.article.organisation.name
    return FoundArticle(row.id, row.article_id, row.title, row.body, row.basis, owner, row.article.used)
