"""Pages of the catalogue and of open data."""

from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from onecity.kernel.clock import city_now
from onecity.platform.exchange.models import Dataset, DatasetVersion, UsageTotal
from onecity.platform.exchange.permissions import VIEW_CATALOGUE
from onecity.platform.exchange.services.catalogue import downloads
from onecity.platform.exchange.services.catalogue.compiling import change_draft, new_version
from onecity.platform.exchange.services.catalogue.corrections import report_doubt
from onecity.platform.exchange.services.catalogue.freshness import note_data
from onecity.platform.exchange.services.catalogue.reviewing import submit
from onecity.platform.exchange.tests.catalogue_factories import (
    FIELDS,
    compiler,
    drafted,
    enter,
    gauge,
    provider,
    published,
    reader_of,
    reviewer,
    text,
)
from onecity.platform.exchange.tests.catalogue_visiting import body, client_of, sent
from onecity.platform.identity.tests.factories import Organisation, make_actor

pytestmark = pytest.mark.django_db
OPEN: dict[str, Any] = {"open_type": "unconditional", "licence_code": "cc-by-4.0"}


@pytest.fixture(autouse=True)
def _files_lie_apart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep made files away from this checkout's own."""
    monkeypatch.setattr(downloads, "folder", lambda: tmp_path)


@pytest.fixture
def office() -> Organisation:
    """A body that provides data."""
    return provider()


@pytest.fixture
def reader() -> Client:
    """Somebody of another body who may read the catalogue."""
    return client_of(reader_of(provider("公安局")))


def form_of(**changes: object) -> dict[str, object]:
    """Return a whole form as a browser sends it."""
    said: dict[str, object] = {
        "title": "救助站名录",
        "abstract": "全市救助管理站的名称、地址和联系方式。",
        "class_code": "303",
        "update_cycle": "yearly",
        "resource_kind": "table",
        "format_class": "database",
        "sharing_type": "conditional",
        "sharing_condition": "用于社会救助工作",
        "open_type": "none",
        "keywords": "救助 名录",
        "rows": "2",
        "f0-name": "code",
        "f0-title": "编码",
        "f0-type": "text",
        "f0-length": "12",
        "f0-sensitivity": "internal",
        "f0-is_key": "1",
        "f1-name": "phone",
        "f1-title": "电话",
        "f1-type": "text",
        "f1-sensitivity": "sensitive",
        "f1-mask": "masked_mobile",
        "f1-nullable": "1",
    }
    return {**said, **changes}


def test_the_catalogue_lists_what_is_published_for_every_body(
    office: Organisation, reader: Client, now: datetime
) -> None:
    shown, hidden = published(office, now=now), drafted(office, compiler(office), now=now)
    page = body(reader, "/exchange/catalogue")
    assert shown.title in page
    assert hidden.title not in page


@pytest.mark.parametrize("word", ["养老", "电话", "民政"])
def test_search_finds_words_of_two_characters(office: Organisation, reader: Client, now: datetime, word: str) -> None:
    entry = published(office, now=now)
    assert entry.title in body(reader, f"/exchange/catalogue?q={word}")
    assert entry.title not in body(reader, "/exchange/catalogue?q=水利")


def test_filters_narrow_and_counts_are_those_that_are_kept(office: Organisation, reader: Client, now: datetime) -> None:
    one, two = published(office, now=now), published(office, now=now, class_code="302", update_cycle="daily")
    for query, shown, other in (
        ("class=303", one, two),
        ("cycle=daily", two, one),
        (f"class=302&provider={office.id}", two, one),
    ):
        page = body(reader, f"/exchange/catalogue?{query}")
        assert shown.title in page
        assert other.title not in page
        assert "共 1 条" in page


def test_the_list_costs_the_same_for_many_entries(office: Organisation, reader: Client, now: datetime) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            body(reader, "/exchange/catalogue")
        return len(captured)

    published(office, now=now)
    few = queries()
    for _ in range(4):
        published(office, now=now)
    assert queries() == few


def test_an_entry_shows_its_metadata_fields_and_use(office: Organisation, reader: Client, now: datetime) -> None:
    entry = published(office, now=now)
    page = body(reader, f"/exchange/datasets/{entry.code}")
    for said in (entry.resource_code, "220001/000001", "联系电话", "无条件共享", "每月", office.name):
        assert said in page
    body(reader, f"/exchange/datasets/{entry.code}")
    assert UsageTotal.objects.get(dataset_id=entry.id).views == 2
    assert "起草新版本" not in page


def test_a_declared_entry_shows_a_masked_sample(monkeypatch: pytest.MonkeyPatch, reader: Client, now: datetime) -> None:
    enter(monkeypatch, gauge(), now=now)
    page = body(reader, "/exchange/datasets/gauge.rows")
    assert "138****0001" in page
    assert "13800000001" not in page


def test_a_draft_is_hidden_from_other_bodies(office: Organisation, reader: Client, now: datetime) -> None:
    entry = drafted(office, compiler(office), now=now)
    for path in ("", "/versions/1", "/lineage"):
        body(reader, f"/exchange/datasets/{entry.code}{path}", status=HTTPStatus.NOT_FOUND)
    assert entry.title in body(client_of(compiler(office)), f"/exchange/datasets/{entry.code}")


def test_a_draft_version_of_a_published_entry_is_hidden(office: Organisation, reader: Client, now: datetime) -> None:
    entry = published(office, now=now)
    new_version(compiler(office), code=entry.code, now=now)
    body(reader, f"/exchange/datasets/{entry.code}/versions/2", status=HTTPStatus.NOT_FOUND)
    assert "第2版" in body(client_of(compiler(office)), f"/exchange/datasets/{entry.code}")


def test_compiling_from_form_to_publication(office: Organisation) -> None:
    writer = client_of(compiler(office))
    page = sent(writer, "/exchange/entries/new", form_of(organisation=office.id))
    assert "草稿已保存" in page
    entry = Dataset.objects.get(title="救助站名录")
    assert "救助站名录" in body(writer, "/exchange/entries")
    assert 'value="phone"' in body(writer, f"/exchange/datasets/{entry.code}/edit")
    sent(writer, f"/exchange/datasets/{entry.code}/edit", form_of(title="救助站目录", **{"f1-name": ""}))
    sent(writer, f"/exchange/datasets/{entry.code}/compile", {"step": "submit"})
    judge = client_of(reviewer())
    assert "救助站目录" in body(judge, "/exchange/reviews")
    assert "目录已发布" in sent(judge, f"/exchange/datasets/{entry.code}/review", {"step": "publish"})
    entry.refresh_from_db()
    assert (entry.state, entry.title) == ("published", "救助站目录")
    version = DatasetVersion.objects.get(dataset=entry)
    assert (version.keywords, version.sharing_condition) == (["救助", "名录"], "用于社会救助工作")


def test_a_form_with_faults_comes_back_with_what_was_written(office: Organisation) -> None:
    response = client_of(compiler(office)).post(
        "/exchange/entries/new", form_of(organisation=office.id, **{"f0-name": "Bad Name"})
    )
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    page = response.content.decode()
    assert "字段名由小写字母" in page
    assert "Bad Name" in page
    assert not Dataset.objects.exists()


def test_nobody_compiles_for_another_body(office: Organisation) -> None:
    writer = client_of(compiler(provider("公安局")))
    response = writer.post("/exchange/entries/new", form_of(organisation=office.id))
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not Dataset.objects.exists()


def test_a_file_gives_suggestions_that_a_person_accepts(office: Organisation) -> None:
    writer = client_of(compiler(office))
    rows = "\n".join(f"{number},1101051949123100{check},1380013800{number}" for number, check in ((1, "2X"),) * 4)
    sample = SimpleUploadedFile("people.csv", f"编号,sfzh,lxdh\n{rows}\n".encode("gb18030"))
    response = writer.post("/exchange/entries/new", form_of(discover="1", sample=sample))
    page = response.content.decode()
    assert "已读取 3 个字段" in page
    assert "公民身份号码" in page
    assert "110105194912310" not in page
    assert not Dataset.objects.exists()


def test_an_unreadable_file_is_said_and_nothing_is_lost(office: Organisation) -> None:
    sample = SimpleUploadedFile("people.exe", b"MZ")
    page = client_of(compiler(office)).post("/exchange/entries/new", form_of(discover="1", sample=sample))
    assert "只能读取 CSV" in page.content.decode()
    assert 'value="phone"' in page.content.decode()


def test_a_connection_of_another_body_is_not_read(office: Organisation) -> None:
    page = client_of(compiler(office)).post(
        "/exchange/entries/new", form_of(discover="1", connection="secret", table="people")
    )
    assert "没有这个连接或表" in page.content.decode()


def test_review_returns_with_its_reason(office: Organisation, now: datetime) -> None:
    entry = drafted(office, compiler(office), now=now)
    submit(compiler(office), code=entry.code, now=now)
    judge = client_of(reviewer())
    response = judge.post(f"/exchange/datasets/{entry.code}/review", {"step": "return", "reason": ""})
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    sent(judge, f"/exchange/datasets/{entry.code}/review", {"step": "return", "reason": "摘要不清"})
    assert "摘要不清" in body(client_of(compiler(office)), f"/exchange/datasets/{entry.code}")


@pytest.mark.parametrize("path", ["compile", "review"])
def test_an_unknown_step_is_refused(office: Organisation, now: datetime, path: str) -> None:
    entry = published(office, now=now)
    client = client_of(compiler(office) if path == "compile" else reviewer())
    response = client.post(f"/exchange/datasets/{entry.code}/{path}", {"step": "burn"})
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_an_entry_is_withdrawn_and_a_draft_discarded(office: Organisation, now: datetime) -> None:
    entry = published(office, now=now)
    writer, judge = client_of(compiler(office)), client_of(reviewer())
    assert (
        writer.post(f"/exchange/datasets/{entry.code}/compile", {"step": "new_version"})
        .headers["Location"]
        .endswith("/edit")
    )
    sent(writer, f"/exchange/datasets/{entry.code}/compile", {"step": "discard"})
    assert DatasetVersion.objects.filter(dataset=entry).count() == 1
    sent(judge, f"/exchange/datasets/{entry.code}/review", {"step": "withdraw", "reason": "职责调整"})
    assert "职责调整" in body(writer, f"/exchange/datasets/{entry.code}")


def test_versions_are_compared(office: Organisation, reader: Client, now: datetime) -> None:
    entry = published(office, now=now)
    new_version(compiler(office), code=entry.code, now=now)
    changed = text(title="新名录", sharing_type="conditional", sharing_condition="用于救助")
    change_draft(compiler(office), code=entry.code, text=changed, fields=FIELDS[:2], now=now)
    page = body(client_of(compiler(office)), f"/exchange/datasets/{entry.code}/versions/1/2")
    for said in ("新名录", "有条件共享", "用于救助", "删除", "联系电话"):
        assert said in page
    body(reader, f"/exchange/datasets/{entry.code}/versions/1/2", status=HTTPStatus.NOT_FOUND)


def test_lineage_is_noted_drawn_and_taken_back(office: Organisation, now: datetime) -> None:
    source, target = published(office, now=now), published(office, now=now)
    writer = client_of(compiler(office))
    path = f"/exchange/datasets/{target.code}/lineage"
    page = sent(writer, f"{path}/note", {"source_code": source.code, "note": "汇总"})
    assert page.count("<rect") == 2
    assert "lineage-by-hand" in page
    assert "汇总" in page
    page = sent(writer, f"{path}/forget", {"source_code": source.code})
    assert page.count("<rect") == 1


def test_overdue_entries_stand_on_their_list(office: Organisation, reader: Client) -> None:
    late = published(office, now=city_now(), update_cycle="realtime")
    fresh = published(office, now=city_now(), update_cycle="yearly")
    note_data(late.code, data_at=datetime.fromisoformat("2020-01-01T00:00:00+08:00"), now=city_now())
    note_data(fresh.code, data_at=city_now(), now=city_now())
    page = body(reader, "/exchange/overdue")
    assert late.title in page
    assert fresh.title not in page
    assert late.title not in body(reader, f"/exchange/overdue?provider={provider().id}")


def test_a_doubt_is_reported_and_answered(office: Organisation, reader: Client, now: datetime) -> None:
    entry = published(office, now=now)
    page = sent(reader, f"/exchange/datasets/{entry.code}/doubt", {"field_name": "number", "description": "编号重复"})
    assert "待核实" in page
    writer = client_of(compiler(office))
    assert entry.title in body(writer, "/exchange/corrections?state=open")
    link = body(writer, "/exchange/corrections").split('href="/exchange/corrections/')[1].split('"')[0]
    page = sent(writer, f"/exchange/corrections/{link}", {"state": "corrected", "answer": "已去重"})
    assert "已更正" in page
    assert "已去重" in body(reader, f"/exchange/corrections/{link}")


def test_a_doubt_with_faults_comes_back(office: Organisation, reader: Client, now: datetime) -> None:
    entry = published(office, now=now)
    response = reader.post(f"/exchange/datasets/{entry.code}/doubt", {"description": "电话13800138000不通"})
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "请勿填写" in response.content.decode()


def test_a_doubt_is_hidden_from_strangers_and_answered_by_the_provider_only(
    office: Organisation, reader: Client, now: datetime
) -> None:
    entry = published(office, now=now)
    asker = reader_of(provider("教育局"))
    number = report_doubt(asker, code=entry.code, description="不对", now=now)
    body(reader, f"/exchange/corrections/{number}", status=HTTPStatus.NOT_FOUND)
    asker_page = client_of(asker)
    assert "提交答复" not in body(asker_page, f"/exchange/corrections/{number}")
    response = asker_page.post(f"/exchange/corrections/{number}", {"state": "corrected", "answer": "好"})
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_figures_of_the_catalogue(office: Organisation, reader: Client, now: datetime) -> None:
    published(office, now=now, **OPEN)
    page = body(reader, "/exchange/figures")
    for said in ("已发布目录<b>1</b>", "向社会开放<b>1</b>", office.name, "民政"):
        assert said in page


@pytest.mark.parametrize(
    "path",
    ["/exchange/catalogue", "/exchange/entries", "/exchange/reviews", "/exchange/overdue", "/exchange/figures"],
)
def test_staff_pages_ask_who_comes(client: Client, path: str) -> None:
    assert client.get(path).headers["Location"].startswith("/sign-in")
    stranger = client_of(make_actor(organisation=provider("外单位")))
    body(stranger, path, status=HTTPStatus.FORBIDDEN)


def test_a_fragment_holds_the_rows_alone(office: Organisation, now: datetime) -> None:
    entry = published(office, now=now, **OPEN)
    staff = client_of(make_actor(VIEW_CATALOGUE), fragment=True)
    for path in ("/exchange/catalogue", "/open/datasets"):
        part = body(staff, path)
        assert entry.title in part
        assert "<html" not in part


def test_lists_are_exported(office: Organisation, reader: Client, now: datetime) -> None:
    entry = published(office, now=now)
    response = reader.get("/exchange/catalogue?format=csv")
    content = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]  # an export streams
    assert entry.resource_code in content


def test_lineage_of_a_stranger_source_is_refused(office: Organisation, now: datetime) -> None:
    target = published(office, now=now)
    response = client_of(compiler(office)).post(
        f"/exchange/datasets/{target.code}/lineage/note", {"source_code": "d999999", "note": ""}
    )
    assert response.status_code == HTTPStatus.NOT_FOUND
