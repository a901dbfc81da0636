"""Watch lists and the thresholds of warnings: data that staff keep."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from onecity.domains.opinion.models import Article, Threshold, Watch, WatchHit
from onecity.domains.opinion.permissions import CONFIGURE
from onecity.domains.opinion.rules.expressions import Expression, matches, parse
from onecity.domains.opinion.rules.warnings import MEASURE_NAMES, Step, is_step
from onecity.domains.opinion.selectors.watches import seen_watches
from onecity.domains.opinion.services.access import need
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.identity.api import organisation, record

FIRST: Final = (
    ("speed", 6, ((1, 1.0, 0.5), (2, 2.0, 1.2), (3, 5.0, 3.0), (4, 10.0, 6.0))),
    ("outlets", 24, ((1, 4.0, 3.0), (2, 8.0, 6.0), (3, 15.0, 12.0), (4, 30.0, 24.0))),
    ("negative", 24, ((1, 60.0, 50.0), (2, 80.0, 70.0))),
    ("doubling", 12, ((2, 3.0, 5.0), (3, 1.0, 2.0))),
)
"""Measure, window in hours, (level, raised at, cleared at): local figures of the first day, rows from then on."""
LEAST: Final = 5


@dataclass(frozen=True, slots=True)
class WatchFacts:
    """What a watch list looks for."""

    name: str
    organisation_id: int
    expression: str = ""
    divisions: Sequence[str] = ()
    bodies: Sequence[int] = ()
    negative_only: bool = False
    is_active: bool = True


def set_watch(actor: Actor, *, facts: WatchFacts, now: datetime, watch_id: int | None = None) -> Watch:
    """Watch for something from now on, or change a watch list. now: city time.

    Raises: NotPermitted; NotFound; BadExpression; Invalid naming the field.
    """
    need(actor, CONFIGURE)
    if facts.expression.strip():
        parse(facts.expression)
    if not facts.name.strip():
        raise Invalid(fields={"name": zh("请填写监测方案名称")})
    if not (facts.expression.strip() or facts.divisions or facts.bodies):
        raise Invalid(fields={"expression": zh("监测词、区划、单位至少填一项")})
    with transaction.atomic():
        row = Watch(created_at=now)
        if watch_id is not None:
            held = seen_watches(actor).select_for_update().filter(id=watch_id).first()
            if held is None:
                raise NotFound(zh("没有这个监测方案"))
            row = held
        row.name, row.expression = facts.name.strip(), facts.expression.strip()
        row.divisions, row.bodies = [code.rstrip("0") or code for code in facts.divisions], list(facts.bodies)
        row.negative_only, row.is_active = facts.negative_only, facts.is_active
        row.organisation_id = organisation(facts.organisation_id).id
        row.save()
        details = {"name": row.name, "expression": row.expression, "active": row.is_active}
        record(actor, action="opinion.set_watch", target=f"opinion.watch:{row.pk}", details=details)
    return row


def set_threshold(
    actor: Actor, *, measure: str, step: Step, window_h: int, least: int, watch_id: int | None = None
) -> Threshold:
    """Set the threshold of a level; setting it again changes it. watch_id: None for themes (and all watch lists).

    Window and fewest articles hold for all levels of a measure: the last ones set.
    Raises: NotPermitted; NotFound; Invalid naming the field.
    """
    need(actor, CONFIGURE)
    if measure not in MEASURE_NAMES or not is_step(measure, step):
        raise Invalid(fields={"clear_at": zh("解除值应比触发值更平缓（翻倍时间则应更长）")})
    if not 1 <= window_h <= 168 or not 1 <= least <= 1000:
        raise Invalid(fields={"window_h": zh("统计窗口为1至168小时，最少文章数为1至1000")})
    watch = None if watch_id is None else seen_watches(actor).filter(id=watch_id).first()
    if watch is None and watch_id is not None:
        raise NotFound(zh("没有这个监测方案"))
    values = {"raise_at": step.raise_at, "clear_at": step.clear_at, "window_h": window_h, "least": least}
    with transaction.atomic():
        row, _ = Threshold.objects.update_or_create(watch=watch, measure=measure, level=step.level, defaults=values)
        Threshold.objects.filter(watch=watch, measure=measure).update(window_h=window_h, least=least)
        details = {"measure": measure, "level": step.level, "watch": watch_id, **values}
        record(actor, action="opinion.set_threshold", target=f"opinion.threshold:{row.pk}", details=details)
    return row


def remove_threshold(actor: Actor, *, threshold_id: int) -> None:
    """Take a threshold away; removing it again changes nothing.

    Raises: NotPermitted.
    """
    need(actor, CONFIGURE)
    with transaction.atomic():
        row = Threshold.objects.select_for_update().filter(id=threshold_id).first()
        if row is not None:
            record(actor, action="opinion.remove_threshold", details={"measure": row.measure, "level": row.level})
            row.delete()


def install_first_thresholds() -> int:
    """Bring in the thresholds of the first day where there are none; returns how many."""
    if Threshold.objects.exists():
        return 0
    rows = [
        Threshold(measure=measure, window_h=window, level=level, raise_at=up, clear_at=down, least=LEAST)
        for measure, window, steps in FIRST
        for level, up, down in steps
    ]
    return len(Threshold.objects.bulk_create(rows))


def note_hits(rows: Sequence[Article]) -> list[Watch]:
    """Note which watch lists look for these articles; returns the lists that found something."""
    found: dict[int, Watch] = {}
    hits = []
    for watch in Watch.objects.filter(is_active=True):
        expression = parse(watch.expression) if watch.expression else None
        for row in rows:
            if _fits(watch, expression, row):
                hits.append(WatchHit(watch=watch, article=row, told_at=row.told_at))
                found[watch.pk] = watch
    WatchHit.objects.bulk_create(hits, ignore_conflicts=True)
    return list(found.values())


def _fits(watch: Watch, expression: Expression | None, row: Article) -> bool:
    if watch.negative_only and row.mood != Article.Mood.NEGATIVE:
        return False
    codes = [str(item["division_code"]) for item in row.places]
    if watch.divisions and not any(code.startswith(tuple(watch.divisions)) for code in codes):
        return False
    if watch.bodies and not set(watch.bodies) & set(row.bodies):
        return False
    return expression is None or matches(expression, f"{row.title}\n{row.body}".lower())
