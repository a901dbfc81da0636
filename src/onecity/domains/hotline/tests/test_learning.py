"""What is found in words: topics with reasons, demands alike, groups, articles."""

import csv
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from onecity.domains.hotline.api import NewVersion, answer_directly, publish, submit, write_article
from onecity.domains.hotline.models import Article, ArticleVersion, TopicModel, TrainingText
from onecity.domains.hotline.selectors.knowledge import find_articles, versions_for
from onecity.domains.hotline.services.knowledge import NotItsTurn, OwnReview, give_back, retire
from onecity.domains.hotline.services.learning import TooLittleToLearn, suggest, train
from onecity.domains.hotline.services.likening import alike, clusters
from onecity.domains.hotline.services.training import run_training
from onecity.domains.hotline.services.training_texts import load_training_texts
from onecity.domains.hotline.tests.factories import INSIDE, SYSTEM, Desks, make_demand
from onecity.kernel.clock import city_date
from onecity.kernel.errors import Invalid, NotFound, NotPermitted

pytestmark = pytest.mark.django_db
TEXTS = {
    "040000": (
        "工地夜间施工噪声扰民",
        "烧烤店油烟味太大",
        "河水发黑发臭没人管",
        "楼下广场舞音响噪声太大",
        "工厂排放刺鼻气味",
    ),
    "050000": ("暖气不热室温只有十五度", "小区停水两天了", "路灯不亮黑灯瞎火", "物业不清理垃圾", "井盖丢失路面塌陷"),
}


class Silent:
    """Hears of progress and says nothing."""

    def step(self, done: int, *, total: int = 0, note: str = "") -> None:
        """Take a report."""


def learn(now: datetime) -> None:
    TrainingText.objects.bulk_create(
        TrainingText(origin=f"test:{topic}:{place}:{times}", words=f"{text}，请处理{'。' * times}", topic_code=topic)
        for topic, texts in TEXTS.items()
        for place, text in enumerate(texts)
        for times in range(6)
    )
    train(Silent(), now=now)


def test_model_suggests_a_topic_with_the_words_that_say_so(desks: Desks, now: datetime) -> None:
    learn(now)
    first = suggest("夜里工地打桩噪声吵得睡不着", division_code="220102")[0]
    assert (first.topic_code, first.organisation_id) == ("040000", desks.bureau.id)
    assert any("噪声" in piece or "工地" in piece for piece in first.reasons)
    assert sum(item.share for item in suggest("停水")) == pytest.approx(1.0)


def test_model_is_measured_on_what_it_has_not_seen(desks: Desks, now: datetime) -> None:
    learn(now)
    row = TopicModel.objects.get()
    assert row.samples + row.held_out == 60
    assert row.held_out == sum(every for _, every in row.by_topic.values()) > 0
    assert 0.8 <= row.accuracy <= row.accuracy_top3 <= 1.0


def test_new_model_goes_before_the_old_one(desks: Desks, now: datetime) -> None:
    learn(now)
    train(Silent(), now=now)
    assert list(TopicModel.objects.values_list("version", "is_active")) == [(2, True), (1, False)]


def test_nothing_is_suggested_without_a_model_or_words(desks: Desks, now: datetime) -> None:
    assert suggest("噪声") == []
    learn(now)
    assert suggest("  ") == []


def test_too_few_texts_teach_nothing(desks: Desks, now: datetime) -> None:
    with pytest.raises(TooLittleToLearn):
        train(Silent(), now=now)


def test_texts_of_outside_are_brought_in_once(desks: Desks) -> None:
    lines = ["id,title,text,level1", "1,噪声,工地夜间施工,环境保护", "2,工资,拖欠工资,劳动和社会保障", "3,?,?,天外来客"]
    topics = {"环境保护": "040000", "劳动和社会保障": "010000"}
    for _ in range(2):
        assert load_training_texts(SYSTEM, lines=lines, source="test", topics=topics) == (2, 1)
    assert TrainingText.objects.count() == 2
    with pytest.raises(NotPermitted):
        load_training_texts(desks.editor, lines=lines, source="test", topics=topics)


def test_accuracy_on_real_letters_of_citizens(desks: Desks, now: datetime, data: Path) -> None:
    topics = {
        "城乡建设": "050000", "环境保护": "040000", "交通运输": "060000", "教育文体": "020000",
        "劳动和社会保障": "010000", "商贸旅游": "070000", "卫生计生": "030000",
    }  # fmt: skip
    path = data / "events" / "citizen_messages" / "messages_labelled.csv"
    with path.open(encoding="utf-8", newline="") as file:
        labels = {row["level1"] for row in csv.DictReader(file)}
    assert labels == set(topics)
    with path.open(encoding="utf-8", newline="") as file:
        load_training_texts(SYSTEM, lines=file, source="letters", topics=topics)
    trained = train(Silent(), now=now)
    assert trained.samples + trained.held_out == 329
    assert trained.accuracy >= 0.75
    assert trained.accuracy_top3 >= 0.9


def test_like_demands_are_found_by_words_place_and_time(desks: Desks, now: datetime) -> None:
    near = make_demand(desks, now=now)
    make_demand(desks, now=now, words="公交车不按时发车", caller_phone="13900000001")
    found = alike(desks.agent, words="工地夜间施工噪声太大，凌晨打桩", location=INSIDE, now=now + timedelta(hours=5))
    assert [item.number for item in found] == [near]
    assert found[0].metres == 0
    assert alike(desks.agent, words="", location=None, now=now) == []
    assert alike(desks.agent, words="工地夜间施工噪声", location=None, now=now + timedelta(days=40)) == []


def test_demands_that_tell_the_same_stand_together(desks: Desks, now: datetime) -> None:
    told = ("三号楼暖气不热，室温很低", "三号楼暖气不热室温只有十四度", "三号楼家里暖气不热")
    phones = ("13900000001", "13900000002", "13900000003")
    same = {
        make_demand(desks, now=now, words=text, caller_phone=phone) for text, phone in zip(told, phones, strict=True)
    }
    make_demand(desks, now=now, words="公交车司机态度恶劣")
    found = clusters(desks.agent, since=now - timedelta(days=1))
    assert [set(item.numbers) for item in found] == [same]
    assert any("暖气" in word or "不热" in word for word in found[0].words)
    assert clusters(desks.undertaker, since=now - timedelta(days=1)) == []


def article(desks: Desks, now: datetime, **facts: object) -> ArticleVersion:
    given = {"title": "供暖投诉怎么处理", "body": "供暖期室温不得低于18度。", "keywords": "暖气 供热", **facts}
    return write_article(desks.editor, new=NewVersion(**given), now=now)  # type: ignore[arg-type]  # test data


def published(desks: Desks, now: datetime, **facts: object) -> ArticleVersion:
    row = article(desks, now, **facts)
    submit(desks.editor, version_id=row.pk, now=now)
    publish(desks.leader, version_id=row.pk, now=now)
    return row


def test_article_is_read_out_only_once_published(desks: Desks, now: datetime) -> None:
    row = article(desks, now)
    assert find_articles("暖气不热", now=now) == []
    with pytest.raises(NotItsTurn):
        publish(desks.leader, version_id=row.pk, now=now)
    submit(desks.editor, version_id=row.pk, now=now)
    publish(desks.leader, version_id=row.pk, now=now)
    assert [item.title for item in find_articles("暖气不热", now=now)] == ["供暖投诉怎么处理"]
    assert find_articles("公交换乘", now=now) == []
    assert len(find_articles("", now=now)) == 1


def test_article_past_its_last_day_is_not_found(desks: Desks, now: datetime) -> None:
    published(desks, now, valid_until=city_date(now))
    assert find_articles("供暖", now=now + timedelta(days=2)) == []


def test_new_version_retires_the_one_before(desks: Desks, now: datetime) -> None:
    first = published(desks, now)
    again = write_article(desks.editor, new=NewVersion("供暖新规", "不低于20度"), article_id=first.article_id, now=now)
    submit(desks.editor, version_id=again.pk, now=now)
    publish(desks.leader, version_id=again.pk, now=now)
    states = ArticleVersion.objects.order_by("number").values_list("number", "state")
    assert list(states) == [(1, "retired"), (2, "published")]


def test_version_comes_back_with_a_reason_and_is_mended(desks: Desks, now: datetime) -> None:
    row = article(desks, now)
    submit(desks.editor, version_id=row.pk, now=now)
    with pytest.raises(NotItsTurn):
        write_article(desks.editor, new=NewVersion("a", "b"), article_id=row.article_id, now=now)
    with pytest.raises(Invalid):
        give_back(desks.leader, version_id=row.pk, reason="", now=now)
    give_back(desks.leader, version_id=row.pk, reason="缺少依据", now=now)
    mended = write_article(desks.editor, new=NewVersion("a", "b"), article_id=row.article_id, now=now)
    assert (mended.pk, mended.number, mended.state) == (row.pk, 1, "draft")


def test_nobody_reviews_his_own(desks: Desks, now: datetime) -> None:
    row = write_article(desks.leader, new=NewVersion("标题", "内容"), now=now)
    submit(desks.leader, version_id=row.pk, now=now)
    with pytest.raises(OwnReview):
        publish(desks.leader, version_id=row.pk, now=now)


def test_other_bodies_leave_an_article_alone(desks: Desks, now: datetime) -> None:
    row = article(desks, now)
    with pytest.raises(NotPermitted):
        write_article(desks.leader, new=NewVersion("a", "b"), article_id=row.article_id, now=now)
    with pytest.raises(NotPermitted):
        submit(desks.leader, version_id=row.pk, now=now)
    with pytest.raises(NotPermitted):
        submit(desks.agent, version_id=row.pk, now=now)
    with pytest.raises(NotPermitted):
        publish(desks.editor, version_id=row.pk, now=now)
    with pytest.raises(NotPermitted):
        write_article(desks.agent, new=NewVersion("a", "b"), now=now)
    assert versions_for(desks.agent).count() == 0
    assert versions_for(desks.editor).count() == versions_for(desks.leader).count() == 1


@pytest.mark.parametrize(("facts", "field"), [({"title": ""}, "title"), ({"body": " "}, "body")])
def test_empty_article_is_refused(desks: Desks, now: datetime, facts: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        article(desks, now, **facts)
    assert set(refusal.value.fields) == {field}


def test_unknown_article_or_version_is_not_found(desks: Desks, now: datetime) -> None:
    with pytest.raises(NotFound):
        write_article(desks.editor, new=NewVersion("a", "b"), article_id=0, now=now)
    with pytest.raises(NotFound):
        submit(desks.editor, version_id=0, now=now)


def test_use_is_counted_once_for_each_demand(desks: Desks, now: datetime) -> None:
    row = published(desks, now)
    number = make_demand(desks, now=now, kind="consult")
    answer_directly(desks.agent, number=number, text="不低于18度", version_id=row.pk, now=now)
    assert Article.objects.get().used == 1
    other = make_demand(desks, now=now, kind="consult", caller_phone="")
    with pytest.raises(NotFound):
        answer_directly(desks.agent, number=other, text="…", version_id=0, now=now)


def test_retired_article_is_no_longer_read_out(desks: Desks, now: datetime) -> None:
    row = published(desks, now)
    with pytest.raises(NotPermitted):
        retire(desks.editor, version_id=row.pk, now=now)
    retire(desks.leader, version_id=row.pk, now=now)
    assert find_articles("供暖", now=now) == []


def test_job_tells_what_the_model_is_worth(desks: Desks, now: datetime) -> None:
    learn(now)
    told = run_training(Silent(), {})
    assert told is not None
    assert (told["模型版本"], told["训练样本数"]) == (2, TopicModel.objects.filter(version=2).get().samples)
