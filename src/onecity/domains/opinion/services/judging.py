"""Warnings: themes and watch lists against their thresholds, with hysteresis; whoever answers is told."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Min, QuerySet

from onecity.domains.opinion.contracts import Spread
from onecity.domains.opinion.models import Article, EarlyWarning, Theme, Threshold, Watch, WatchHit
from onecity.domains.opinion.permissions import JUDGE
from onecity.domains.opinion.rules.warnings import Step, level_of
from onecity.domains.opinion.selectors.articles import spread_of
from onecity.domains.opinion.selectors.warned import seen_warnings
from onecity.domains.opinion.services.access import need
from onecity.domains.opinion.services.raising import end, settle
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, NotFound
from onecity.kernel.text import zh
from onecity.platform.identity.api import record

LIVELY: Final = timedelta(hours=72)


def judge_again(*, now: datetime) -> int:
    """Judge whatever is warned of or was told of lately, so that warnings end as time goes by; returns how many."""
    with transaction.atomic():
        warned = EarlyWarning.objects.filter(cleared_at=None)
        least = Threshold.objects.filter(watch=None).aggregate(least=Min("least"))["least"] or 1
        themes = Theme.objects.filter(
            merged_into=None, last_at__gte=now - LIVELY, articles__gte=least
        ) | Theme.objects.filter(id__in=warned.values("theme_id"))
        watches = Watch.objects.filter(is_active=True)
        count = judge_themes(themes.distinct(), now=now) + judge_watches(watches, now=now)
        for row in warned.filter(watch__is_active=False):
            end(row, now=now)
    return count


def judge_themes(themes: Iterable[Theme], *, now: datetime) -> int:
    """Compare themes with the thresholds; returns how many. now: city time."""
    rules = list(Threshold.objects.filter(watch=None))
    count = 0
    for theme in themes:
        count += 1
        level = _judge(rules, Article.objects.filter(theme=theme), matter=theme, now=now)
        if level != theme.level:
            theme.level = level
            Theme.objects.filter(id=theme.pk).update(level=level)
    return count


def judge_watches(watches: Iterable[Watch], *, now: datetime) -> int:
    """Compare watch lists with their own thresholds, or the general ones where a list has none; returns how many."""
    count = 0
    for watch in watches:
        count += 1
        rules = list(Threshold.objects.filter(watch=watch)) or list(Threshold.objects.filter(watch=None))
        hits = WatchHit.objects.filter(watch=watch, told_at__gte=now - timedelta(days=8)).values("article_id")
        _judge(rules, Article.objects.filter(id__in=hits), matter=watch, now=now)
    return count


def note_seen(actor: Actor, *, warning_id: int, now: datetime) -> None:
    """Say that somebody is looking into a warning.

    Raises: NotPermitted; NotFound; Conflict where somebody does already.
    """
    need(actor, JUDGE)
    with transaction.atomic():
        row = seen_warnings(actor).select_for_update().filter(id=warning_id).first()
        if row is None:
            raise NotFound(zh("没有这条预警"))
        if row.seen_by_id is not None:
            raise Conflict(zh("已有人确认这条预警"))
        row.seen_by_id, row.seen_at = actor.account_id, now
        row.save(update_fields=["seen_by", "seen_at"])
        record(actor, action="opinion.see_warning", target=f"opinion.warning:{row.pk}")


def _judge(rules: Sequence[Threshold], articles: QuerySet[Article], *, matter: Theme | Watch, now: datetime) -> int:
    """Return the level at which a matter stands now; its warning begins, changes or ends accordingly."""
    held = {"theme": matter} if isinstance(matter, Theme) else {"watch": matter}
    row = EarlyWarning.objects.select_for_update().filter(cleared_at=None, **held).first()
    before: Mapping[str, int] = row.standing if row else {}
    spreads: dict[int, Spread] = {}
    standing, values = dict[str, int](), dict[str, float]()
    for measure, steps in _by_measure(rules).items():
        window = steps[0].window_h
        if window not in spreads:
            spreads[window] = spread_of(articles, until=now, window_h=window)
        value = value_of(spreads[window], measure, least=min(step.least for step in steps))
        found = [Step(step.level, step.raise_at, step.clear_at) for step in steps]
        standing[measure] = level_of(measure, value, before=before.get(measure, 0), steps=found)
        if value is not None:
            values[measure] = round(value, 2)
    level = max(standing.values(), default=0)
    settle(row, matter=matter, level=level, standing=standing, values=values, now=now)
    return level


def value_of(spread: Spread, measure: str, *, least: int) -> float | None:
    """Return a measure's figure; None where there are fewer articles than it takes, or nothing is known.

    Raises: KeyError for a measure that is none.
    """
    figures: Mapping[str, float | None] = {
        "speed": spread.speed,
        "articles": float(spread.articles),
        "outlets": float(spread.outlets),
        "negative": spread.negative,
        "doubling": spread.doubling_h,
    }
    return figures[measure] if spread.articles >= least else None


def _by_measure(rules: Sequence[Threshold]) -> dict[str, list[Threshold]]:
    found: dict[str, list[Threshold]] = {}
    for rule in rules:
        found.setdefault(rule.measure, []).append(rule)
    return found
