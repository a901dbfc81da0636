"""Reposts: an article whose text was told before belongs to the first that told it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from onecity.domains.opinion.models import Article
from onecity.domains.opinion.rules.likeness import REPOST_FROM, bands, packed, resemblance, signature, unpacked

REACH: Final = timedelta(days=7)
MOST_CANDIDATES: Final = 200


def sign(row: Article) -> None:
    """Give an article its signature."""
    found = signature(row.body if len(row.body) >= len(row.title) else row.title)
    row.signature, row.bands = packed(found), bands(found)


def original_of(row: Article, *, fresh: Sequence[Article]) -> Article | None:
    """Return the first article that told the same within seven days, from the table or `fresh` ones before it.

    Texts are the same where their signatures agree in six of ten numbers (`REPOST_FROM`). Source: House rule.
    """
    own = unpacked(bytes(row.signature))
    kept = Article.objects.filter(
        bands__overlap=row.bands,
        analysed_at__isnull=False,
        told_at__gte=row.told_at - REACH,
        told_at__lte=row.told_at + REACH,
    ).exclude(id=row.pk)
    shared = set(row.bands)
    near = [item for item in fresh if shared & set(item.bands) and abs(item.told_at - row.told_at) <= REACH]
    best: tuple[float, Article] | None = None
    for item in [*kept.select_related("original").order_by("told_at")[:MOST_CANDIDATES], *near]:
        alike = resemblance(own, unpacked(bytes(item.signature)))
        if alike >= REPOST_FROM and (best is None or alike > best[0]):
            best = (alike, item)
    return (best[1].original or best[1]) if best else None
