"""Collecting from a real server on the loopback: polite, conditional, bounded, each article once."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.conf import settings

from onecity.domains.opinion.api import add_source, change_source, import_file, store
from onecity.domains.opinion.codecs.feeds import Unreadable
from onecity.domains.opinion.contracts import NewSource, Stored
from onecity.domains.opinion.models import Article, Collection, Host, Source
from onecity.domains.opinion.rules import polite
from onecity.domains.opinion.services import asking, collecting, fetching
from onecity.domains.opinion.services.rounds import run_collecting
from onecity.domains.opinion.services.sources import SourceKnown, look_now
from onecity.domains.opinion.tests.factories import BODY, Newsroom, found
from onecity.kernel.errors import Invalid, NotFound, NotPermitted

pytestmark = pytest.mark.django_db
FEED = (
    '<rss version="2.0"><channel><title>晨报</title><item><guid>1</guid><title>爆管</title>'
    f"<description>{BODY}</description></item></channel></rss>"
).encode()


@dataclass
class Site:
    """A server whose answers a test writes: path → (status, headers, body). asked: what came in."""

    port: int = 0
    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Site]:
    made = Site()

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append((self.path, dict(self.headers)))
            status, heads, body = made.answers.get(self.path, (404, {}, b""))
            if heads.get("ETag") and self.headers.get("If-None-Match") == heads["ETag"]:
                status, body = 304, b""
            self.send_response(status)
            for name, value in heads.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    made.port = server.server_address[1]
    settings.ENV = replace(settings.ENV, opinion_networks=("127.0.0.0/8",))
    monkeypatch.setattr(polite, "SHORTEST_PAUSE_S", 0.0)
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


def source(room: Newsroom, site: Site, path: str = "/feed", *, now: datetime, kind: str = "rss") -> Source:
    new = NewSource("晨报", kind, room.office.id, url=site.url(path), division_code="220104")
    return add_source(room.leader, new=new, now=now)


def looked(row: Source) -> Collection:
    collecting.look_at(row)
    row.refresh_from_db()
    last = Collection.objects.filter(source=row).order_by("-id").first()
    assert last is not None
    return last


def test_feed_is_stored_once_and_asked_for_conditionally(room: Newsroom, site: Site, now: datetime) -> None:
    site.answers["/feed"] = (200, {"ETag": '"v1"', "Last-Modified": "Mon, 02 Mar 2026 00:00:00 GMT"}, FEED)
    row = source(room, site, now=now)
    first = looked(row)
    assert (first.outcome, first.new, row.articles, row.etag) == ("new", 1, 1, '"v1"')
    again = looked(row)
    assert (again.outcome, again.new, again.received) == ("same", 0, 0)
    assert site.asked[-1][1]["If-None-Match"] == '"v1"'
    assert site.asked[-1][1]["If-Modified-Since"] == "Mon, 02 Mar 2026 00:00:00 GMT"
    assert site.asked[-1][1]["User-Agent"].startswith("OneCityBot/")
    assert [path for path, _ in site.asked] == ["/robots.txt", "/feed", "/feed"]
    article = Article.objects.get()
    assert (article.outlet, article.division_code, article.organisation_id) == ("晨报", "220104", room.office.id)


def test_robots_are_obeyed(room: Newsroom, site: Site, now: datetime) -> None:
    site.answers["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /feed\n")
    site.answers["/feed"] = (200, {}, FEED)
    row = source(room, site, now=now)
    assert "robots.txt" in looked(row).reason
    assert [path for path, _ in site.asked] == ["/robots.txt"]
    assert row.failures == 1


def test_rules_for_us_by_name_count_before_those_for_all(room: Newsroom, site: Site, now: datetime) -> None:
    site.answers["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /\n\nUser-agent: OneCityBot\nAllow: /\n")
    site.answers["/feed"] = (200, {}, FEED)
    assert looked(source(room, site, now=now)).outcome == "new"


def test_rules_that_cannot_be_reached_close_the_host(room: Newsroom, site: Site, now: datetime) -> None:
    site.answers |= {"/robots.txt": (503, {}, b""), "/feed": (200, {}, FEED)}
    row = source(room, site, now=now)
    assert looked(row).outcome == "failed"
    assert Host.objects.get().is_closed
    site.answers["/robots.txt"] = (200, {}, b"")
    assert looked(row).outcome == "failed"  # asked again after a quarter of an hour only
    Host.objects.update(robots_at=now - timedelta(days=3000))
    assert looked(row).outcome == "new"


def test_moved_rules_are_followed(room: Newsroom, site: Site, now: datetime) -> None:
    site.answers |= {
        "/robots.txt": (301, {"Location": "/r2"}, b""),
        "/r2": (200, {}, b"User-agent: *\nDisallow: /\n"),
        "/feed": (200, {}, FEED),
    }
    assert looked(source(room, site, now=now)).outcome == "failed"


def test_rules_that_go_round_in_a_circle_are_none(room: Newsroom, site: Site, now: datetime) -> None:
    site.answers |= {"/robots.txt": (301, {"Location": "/robots.txt"}, b""), "/feed": (200, {}, FEED)}
    assert looked(source(room, site, now=now)).outcome == "new"


def test_long_rules_are_cut(room: Newsroom, site: Site, now: datetime) -> None:
    site.answers |= {"/robots.txt": (200, {}, b"#" * 600_000), "/feed": (200, {}, FEED)}
    assert looked(source(room, site, now=now)).outcome == "new"
    assert len(Host.objects.get().robots) == asking.MOST_ROBOTS


def test_host_is_asked_one_after_another_with_its_pause(room: Newsroom, now: datetime) -> None:
    waits = [asking._reserve("news.example", 10.0) for _ in range(3)]
    assert waits[0] == 0.0
    assert all(got is not None for got in waits)
    assert [round(got) for got in waits if got is not None] == [0, 10, 20]
    assert asking._reserve("other.example", 10.0) == 0.0
    Host.objects.filter(name="news.example").update(asked_at=now + timedelta(days=3650))
    assert asking._reserve("news.example", 10.0) is None


def test_failing_source_waits_longer_and_retry_after_is_heeded(room: Newsroom, site: Site, now: datetime) -> None:
    site.answers["/feed"] = (503, {"Retry-After": "7200"}, b"")
    row = source(room, site, now=now)
    assert looked(row).reason == "HTTP 503"
    assert row.checked_at is not None
    assert row.next_at is not None
    assert row.next_at - row.checked_at == timedelta(hours=2)
    assert row.failures == 1
    site.answers["/feed"] = (200, {}, FEED)
    assert looked(row).outcome == "new"
    assert (row.failures, row.said) == (0, "")


@pytest.mark.parametrize(
    ("text", "date", "seconds"),
    [
        ("30", "", 30.0),
        ("Mon, 02 Mar 2026 00:01:00 GMT", "Mon, 02 Mar 2026 00:00:00 GMT", 60.0),
        ("Mon, 02 Mar 2026 00:00:00 GMT", "Mon, 02 Mar 2026 00:01:00 GMT", 0.0),
        ("soon", "", 0.0),
        ("", "", 0.0),
    ],
)
def test_retry_after_is_seconds_or_a_moment(text: str, date: str, seconds: float) -> None:
    assert fetching._retry_after(text, date) == seconds


def test_redirects_are_followed_a_few_times_only(room: Newsroom, site: Site, now: datetime) -> None:
    site.answers |= {"/feed": (302, {"Location": "/new"}, b""), "/new": (200, {}, FEED)}
    assert looked(source(room, site, now=now)).outcome == "new"
    site.answers["/round"] = (302, {"Location": "/round"}, b"")
    assert "重定向" in looked(source(room, site, "/round", now=now)).reason


@pytest.mark.parametrize(
    "target", ["http://10.0.0.1/feed", "http://[::1]/x", "file:///etc/passwd", "http://127.0.0.1:22/"]
)
def test_redirect_does_not_lead_into_the_inner_network(room: Newsroom, site: Site, now: datetime, target: str) -> None:
    site.answers["/feed"] = (302, {"Location": target}, b"")
    row = source(room, site, now=now)
    assert looked(row).outcome == "failed"
    assert Article.objects.count() == 0


def test_inner_addresses_are_closed_unless_the_operator_opens_them(
    room: Newsroom, site: Site, now: datetime, settings: Any
) -> None:
    settings.ENV = replace(settings.ENV, opinion_networks=("public",))
    site.answers["/feed"] = (200, {}, FEED)
    assert looked(source(room, site, now=now)).outcome == "failed"
    assert site.asked == []


def test_answer_that_is_too_large_is_left(
    room: Newsroom, site: Site, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.answers["/feed"] = (200, {}, b"x" * (fetching.MOST_BYTES + 1))
    assert "大小" in looked(source(room, site, now=now)).reason


def test_what_is_no_feed_is_refused_and_said_so(room: Newsroom, site: Site, now: datetime) -> None:
    site.answers["/feed"] = (200, {}, b"<html></html>")
    row = source(room, site, now=now)
    assert (looked(row).outcome, row.failures) == ("refused", 1)


def test_feed_of_a_site_is_found(room: Newsroom, site: Site, now: datetime) -> None:
    page = b'<html><head><link rel="alternate" type="application/rss+xml" href="/feed"></head></html>'
    site.answers |= {"/": (200, {}, page), "/feed": (200, {}, FEED), "/bare": (200, {}, b"<html></html>")}
    assert looked(source(room, site, "/", now=now, kind="site")).new == 1
    assert looked(source(room, site, "/bare", now=now, kind="site")).outcome == "refused"


def test_tables_are_read_from_addresses_too(room: Newsroom, site: Site, now: datetime) -> None:
    site.answers["/a.json"] = (200, {}, b'[{"title":"a"},{"title":""}]')
    row = source(room, site, "/a.json", now=now, kind="json")
    assert collecting.look_at(row).empty == 1


def test_due_sources_go_out_once_by_host(room: Newsroom, site: Site, now: datetime, heard: Any) -> None:
    first, second = source(room, site, now=now), source(room, site, "/b", now=now)
    resting = source(room, site, "/c", now=now)
    change_source(room.leader, source_id=resting.pk, interval_min=30, reach=1, is_active=False, now=now)
    assert collecting.send_out(now=now) == 2
    assert collecting.send_out(now=now) == 0
    assert collecting.send_out(now=now + collecting.CLAIM) == 2
    change_source(room.leader, source_id=resting.pk, interval_min=30, reach=2, is_active=True, now=now)
    look_now(room.leader, source_id=first.pk, now=now)
    assert collecting.send_out(now=now) == 2
    assert second.host == first.host


def test_job_looks_at_each_source_and_passes_over_those_gone(room: Newsroom, site: Site, now: datetime) -> None:
    site.answers["/feed"] = (200, {}, FEED)
    row, steps = source(room, site, now=now), []

    class Watching:
        def step(self, done: int, *, total: int = 0, note: str = "") -> None:
            steps.append((done, total))

    assert run_collecting(Watching(), {"sources": [0, row.pk]}) == {"新文章数": 1, "重复数": 0}
    assert run_collecting(Watching(), {"sources": None}) == {"新文章数": 0, "重复数": 0}
    assert steps[-2:] == [(2, 2), (0, 0)]


def test_old_looks_are_forgotten(room: Newsroom, now: datetime) -> None:
    for days in (10, 100):
        Collection.objects.create(source=room.source, at=now - timedelta(days=days), outcome="same")
    assert collecting.forget_old_looks(now=now) == 1


def test_article_is_known_by_guid_by_address_and_by_words(room: Newsroom, now: datetime) -> None:
    other = add_source(room.leader, new=NewSource("另一家", "file", room.office.id), now=now)
    one = found(guid="g1", url="https://n.example/1?utm_source=a")
    assert store(room.source.pk, [one, one], now=now).new == 1
    assert store(room.source.pk, [replace(one, title="改了标题")], now=now).new == 0
    assert store(room.source.pk, [replace(one, guid="g2", url="")], now=now).new == 0
    assert store(other.pk, [replace(one, guid="g9", url="https://n.example/1")], now=now).repeated == 1
    assert store(other.pk, [replace(one, guid="g9", url="https://m.example/1")], now=now).new == 1
    assert store(room.source.pk, [found("", body=" ", guid="e")], now=now).empty == 1


def test_future_is_not_believed(room: Newsroom, now: datetime) -> None:
    store(room.source.pk, [found(published_at=now + timedelta(days=2)), found("无日期", body="另一件事")], now=now)
    assert set(Article.objects.values_list("told_at", flat=True)) == {now}


def test_title_is_the_first_line_where_there_is_none(room: Newsroom, now: datetime) -> None:
    store(room.source.pk, [found("", body="第一行\n第二行", url="not an address")], now=now)
    row = Article.objects.get()
    assert (row.title, row.url, row.plain_url) == ("第一行", "", "")


def test_file_is_brought_in_once(room: Newsroom, now: datetime) -> None:
    body = "标题,正文\n爆管,水漫路面\n,\n".encode()
    facts: dict[str, Any] = {"source_id": room.source.pk, "name": "a.csv", "columns": {}, "now": now}
    assert import_file(room.leader, body=body, **facts) == Stored(1, 0, 1)
    assert import_file(room.leader, body=body, **facts).repeated == 1
    assert Collection.objects.filter(outcome="imported").count() == 2
    with pytest.raises(Unreadable):
        import_file(room.leader, body=b"\xff\xff\xff", **facts)
    with pytest.raises(Invalid):
        import_file(room.leader, body=body, **{**facts, "name": "a.exe"})
    with pytest.raises(NotFound):
        import_file(room.stranger, body=body, **facts)
    with pytest.raises(NotPermitted):
        import_file(room.analyst, body=body, **facts)


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ({"name": " "}, "name"),
        ({"kind": "fax"}, "kind"),
        ({"url": "ftp://a/"}, "url"),
        ({"kind": "file"}, "url"),
        ({"columns": {"colour": "x"}}, "columns"),
        ({"interval_min": 1}, "interval_min"),
        ({"reach": 6}, "reach"),
    ],
)
def test_source_is_checked(room: Newsroom, now: datetime, facts: dict[str, Any], fault: str) -> None:
    new = replace(NewSource("源", "rss", room.office.id, url="https://a.example/f"), **facts)
    with pytest.raises(Invalid) as refusal:
        add_source(room.leader, new=new, now=now)
    assert set(refusal.value.fields) == {fault}


def test_source_stands_once_and_others_leave_it_alone(room: Newsroom, now: datetime) -> None:
    new = NewSource("源", "rss", room.office.id, url="https://a.example/f", columns={"title": "", "body": "b"})
    row = add_source(room.leader, new=new, now=now)
    assert row.columns == {"body": "b"}
    with pytest.raises(SourceKnown):
        add_source(room.leader, new=new, now=now)
    with pytest.raises(NotPermitted):
        add_source(room.analyst, new=new, now=now)
    with pytest.raises(NotFound):
        look_now(room.stranger, source_id=row.pk, now=now)
    with pytest.raises(Invalid):
        look_now(room.leader, source_id=room.source.pk, now=now)


def test_setting_names_who_may_be_reached() -> None:
    assert settings.ENV.opinion_networks == ("public",)
