"""Articles and themes as an actor may see them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet

from onecity.domains.opinion.contracts import Spread
from onecity.domains.opinion.models import Article, Theme
from onecity.domains.opinion.permissions import VIEW
from onecity.domains.opinion.rules.spreading import doubling_hours, hourly, share_negative, speed
from onecity.domains.opinion.rules.texts import pairs_of
from onecity.domains.opinion.selectors.pages import page_of
from onecity.kernel.actor import Actor
from onecity.platform.identity.api import row_scope
from onecity.web.listing import Query
from onecity.web.paging import Page

CURVE_HOURS: Final = 72


def seen_articles(actor: Actor) -> QuerySet[Article]:
    """Return the articles of the actor's organisations and divisions."""
    return Article.objects.filter(row_scope(actor, VIEW).q())


def seen_themes(actor: Actor) -> QuerySet[Theme]:
    """Return the themes of the actor's organisations and divisions, without those merged into another."""
    return Theme.objects.filter(row_scope(actor, VIEW).q(), merged_into=None)


def articles(actor: Actor, *, query: Query) -> Page[Article]:
    """Return a page of the articles, the newest first, by the filters of `query` (names as on the page)."""
    rows, given = seen_articles(actor), query.filters
    for name, column in (("mood", "mood"), ("topic", "topic_code"), ("source", "source_id"), ("theme", "theme_id")):
        if given.get(name):
            rows = rows.filter(**{column: given[name]})
    if given.get("originals"):
        rows = rows.filter(original=None)
    if given.get("division"):
        rows = rows.filter(division_code__startswith=given["division"].rstrip("0"))
    since, until = query.instant("from"), query.instant("to")
    rows = rows.filter(told_at__gte=since) if since else rows
    rows = rows.filter(told_at__lt=until + timedelta(days=1)) if until else rows
    if query.search:
        rows = found_by(rows, query.search)
    return page_of(rows.select_related("theme").defer("pairs", "bands", "signature"), query, at="told_at")


def found_by(rows: QuerySet[Article], words: str) -> QuerySet[Article]:
    """Return the articles that hold all the words (separated by blanks): the index narrows, the text decides."""
    for word in words.split():
        pairs = pairs_of(word)
        if pairs:
            rows = rows.filter(pairs__contains=pairs)
        rows = rows.filter(title__icontains=word) | rows.filter(body__icontains=word)
    return rows


def article_of(actor: Actor, article_id: int) -> Article | None:
    """Return an article that the actor may see."""
    rows = seen_articles(actor).select_related("theme", "source", "original")
    return rows.filter(id=article_id).first()


def themes(actor: Actor, *, query: Query) -> Page[Theme]:
    """Return a page of the themes, those told of last first."""
    rows, given = seen_themes(actor), query.filters
    if given.get("level"):
        rows = rows.filter(level__gte=int(given["level"]))
    if given.get("least"):
        rows = rows.filter(articles__gte=int(given["least"]))
    rows = rows.filter(title__icontains=query.search) if query.search else rows
    return page_of(rows, query, at="last_at")


def theme_of(actor: Actor, theme_id: int) -> Theme | None:
    """Return a theme that the actor may see."""
    return seen_themes(actor).filter(id=theme_id).first()


def spread_of(rows: QuerySet[Article], *, until: datetime, window_h: float) -> Spread:
    """Return how the matter of these articles spreads, as of `until`, over the window before it."""
    facts = list(rows.filter(told_at__lte=until).values_list("told_at", "outlet", "mood", "original_id"))
    since = until - timedelta(hours=window_h)
    lately = [item for item in facts if item[0] > since]
    judged = [mood for _, _, mood, _ in lately if mood]
    moments = [item[0] for item in facts]
    return Spread(
        articles=len(lately),
        reposts=sum(original is not None for _, _, _, original in lately),
        outlets=len({outlet for _, outlet, _, _ in lately}),
        speed=speed(moments, until=until, window_h=window_h),
        doubling_h=doubling_hours(moments, until=until, window_h=window_h),
        negative=share_negative(negative=judged.count("negative"), judged=len(judged)),
    )


def curve_of(rows: QuerySet[Article], *, until: datetime, hours: int = CURVE_HOURS) -> tuple[list[int], list[int]]:
    """Return the articles of each of the last hours, the oldest first: all, and the reposts among them."""
    facts = list(
        rows.filter(told_at__gt=until - timedelta(hours=hours), told_at__lte=until).values_list(
            "told_at", "original_id"
        )
    )
    told = hourly([moment for moment, _ in facts], until=until, hours=hours)
    return told, hourly([moment for moment, original in facts if original], until=until, hours=hours)


def path_of(theme: Theme, *, most: int = 12) -> Sequence[Article]:
    """Return the first article of each outlet that told of a theme, in the order of time: the way it spread."""
    rows = Article.objects.filter(theme=theme).order_by("outlet", "told_at").distinct("outlet")
    return sorted(rows.defer("pairs", "bands", "signature"), key=lambda item: item.told_at)[:most]
