"""Understanding: reposts, themes, places, bodies, watch lists, mood learnt and corrected."""

import csv
import gzip
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from onecity.domains.opinion.api import TooLittleToLearn, WatchFacts, load_training_texts, set_watch, store, train
from onecity.domains.opinion.models import Article, TextModel, Theme, TrainingText, WatchHit
from onecity.domains.opinion.rules.expressions import BadExpression
from onecity.domains.opinion.services import learning
from onecity.domains.opinion.services.analysing import analyse_waiting
from onecity.domains.opinion.services.rounds import run_analysing
from onecity.domains.opinion.services.segmenting import cut, learn_names, telling
from onecity.domains.opinion.services.training import correct_mood, run_training
from onecity.domains.opinion.tests.factories import BODY, OTHER, SYSTEM, Newsroom, Silent, found, moods, told
from onecity.kernel.errors import Invalid, NotFound, NotPermitted
from onecity.platform.geo.tests.factories import COMMUNITY, COUNTY

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def taught(now: datetime, *, kind: str = "mood") -> TextModel:
    for label, texts in moods().items():
        load_training_texts(SYSTEM, kind=kind, corpus="试验", lines=[(text, label) for text in texts])
    train(Silent(), kind=kind, now=now)
    return TextModel.objects.get(kind=kind, is_active=True)


def test_repost_belongs_to_the_first_and_its_theme(room: Newsroom, now: datetime) -> None:
    first = found(published_at=now - 3 * HOUR)
    again = found("突发！主管道爆裂", outlet="晚报", body=f"据晨报报道，{BODY}", published_at=now - 2 * HOUR)
    third = found("转：主管道爆裂", outlet="网站", body=BODY, published_at=now - HOUR)
    rows = told(room, [third, again, first], now=now)
    assert [row.original_id for row in rows] == [None, rows[0].pk, rows[0].pk]
    theme = Theme.objects.get()
    assert (theme.articles, theme.reposts, theme.title) == (3, 2, "供水主管道爆裂多个小区停水")
    assert (theme.first_at, theme.last_at) == (now - 3 * HOUR, now - HOUR)


def test_repost_that_comes_later_finds_the_one_before(room: Newsroom, now: datetime) -> None:
    told(room, [found(published_at=now - 3 * HOUR)], now=now)
    rows = told(room, [found("另题", outlet="晚报", published_at=now - HOUR)], now=now)
    assert rows[1].original_id == rows[0].pk


def test_same_text_after_a_week_is_news_again(room: Newsroom, now: datetime) -> None:
    rows = told(room, [found(published_at=now - timedelta(days=8)), found(outlet="晚报", published_at=now)], now=now)
    assert [row.original_id for row in rows] == [None, None]
    assert Theme.objects.count() == 2


def test_other_words_about_the_same_matter_join_the_theme(room: Newsroom, now: datetime) -> None:
    follow = found(
        "供水管道爆裂抢修完成 停水小区恢复供水",
        outlet="晚报",
        body="水务集团抢修队伍连夜作业，爆裂的供水主管道抢修完成，停水的小区今晨陆续恢复供水。",
    )
    rows = told(room, [found(published_at=now - HOUR), follow, found("图书馆少儿阅读活动", body=OTHER)], now=now)
    assert rows[0].theme_id == next(row for row in rows if row.outlet == "晚报").theme_id
    assert Theme.objects.count() == 2


def test_places_are_found_the_smallest_first(room: Newsroom, now: datetime) -> None:
    (row,) = told(room, [found("朝阳区湖光社区停水", body="红旗街道居民反映停水")], now=now)
    assert next(place["division_code"] for place in row.places) == COMMUNITY
    assert row.division_code == COMMUNITY


def test_text_without_a_place_keeps_its_source_s(room: Newsroom, now: datetime) -> None:
    (row,) = told(room, [found()], now=now)
    assert (row.places, row.division_code) == ([], room.source.division_code)


def test_bodies_are_found_by_name(room: Newsroom, now: datetime) -> None:
    (row,) = told(room, [found(body="市水务集团表示正在抢修")], now=now)
    assert row.bodies == [room.bureau.id]


def test_names_stay_whole_and_empty_words_are_left_out() -> None:
    learn_names(["红旗街道办事处", "红"])
    assert "红旗街道办事处" in cut("今天红旗街道办事处通知")
    assert "记者" not in telling("记者报道井盖破损")


@pytest.mark.parametrize(
    ("facts", "hit"),
    [
        ({"expression": "(爆裂|漏水) 供水"}, True),
        ({"expression": "爆裂 -抢修"}, False),
        ({"divisions": [COUNTY]}, True),
        ({"divisions": ["220199"]}, False),
        ({"expression": "爆裂", "negative_only": True}, False),
        ({"expression": "爆裂", "is_active": False}, False),
    ],
)
def test_watch_list_finds_what_it_looks_for(room: Newsroom, now: datetime, facts: dict[str, object], hit: bool) -> None:
    set_watch(room.leader, facts=replace(WatchFacts("供水", room.office.id), **facts), now=now)  # type: ignore[arg-type]  # test data
    told(room, [found("朝阳区供水主管道爆裂")], now=now)
    assert WatchHit.objects.exists() is hit


def test_watch_list_of_a_body_finds_its_name(room: Newsroom, now: datetime) -> None:
    watch = set_watch(room.leader, facts=WatchFacts("水务", room.office.id, bodies=[room.bureau.id]), now=now)
    told(room, [found(body="市水务集团表示正在抢修"), found("图书馆", body=OTHER)], now=now)
    assert WatchHit.objects.filter(watch=watch).count() == 1


def test_watch_list_is_checked_and_belongs_to_its_office(room: Newsroom, now: datetime) -> None:
    with pytest.raises(BadExpression):
        set_watch(room.leader, facts=WatchFacts("甲", room.office.id, expression="(("), now=now)
    for facts, fault in (
        (WatchFacts(" ", room.office.id, "甲"), "name"),
        (WatchFacts("甲", room.office.id), "expression"),
    ):
        with pytest.raises(Invalid) as refusal:
            set_watch(room.leader, facts=facts, now=now)
        assert set(refusal.value.fields) == {fault}
    row = set_watch(room.leader, facts=WatchFacts("甲", room.office.id, "乙"), now=now)
    changed = set_watch(room.leader, facts=WatchFacts("丙", room.office.id, "乙"), now=now, watch_id=row.pk)
    assert (changed.pk, changed.name) == (row.pk, "丙")
    with pytest.raises(NotFound):
        set_watch(room.stranger, facts=WatchFacts("丙", room.office.id, "乙"), now=now, watch_id=row.pk)
    with pytest.raises(NotPermitted):
        set_watch(room.analyst, facts=WatchFacts("丙", room.office.id, "乙"), now=now)


def test_nothing_is_judged_before_a_model_is_there(room: Newsroom, now: datetime) -> None:
    (row,) = told(room, [found()], now=now)
    assert (row.mood, row.mood_score, row.topic_code) == ("", None, "")


def test_model_is_measured_on_what_it_has_not_seen_and_then_judges(room: Newsroom, now: datetime) -> None:
    model = taught(now)
    assert model.samples + model.held_out == 60
    assert model.held_out > 0
    assert model.accuracy >= 0.9
    assert sum(every for _, every in model.by_group.values()) == model.held_out
    judged = learning.judge("小区环境干净，非常满意，点赞")
    assert (judged.label, "满意" in judged.reasons) == ("positive", True)
    bad, good = told(
        room,
        [
            found("态度恶劣", body="拖延推诿，非常失望，投诉", published_at=now - HOUR),
            found("点赞", body="服务热情，非常满意"),
        ],
        now=now,
    )
    assert (bad.mood, good.mood) == ("negative", "positive")
    assert bad.mood_score is not None
    assert bad.mood_score < 0.35
    assert learning.judge(" ").label == ""
    assert learning.topic_of("") == ""


def test_next_version_takes_over(room: Newsroom, now: datetime) -> None:
    taught(now)
    assert run_training(Silent(), {"kind": "mood"})["模型版本"] == 2  # type: ignore[index]  # a result is there
    assert list(TextModel.objects.filter(is_active=True).values_list("version", flat=True)) == [2]
    assert learning.judge("非常满意").label == "positive"


def test_topics_are_learnt_like_moods(room: Newsroom, now: datetime) -> None:
    model = taught(now, kind="topic")
    assert set(model.by_group) <= {"positive", "negative"}
    (row,) = told(room, [found("态度恶劣", body="非常失望，投诉")], now=now)
    assert row.topic_code == "negative"


def test_model_that_was_taught_neutrality_says_so(room: Newsroom, now: datetime) -> None:
    load_training_texts(
        SYSTEM,
        kind="mood",
        corpus="通告",
        lines=[
            (
                f"第{nr}号通告：某路段{'东西南北'[nr % 4]}侧施工，请绕行{'甲乙丙丁戊己'[nr % 6] * (nr // 4 + 1)}",
                "neutral",
            )
            for nr in range(30)
        ],
    )
    taught(now)
    assert learning.judge("通告：某路段东侧施工，请绕行").label == "neutral"


def test_too_little_is_not_learnt(room: Newsroom, now: datetime) -> None:
    load_training_texts(
        SYSTEM, kind="mood", corpus="试验", lines=[(f"很好{'好' * nr}", "positive") for nr in range(50)]
    )
    with pytest.raises(TooLittleToLearn):
        train(Silent(), kind="mood", now=now)


def test_labels_are_checked_and_texts_stand_once(room: Newsroom) -> None:
    assert (
        load_training_texts(
            SYSTEM, kind="mood", corpus="甲", lines=[("好。", "positive"), ("好", "negative"), (" ", "x")]
        )
        == 1
    )
    assert TrainingText.objects.get().label == "positive"
    with pytest.raises(Invalid):
        load_training_texts(SYSTEM, kind="mood", corpus="甲", lines=[("好", "great")])
    with pytest.raises(Invalid):
        load_training_texts(SYSTEM, kind="colour", corpus="甲", lines=[])
    with pytest.raises(NotPermitted):
        load_training_texts(room.analyst, kind="mood", corpus="甲", lines=[])


def test_correction_is_kept_and_learnt_from(room: Newsroom, now: datetime) -> None:
    (row,) = told(room, [found()], now=now)
    correct_mood(room.analyst, article_id=row.pk, mood="negative")
    assert (Theme.objects.get().judged, Theme.objects.get().negative) == (1, 1)
    correct_mood(room.analyst, article_id=row.pk, mood="neutral")
    assert (Theme.objects.get().judged, Theme.objects.get().negative) == (1, 0)
    assert Article.objects.get().mood == TrainingText.objects.get().label == "neutral"
    with pytest.raises(Invalid):
        correct_mood(room.analyst, article_id=row.pk, mood="")
    with pytest.raises(NotFound):
        correct_mood(room.stranger, article_id=row.pk, mood="neutral")
    with pytest.raises(NotPermitted):
        correct_mood(room.undertaker, article_id=row.pk, mood="neutral")


def test_work_goes_on_in_batches(room: Newsroom, now: datetime) -> None:
    store(room.source.pk, [found(f"第{nr}篇", body=f"{OTHER}{nr}", guid=str(nr)) for nr in range(5)], now=now)
    assert [analyse_waiting(now=now, most=3), analyse_waiting(now=now, most=3), analyse_waiting(now=now)] == [3, 2, 0]
    assert run_analysing(Silent(), {}) == {"文章数": 0}


def corpus(data: Path, name: str) -> list[tuple[str, str]]:
    with gzip.open(data / "text" / f"{name}.csv.gz", "rt", encoding="utf-8-sig") as file:
        rows = csv.DictReader(file)
        return [(row["review"], "positive" if row["label"] == "1" else "negative") for row in rows if row["review"]]


def test_public_corpus_is_judged_as_the_readme_says(room: Newsroom, now: datetime, data: Path) -> None:
    for name in ("hotel_reviews_labelled", "waimai_reviews_labelled"):
        load_training_texts(SYSTEM, kind="mood", corpus=name, lines=corpus(data, name)[::5])
    trained = train(Silent(), kind="mood", now=now)
    assert trained.held_out > 400
    assert trained.accuracy > 0.82
