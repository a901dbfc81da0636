"""Pages: what analysts, leaders and strangers see, do, and are refused."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from onecity.domains.opinion.api import WatchFacts, load_training_texts, set_watch, train
from onecity.domains.opinion.models import Article, Brief, EarlyWarning, Finding, Source, Theme, Threshold, Watch
from onecity.domains.opinion.tests.factories import BODY, OTHER, SYSTEM, Newsroom, Silent, found, moods, told, wave
from onecity.kernel import clock
from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date
from onecity.platform.identity.tests.factories import open_session

pytestmark = pytest.mark.django_db


def client_of(actor: Actor) -> Client:
    client = Client()
    client.cookies["onecity_session"] = open_session(actor.account_id)
    return client


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


def test_articles_are_searched_and_filtered(room: Newsroom) -> None:
    now = clock.city_now()
    told(room, [found(published_at=now), found("图书馆活动", body=OTHER, outlet="晚报", published_at=now)], now=now)
    client = client_of(room.analyst)
    whole = page(client, "/opinion/articles")
    assert "供水主管道爆裂" in whole
    assert "图书馆活动" in whole
    assert "图书馆活动" not in page(client, "/opinion/articles?q=爆裂 抢修")
    assert "图书馆活动" in page(client, "/opinion/articles?q=借阅")
    assert "还没有采集到文章" in page(client, "/opinion/articles?mood=negative")
    for query in ("originals=1", f"source={room.source.pk}", "from=2020-01-01", "division=", "division=2201"):
        page(client, f"/opinion/articles?{query}")
    assert "供水主管道爆裂" not in page(client_of(room.stranger), "/opinion/articles")
    rows = client.get("/opinion/articles?format=csv").getvalue().decode("utf-8-sig")
    assert "供水主管道爆裂" in rows
    assert "<html" not in client.get("/opinion/articles", headers={"HX-Request": "true"}).content.decode()


def test_pages_of_the_list_follow_one_another(room: Newsroom) -> None:
    now = clock.city_now()
    told(room, wave(now, count=5, hours=2), now=now)
    client = client_of(room.analyst)
    answer = client.get("/opinion/articles?size=3")
    after = answer.context["next"]
    assert [row[1].value for row in client.get(f"/opinion/articles?size=3&after={after}").context["rows"]] == [
        "供水主管道爆裂 第1家",
        "供水主管道爆裂 第0家",
    ]


def test_article_shows_what_was_made_of_it_and_is_corrected(room: Newsroom) -> None:
    now = clock.city_now()
    for label, texts in moods().items():
        load_training_texts(SYSTEM, kind="mood", corpus="试验", lines=[(text, label) for text in texts])
    train(Silent(), kind="mood", now=now)
    first, again = told(
        room,
        [
            found("<b>态度恶劣</b>", body=f"市水务集团态度恶劣，非常失望{BODY}", published_at=now - timedelta(hours=1)),
            found("转", body=f"市水务集团态度恶劣，非常失望{BODY}", outlet="晚报"),
        ],
        now=now,
    )
    client = client_of(room.analyst)
    text = page(client, f"/opinion/articles/{first.pk}")
    for words in ("&lt;b&gt;态度恶劣", "正面概率", "市水务集团", "晚报", "判定依据"):
        assert words in text
    assert "晨报" in page(client, f"/opinion/articles/{again.pk}")
    client.post(f"/opinion/articles/{first.pk}/mood", {"mood": "neutral"})
    client.post(f"/opinion/articles/{first.pk}/mood", {"mood": "x"})
    assert Article.objects.get(pk=first.pk).mood == "neutral"
    page(client_of(room.stranger), f"/opinion/articles/{first.pk}", 404)


def test_article_and_theme_are_handed_over(room: Newsroom) -> None:
    now = clock.city_now()
    told(room, [found(), found("图书馆", body=OTHER)], now=now)
    client, theme = client_of(room.analyst), Theme.objects.order_by("id")[0]
    article = Article.objects.exclude(theme=theme).get()
    for address in (f"/opinion/themes/{theme.pk}", f"/opinion/articles/{article.pk}"):
        client.post(f"{address}/hand-over", {"level": "9"})
        assert "请填写舆情等级和研判意见" in page(client, address)
        answer = client.post(
            f"{address}/hand-over", {"level": "3", "reason": "请核实", "organisation_id": room.bureau.id}
        )
        assert answer["Location"].startswith("/cases/")
        assert "已转办" in page(client, address)
    assert Finding.objects.count() == 2
    answer = client.post(
        f"/opinion/themes/{theme.pk}/hand-over", {"level": "3", "reason": " x", "organisation_id": "0"}
    )
    assert answer["Location"] == f"/opinion/themes/{theme.pk}"


def test_refused_handing_over_is_said_on_the_page(room: Newsroom) -> None:
    told(room, [found()], now=clock.city_now())
    client, row = client_of(room.analyst), Article.objects.get()
    for address in (f"/opinion/articles/{row.pk}", f"/opinion/themes/{row.theme_id}"):
        client.post(f"{address}/hand-over", {"level": "3", "reason": "\u3000"})
        assert "研判意见" in page(client, address)
    assert Finding.objects.count() == 0


def test_theme_shows_its_curve_its_way_and_its_table(room: Newsroom) -> None:
    now = clock.city_now()
    told(room, [*wave(now, count=24, hours=6), found("朝阳区停水通知", body="朝阳区停水", published_at=now)], now=now)
    client = client_of(room.analyst)
    row = Theme.objects.order_by("-articles")[0]
    text = page(client, f"/opinion/themes/{row.pk}")
    for words in ("theme-chart", "传播路径", "媒体0", "近72小时传播曲线", "特征词"):
        assert words in text
    listed = page(client, "/opinion/themes?least=5&level=1&q=供水")
    assert "供水主管道爆裂" in listed
    page(client, "/opinion/themes/0", 404)
    page(client_of(room.stranger), f"/opinion/themes/{row.pk}", 404)


def test_board_shows_what_stands_and_is_taken_up(room: Newsroom) -> None:
    now = clock.city_now()
    client = client_of(room.analyst)
    assert "此刻没有舆情预警" in page(client, "/opinion/warnings")
    told(room, wave(now, count=24, hours=6), now=now)
    set_watch(room.leader, facts=WatchFacts("供水", room.office.id, "爆裂"), now=now)
    text = page(client, "/opinion/warnings")
    assert "橙色预警" in text
    assert "传播媒体数" in text
    assert "我来研判" in text
    number = EarlyWarning.objects.get().pk
    client.post(f"/opinion/warnings/{number}/seen")
    client.post(f"/opinion/warnings/{number}/seen")
    assert "已有人确认" in page(client, "/opinion/warnings")
    fragment = client.get("/opinion/warnings", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert "供水主管道" in page(client, "/opinion/warnings/all?level=3&state=standing&q=供水")
    assert "供水主管道" not in page(client, "/opinion/warnings/all?state=cleared")
    assert "此刻没有舆情预警" in page(client_of(room.stranger), "/opinion/warnings")


def test_source_is_set_up_changed_and_looked_at(room: Newsroom) -> None:
    client = client_of(room.leader)
    form = {
        "name": "晨报",
        "kind": "rss",
        "url": "https://n.example/f",
        "organisation_id": room.office.id,
        "interval_min": "30",
        "reach": "2",
        "columns": "",
    }
    assert client.post("/opinion/sources/new", {**form, "columns": "colour=x"}).status_code == 422
    assert client.post("/opinion/sources/new", {**form, "url": ""}).status_code == 422
    address = client.post("/opinion/sources/new", {**form, "columns": "title=题"})["Location"]
    assert client.post("/opinion/sources/new", form).status_code == 422
    row = Source.objects.get(name="晨报")
    assert (row.columns, row.reach) == ({"title": "题"}, 2)
    assert "待采集" in page(client, address)
    client.post(f"{address}/look")
    client.post(f"{address}/change", {"interval_min": "1", "reach": "1"})
    client.post(f"{address}/change", {"interval_min": "60", "reach": "3"})
    row.refresh_from_db()
    assert (row.interval_min, row.reach, row.is_active) == (60, 3, False)
    client.post(f"/opinion/sources/{room.source.pk}/look")
    assert "不能立即采集" in page(client, "/opinion/sources")
    for health, failures, active in (("failing", 1, True), ("failing", 5, True), ("resting", 0, False)):
        Source.objects.filter(pk=row.pk).update(failures=failures, is_active=active)
        assert "晨报" in page(client, f"/opinion/sources?health={health}&kind=rss&q=晨")
    assert "晨报" not in page(client, "/opinion/sources?health=well")
    page(client_of(room.analyst), "/opinion/sources/new", 403)
    page(client_of(room.stranger), address, 404)


def test_file_is_brought_in_on_the_page(room: Newsroom) -> None:
    client, address = client_of(room.leader), f"/opinion/sources/{room.source.pk}"
    file = SimpleUploadedFile("a.csv", "标题,正文\n爆管,水漫路面\n".encode())
    client.post(f"{address}/import", {"file": file})
    assert "导入1篇，重复0篇，空白0篇" in page(client, address)
    client.post(f"{address}/import", {})
    assert "请选择文件" in page(client, address)
    client.post(f"{address}/import", {"file": SimpleUploadedFile("a.json", b"{")})
    assert "内容无法识别" in page(client, address)


def test_watch_lists_and_thresholds_are_set(room: Newsroom) -> None:
    client = client_of(room.leader)
    form = {
        "name": "供水",
        "expression": "爆裂",
        "divisions": "220104",
        "bodies": [room.bureau.id],
        "organisation_id": room.office.id,
        "is_active": "on",
    }
    assert client.post("/opinion/watches/new", {**form, "divisions": "x"}).status_code == 422
    assert client.post("/opinion/watches/new", {**form, "expression": "(("}).status_code == 422
    assert client.post("/opinion/watches/new", form)["Location"] == "/opinion/watches"
    row = Watch.objects.get()
    assert "爆裂" in page(client, f"/opinion/watches/{row.pk}")
    assert client.post(f"/opinion/watches/{row.pk}", {**form, "name": "水务"})["Location"] == "/opinion/watches"
    assert "水务" in page(client, "/opinion/watches")
    page(client, "/opinion/watches/0", 404)
    step = {
        "watch_id": row.pk,
        "measure": "articles",
        "level": "2",
        "raise_at": "9",
        "clear_at": "5",
        "window_h": "6",
        "least": "3",
    }
    assert client.post("/opinion/thresholds", {**step, "clear_at": "10"}).status_code == 422
    assert client.post("/opinion/thresholds", step)["Location"] == "/opinion/thresholds"
    made = Threshold.objects.get(watch=row)
    assert "水务" in page(client, "/opinion/thresholds")
    client.post(f"/opinion/thresholds/{made.pk}/remove")
    assert not Threshold.objects.filter(pk=made.pk).exists()


def test_brief_is_made_shown_and_its_document_given(room: Newsroom) -> None:
    now = clock.city_now()
    told(room, wave(now - timedelta(days=1), count=8, hours=1), now=now)
    client, day = client_of(room.analyst), city_date(now) - timedelta(days=1)
    assert "生成日报" in page(client, "/opinion/briefs")
    client.post("/opinion/briefs/make", {"day": ""})
    assert "请选择日期" in page(client, "/opinion/briefs")
    client.post("/opinion/briefs/make", {"day": city_date(now).isoformat()})
    assert "当日结束后" in page(client, "/opinion/briefs")
    address = client.post("/opinion/briefs/make", {"day": day.isoformat()})["Location"]
    assert "当日共监测到相关文章" in page(client, address)
    file = client.get(address).context["file"]
    assert file.url in page(client, address)
    assert client_of(room.stranger).get(file.url).status_code == HTTPStatus.NOT_FOUND
    assert f"{Brief.objects.get().number}" in page(client, "/opinion/briefs")
    page(client_of(room.stranger), address, 404)


def test_models_are_shown_with_what_they_were_measured_at(room: Newsroom) -> None:
    client = client_of(room.leader)
    assert "还没有训练过" in page(client, "/opinion/models")
    for label, texts in moods().items():
        load_training_texts(SYSTEM, kind="mood", corpus="试验语料", lines=[(text, label) for text in texts])
    train(Silent(), kind="mood", now=clock.city_now())
    text = page(client, "/opinion/models")
    assert "试验语料" in text
    assert "第1版" in text
    assert client.post("/opinion/models/train", {"kind": "mood"})["Location"].startswith("/jobs/")
    assert client.post("/opinion/models/train", {"kind": "x"}).status_code == HTTPStatus.NOT_FOUND


def test_list_costs_the_same_however_many_rows(room: Newsroom, django_assert_max_num_queries: Any) -> None:
    now = clock.city_now()
    told(room, wave(now, count=20, hours=6), now=now)
    client = client_of(room.analyst)
    page(client, "/opinion/articles")
    with django_assert_max_num_queries(16):
        page(client, "/opinion/articles")
    with django_assert_max_num_queries(16):
        page(client, "/opinion/warnings")
