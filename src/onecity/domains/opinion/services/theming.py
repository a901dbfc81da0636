"""Articles into themes: the nearest one that is still alive, else a new one."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from onecity.domains.opinion.models import Article, Theme
from onecity.domains.opinion.rules.themes import SAME_FROM, are_one_place, likeness, middle

ALIVE: Final = timedelta(hours=72)
MOST_THEMES: Final = 3_000
COUNTED: Final = 2_000
_KNOWN_IN: Final = """
    SELECT word, count(*) FROM (
        SELECT unnest(words) AS word FROM (
            SELECT words FROM opinion_article WHERE analysed_at IS NOT NULL ORDER BY told_at DESC, id DESC LIMIT %s
        ) newest
    ) told GROUP BY word
"""


def known_in() -> tuple[dict[str, int], int]:
    """Return word → in how many of the newest articles it stands, and of how many that is."""
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN_IN, [COUNTED])
        counts: dict[str, int] = dict(cursor.fetchall())
    return counts, min(Article.objects.filter(analysed_at__isnull=False).count(), COUNTED)


def alive(*, around: Iterable[datetime]) -> list[Theme]:
    """Return the themes that articles of these moments may belong to, locked, the liveliest first."""
    moments = list(around)
    rows = Theme.objects.select_for_update().filter(
        merged_into=None, last_at__gte=min(moments) - ALIVE, first_at__lte=max(moments) + ALIVE
    )
    return list(rows.order_by("-last_at", "-id")[:MOST_THEMES])


def theme_for(row: Article, words: Mapping[str, float], *, themes: list[Theme], original: Article | None) -> Theme:
    """Return the theme of an article, which has taken it in; a new one is added to `themes`.

    A repost goes where its original is. Source: House rule (nearest middle, from `SAME_FROM`, within 72 hours).
    """
    found = next((item for item in themes if original is not None and item.pk == original.theme_id), None)
    if found is None:
        near = [(_alike(row, words, item), item) for item in themes if _overlaps(row, item)]
        best = max(near, key=lambda pair: pair[0], default=(0.0, None))
        found = best[1] if best[0] >= SAME_FROM else None
    if found is None:
        found = Theme(
            title=row.title[:200],
            words=dict(words),
            organisation_id=row.organisation_id,
            division_code=row.division_code,
            first_at=row.told_at,
            last_at=row.told_at,
        )
        themes.append(found)
    elif original is None:
        found.words = middle(found.words, words, articles=max(1, found.articles))
    _count(found, row, is_repost=original is not None)
    return found


def _count(theme: Theme, row: Article, *, is_repost: bool) -> None:
    if row.told_at < theme.first_at:
        theme.first_at, theme.title = row.told_at, row.title[:200]
    theme.last_at = max(theme.last_at, row.told_at)
    theme.articles += 1
    theme.reposts += is_repost
    theme.judged += bool(row.mood)
    theme.negative += row.mood == Article.Mood.NEGATIVE


def _overlaps(row: Article, theme: Theme) -> bool:
    return theme.first_at - ALIVE <= row.told_at <= theme.last_at + ALIVE


def _alike(row: Article, words: Mapping[str, float], theme: Theme) -> float:
    return likeness(words, theme.words, same_place=are_one_place(row.division_code, theme.division_code))
