"""Open data: pages, files and the query interface, for everybody."""

import json
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from onecity.platform.exchange.models import UsageTotal
from onecity.platform.exchange.operations import catalogue as operations
from onecity.platform.exchange.rules.throttling import Throttle
from onecity.platform.exchange.services.catalogue import downloads
from onecity.platform.exchange.tests.catalogue_factories import (
    enter,
    gauge,
    provider,
    published,
)
from onecity.platform.exchange.tests.catalogue_visiting import body
from onecity.platform.identity.tests.factories import Organisation
from onecity.platform.jobs.tests.factories import Unwatched

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


def test_open_data_are_for_everybody_and_only_what_is_open(office: Organisation, client: Client, now: datetime) -> None:
    shown, hidden = published(office, now=now, **OPEN), published(office, now=now)
    page = body(client, "/open/datasets")
    assert shown.title in page
    assert hidden.title not in page
    assert shown.title in body(client, "/open/datasets?q=养老&class=303&cycle=monthly")
    assert shown.title not in body(client, "/open/datasets?q=水利")
    detail = body(client, f"/open/datasets/{shown.code}")
    assert "知识共享署名" in detail
    assert "联系电话" not in detail
    for path in ("", "/dcat.ttl", "/files/csv"):
        body(client, f"/open/datasets/{hidden.code}{path}", status=HTTPStatus.NOT_FOUND)
    body(client, f"/open/datasets/{shown.code}/files/csv", status=HTTPStatus.NOT_FOUND)  # nothing to give yet


def test_conditionally_open_data_are_shown_and_not_given(
    monkeypatch: pytest.MonkeyPatch, client: Client, now: datetime
) -> None:
    enter(monkeypatch, gauge(opening="conditional", opening_condition="须申请"), now=now)
    assert "须申请" in body(client, "/open/datasets/gauge.rows")
    body(client, "/open/datasets/gauge.rows/files/csv", status=HTTPStatus.NOT_FOUND)
    body(client, "/api/exchange/open/gauge.rows/rows", status=HTTPStatus.NOT_FOUND)


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ("csv", "text/csv; charset=utf-8"),
        ("json", "application/json"),
        ("parquet", "application/vnd.apache.parquet"),
        ("geojson", "application/geo+json"),
    ],
)
def test_files_are_downloaded_and_counted(
    monkeypatch: pytest.MonkeyPatch, client: Client, now: datetime, form: str, kind: str
) -> None:
    entry = enter(monkeypatch, gauge(), now=now)
    response = client.get(f"/open/datasets/gauge.rows/files/{form}")
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]  # a file answer streams
    assert response.headers["Content-Type"] == kind
    assert f'filename="gauge.rows.{form}"' in response.headers["Content-Disposition"]
    assert len(content) == int(response.headers["Content-Length"])
    assert UsageTotal.objects.get(dataset_id=entry.id).downloads == 1
    body(client, "/open/datasets/gauge.rows/files/exe", status=HTTPStatus.NOT_FOUND)


def test_a_large_file_is_asked_for_and_then_given(
    monkeypatch: pytest.MonkeyPatch, heard: object, client: Client, now: datetime
) -> None:
    enter(monkeypatch, gauge(), now=now)
    monkeypatch.setattr(downloads, "LARGE", 100)
    page = body(client, "/open/datasets/gauge.rows/files/csv", status=HTTPStatus.SERVICE_UNAVAILABLE)
    assert "文件正在生成" in page
    code, arguments = heard.jobs[0]  # type: ignore[attr-defined]  # the fixture's own class
    assert code == "exchange.make_file"
    downloads.run_make_file(Unwatched(), arguments)
    response = client.get("/open/datasets/gauge.rows/files/csv")
    assert b"".join(response.streaming_content).count(b"\n") == 201  # type: ignore[attr-defined]  # a file answer streams


def test_the_query_interface_answers_programs(monkeypatch: pytest.MonkeyPatch, client: Client, now: datetime) -> None:
    entry = enter(monkeypatch, gauge(), now=now)
    found = json.loads(body(client, "/api/exchange/open?q=计量"))
    assert [item["code"] for item in found["items"]] == ["gauge.rows"]
    path = "/api/exchange/open/gauge.rows/rows?select=number,at&where=amount:ge:199&where=flag:eq:false&order=-amount"
    page = json.loads(body(client, path))
    assert [row["number"] for row in page["rows"]] == ["000200", "000199"]
    assert datetime.fromisoformat(page["rows"][0]["at"]) == datetime.fromisoformat("2026-01-01T03:20:00+08:00")
    assert (page["columns"], page["count"], page["count_is_exact"], page["next"]) == (["number", "at"], 2, True, None)
    assert page["licence"] == "https://creativecommons.org/licenses/by/4.0/"
    assert UsageTotal.objects.get(dataset_id=entry.id).queries == 1


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("where=amount", "where"),
        ("where=amount:between:1", "where"),
        ("where=amount:eq", "where"),
        ("where=value:null:maybe", "where"),
        (f"where=amount:in:{','.join(['1'] * 101)}", "where"),
        ("select=phone", "select"),
        ("order=nothing", "order"),
        ("after=%%%", "after"),
        ("size=5000", "size"),
    ],
)
def test_the_query_interface_names_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch, client: Client, now: datetime, query: str, named: str
) -> None:
    enter(monkeypatch, gauge(), now=now)
    response = client.get(f"/api/exchange/open/gauge.rows/rows?{query}")
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert list(response.json()["errors"]) == [named]


def test_who_asks_too_often_is_told_to_wait(monkeypatch: pytest.MonkeyPatch, client: Client, now: datetime) -> None:
    enter(monkeypatch, gauge(), now=now)
    monkeypatch.setattr(operations, "throttle", Throttle(2, 0.001))
    answers = [client.get("/api/exchange/open").status_code for _ in range(2)]
    refused = client.get("/api/exchange/open/gauge.rows/rows")
    assert answers == [HTTPStatus.OK, HTTPStatus.OK]
    assert refused.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert int(refused.headers["Retry-After"]) > 0
    assert refused.json()["code"] == "exchange.too_many_queries"
