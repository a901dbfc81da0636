"""Warnings: themes and watch lists against their thresholds, with hysteresis; whoever answers is told."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Min, QuerySet

from onecity.domains.opinion.contracts import Spread
from onecity.domains.opinion.events import WARNING_RAISED
from onecity.domains.opinion.models import Article, EarlyWarning, Theme, Threshold, Watch, WatchHit
from onecity.domains.opinion.permissions import JUDGE
from onecity.domains.opinion.rules.warnings import LEVEL_NAMES, Step, level_of
from onecity.domains.opinion.selectors.articles import spread_of
from onecity.domains.opinion.selectors.warned import seen_warnings
from onecity.domains.opinion.services.access import need
from onecity.kernel import bus
from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.errors import Conflict, NotFound
from onecity.kernel.text import zh
from onecity.platform.identity.api import accounts_with_permission, record
from onecity.platform.messages.api import send

RAISED: Final = "opinion.warning"
LIVELY: Final = timedelta(hours=72)
_JUDGE: Final = system_actor("opinion.judge")


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
            _end(row, now=now)
    return count


def judge_themes(themes: Iterable[Theme], *, now: datetime) -> int:
    """Compare themes with the thresholds; returns how many. now: city time."""
    rules = list(Threshold.objects.filter(watch=None))
    count = 0
    for theme in themes:
        count += 1
        level = _judge(rules, Article.objects.filter(theme=theme), theme=theme, now=now)
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
        _judge(rules, Article.objects.filter(id__in=hits), watch=watch, now=now)
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


def _judge(
    rules: Sequence[Threshold],
    articles: QuerySet[Article],
    *,
    theme: Theme | None = None,
    watch: Watch | None = None,
    now: datetime,
) -> int:
    """Return the level at which a matter stands now; its warning begins, changes or ends accordingly."""
    row = EarlyWarning.objects.select_for_update().filter(theme=theme, watch=watch, cleared_at=None).first()
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
    _settle(row, level, standing, values, theme=theme, watch=watch, now=now)
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


def _settle(
    row: EarlyWarning | None,
    level: int,
    standing: Mapping[str, int],
    values: Mapping[str, float],
    *,
    theme: Theme | None,
    watch: Watch | None,
    now: datetime,
) -> None:
    if row is None and level == 0:
        return
    if row is None:
        scope = theme or watch
        assert scope is not None
        row = EarlyWarning(
            theme=theme,
            watch=watch,
            title=theme.title if theme else f"{watch.name if watch else ''}",
            organisation_id=scope.organisation_id,
            division_code=theme.division_code if theme else "",
            level=0,
            peak_level=0,
            raised_at=now,
            changed_at=now,
        )
    if level == 0:
        _end(row, now=now)
        return
    risen = level > row.level
    row.changed_at = now if level != row.level else row.changed_at
    row.level, row.peak_level = level, max(level, row.peak_level)
    row.standing, row.values = dict(standing), dict(values)
    row.save()
    if risen:
        _tell(row, now=now)


def _end(row: EarlyWarning, *, now: datetime) -> None:
    row.cleared_at = now
    row.save(update_fields=["cleared_at"])
    if row.theme_id is not None:
        Theme.objects.filter(id=row.theme_id).update(level=0)
    record(_JUDGE, action="opinion.clear_warning", target=f"opinion.warning:{row.pk}")


def _tell(row: EarlyWarning, *, now: datetime) -> None:
    """Say that a warning has begun or risen: to the record, to whoever listens, and to whoever judges its matter."""
    details = {"level": row.level, "values": row.values}
    record(_JUDGE, action="opinion.raise_warning", target=f"opinion.warning:{row.pk}", details=details)
    bus.announce(
        WARNING_RAISED,
        warning_id=row.pk,
        level=row.level,
        title=row.title,
        organisation_id=row.organisation_id,
        division_code=row.division_code,
        at=now.isoformat(),
    )
    judges = accounts_with_permission(JUDGE, organisation_id=row.organisation_id, division_code=row.division_code)
    send(
        _JUDGE,
        to=[item.id for item in judges],
        template=RAISED,
        params={"level": LEVEL_NAMES[row.level], "title": row.title[:60]},
        link="/opinion/warnings",
        now=now,
    )
