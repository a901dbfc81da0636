"""Warnings: raised, kept, lowered and ended by thresholds that are rows; told once; seen by somebody."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from onecity.domains.opinion.api import Step, WatchFacts, set_threshold, set_watch
from onecity.domains.opinion.contracts import Spread
from onecity.domains.opinion.models import EarlyWarning, Theme, Threshold
from onecity.domains.opinion.services.judging import judge_again, note_seen, value_of
from onecity.domains.opinion.services.watching import install_first_thresholds, remove_threshold
from onecity.domains.opinion.tests.factories import Newsroom, told, wave
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound, NotPermitted
from onecity.platform.messages.api import inbox

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def told_to(actor: Actor) -> list[str]:
    return [item.title for item in inbox(actor).rows]


def only(
    room: Newsroom, measure: str, *steps: Step, window_h: int = 6, least: int = 3, watch: int | None = None
) -> None:
    (Threshold.objects.filter(watch=None) if watch is None else Threshold.objects.filter(watch_id=watch)).delete()
    for step in steps:
        set_threshold(room.leader, measure=measure, step=step, window_h=window_h, least=least, watch_id=watch)


def test_wave_of_reposts_raises_a_warning_and_tells_the_judges(room: Newsroom, now: datetime) -> None:
    told(room, wave(now, count=24, hours=6), now=now)
    theme, row = Theme.objects.get(), EarlyWarning.objects.get()
    assert (theme.articles, theme.level, row.level, row.theme_id) == (24, row.peak_level, row.peak_level, theme.pk)
    assert row.level == 3
    assert row.values["outlets"] == 24.0
    assert row.standing["outlets"] == 3
    assert told_to(room.analyst) == ["橙色预警：供水主管道爆裂 第0家"]
    assert told_to(room.undertaker) == told_to(room.stranger) == []


def test_few_articles_raise_nothing(room: Newsroom, now: datetime) -> None:
    told(room, wave(now, count=4, hours=1), now=now)
    assert EarlyWarning.objects.count() == 0


def test_level_is_kept_until_the_calmer_threshold_and_then_ends(room: Newsroom, now: datetime) -> None:
    only(room, "articles", Step(1, 10, 6))
    told(room, wave(now, count=10, hours=5), now=now)
    assert Theme.objects.get().level == 1
    judge_again(now=now + 2 * HOUR)  # seven or eight left in the window: between the two thresholds
    assert EarlyWarning.objects.get().cleared_at is None
    judge_again(now=now + 4 * HOUR)
    assert EarlyWarning.objects.get().cleared_at == now + 4 * HOUR
    assert Theme.objects.get().level == 0
    judge_again(now=now + 5 * HOUR)
    assert EarlyWarning.objects.count() == 1


def test_rising_level_is_told_again_and_a_falling_one_is_not(room: Newsroom, now: datetime) -> None:
    only(room, "articles", Step(1, 5, 2), Step(2, 10, 8))
    told(room, wave(now, count=6, hours=5), now=now)
    told(room, wave(now, count=12, hours=1), now=now)
    judge_again(now=now + 5 * HOUR + timedelta(minutes=20))
    row = EarlyWarning.objects.get()
    assert [title[:4] for title in told_to(room.analyst)] == ["黄色预警", "蓝色预警"]
    assert (row.peak_level, row.level) == (2, 1)


def test_measure_loses_its_level_when_its_thresholds_go(room: Newsroom, now: datetime) -> None:
    only(room, "articles", Step(1, 5, 2))
    told(room, wave(now, count=6, hours=5), now=now)
    remove_threshold(room.leader, threshold_id=Threshold.objects.get().pk)
    judge_again(now=now)
    assert EarlyWarning.objects.get().cleared_at == now


def test_watch_list_is_warned_of_by_its_own_thresholds(room: Newsroom, now: datetime) -> None:
    watch = set_watch(room.leader, facts=WatchFacts("供水", room.office.id, "爆裂"), now=now)
    Threshold.objects.all().delete()
    only(room, "articles", Step(4, 3, 1), watch=watch.pk)
    told(room, wave(now, count=4, hours=2), now=now)
    row = EarlyWarning.objects.get()
    assert (row.watch_id, row.theme_id, row.level, row.title) == (watch.pk, None, 4, "供水")
    set_watch(
        room.leader, facts=WatchFacts("供水", room.office.id, "爆裂", is_active=False), now=now, watch_id=watch.pk
    )
    judge_again(now=now)
    assert EarlyWarning.objects.get().cleared_at == now


def test_watch_list_without_thresholds_of_its_own_takes_the_general_ones(room: Newsroom, now: datetime) -> None:
    set_watch(room.leader, facts=WatchFacts("供水", room.office.id, "爆裂"), now=now)
    only(room, "articles", Step(2, 3, 1))
    told(room, wave(now, count=4, hours=2), now=now)
    assert EarlyWarning.objects.filter(level=2).count() == 2


@pytest.mark.parametrize(
    ("measure", "value"), [("speed", 2.0), ("articles", 8.0), ("outlets", 3.0), ("negative", 75.0), ("doubling", 1.5)]
)
def test_each_measure_has_its_figure_where_there_is_enough(measure: str, value: float) -> None:
    spread = Spread(8, 2, 3, 2.0, 1.5, 75.0)
    assert value_of(spread, measure, least=8) == value
    assert value_of(spread, measure, least=9) is None


def test_warning_is_taken_up_once(room: Newsroom, now: datetime) -> None:
    only(room, "articles", Step(1, 3, 1))
    told(room, wave(now, count=4, hours=2), now=now)
    number = EarlyWarning.objects.get().pk
    with pytest.raises(NotPermitted):
        note_seen(room.undertaker, warning_id=number, now=now)
    with pytest.raises(NotFound):
        note_seen(room.stranger, warning_id=number, now=now)
    note_seen(room.analyst, warning_id=number, now=now)
    assert EarlyWarning.objects.get().seen_by_id == room.analyst.account_id
    with pytest.raises(Conflict):
        note_seen(room.leader, warning_id=number, now=now)


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ({"measure": "colour"}, "clear_at"),
        ({"step": Step(1, 1, 2)}, "clear_at"),
        ({"window_h": 0}, "window_h"),
        ({"least": 0}, "window_h"),
    ],
)
def test_threshold_is_checked(room: Newsroom, facts: dict[str, Any], fault: str) -> None:
    given: dict[str, Any] = {"measure": "speed", "step": Step(1, 2, 1), "window_h": 6, "least": 3, **facts}
    with pytest.raises(Invalid) as refusal:
        set_threshold(room.leader, **given)
    assert set(refusal.value.fields) == {fault}


def test_threshold_belongs_to_who_configures(room: Newsroom, now: datetime) -> None:
    watch = set_watch(room.leader, facts=WatchFacts("供水", room.office.id, "爆裂"), now=now)
    with pytest.raises(NotFound):
        set_threshold(room.stranger, measure="speed", step=Step(1, 2, 1), window_h=6, least=3, watch_id=watch.pk)
    with pytest.raises(NotPermitted):
        set_threshold(room.analyst, measure="speed", step=Step(1, 2, 1), window_h=6, least=3)
    with pytest.raises(NotPermitted):
        remove_threshold(room.analyst, threshold_id=0)
    remove_threshold(room.leader, threshold_id=0)


def test_levels_of_a_measure_share_their_window(room: Newsroom) -> None:
    only(room, "speed", Step(1, 2, 1), window_h=6, least=3)
    set_threshold(room.leader, measure="speed", step=Step(2, 4, 3), window_h=12, least=8)
    assert set(Threshold.objects.filter(measure="speed").values_list("window_h", "least")) == {(12, 8)}


def test_first_thresholds_come_once(room: Newsroom) -> None:
    assert Threshold.objects.count() == 12
    assert install_first_thresholds() == 0
