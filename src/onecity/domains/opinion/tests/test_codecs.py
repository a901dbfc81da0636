"""Feeds and tables: what they give, and what is refused."""

import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.domains.opinion.codecs.feeds import Unreadable, named_feeds, plain_text, read_feed
from onecity.domains.opinion.codecs.tables import read_moment, read_table
from onecity.kernel.clock import CITY_ZONE

URL = "https://news.example/feed/"
RSS = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>晨报</title><link>https://news.example/</link>
<item><title>管道&lt;b&gt;爆裂&lt;/b&gt;</title><link>/a/1</link><guid isPermaLink="false">n-1</guid>
<description><![CDATA[<p>第一段</p><script>alert(1)</script><p>第二段 &amp; 完</p>]]></description>
<author>张记者</author><pubDate>Mon, 02 Mar 2026 08:30:00 +0800</pubDate></item>
<item><title>无日期</title></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>政务网</title><id>urn:x</id><updated>2026-03-02T00:00:00Z</updated>
<entry><id>urn:uuid:1</id><title>通告</title><link rel="alternate" href="b/2"/><updated>2026-03-02T01:00:00Z</updated>
<summary>短</summary>
<content type="html">&lt;p&gt;更长的正文&lt;/p&gt;</content>
<source><title>原载报</title></source></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel rdf:about="https://news.example/"><title>老式</title></channel>
<item rdf:about="https://news.example/3"><title>条目</title><link>https://news.example/3</link></item></rdf:RDF>"""


def test_rss_item_is_read_with_its_moment_and_without_markup() -> None:
    first, second = read_feed(RSS.encode(), url=URL)
    assert (first.title, first.body, first.guid) == ("管道爆裂", "第一段\n第二段 & 完", "n-1")
    assert (first.url, first.outlet, first.author) == ("https://news.example/a/1", "晨报", "张记者")
    assert first.published_at == datetime(2026, 3, 2, 0, 30, tzinfo=UTC)
    assert (second.title, second.published_at, second.url) == ("无日期", None, "")


def test_atom_entry_takes_the_longest_text_and_its_first_outlet() -> None:
    (entry,) = read_feed(ATOM.encode(), url=URL)
    assert (entry.body, entry.outlet, entry.guid) == ("更长的正文", "原载报", "urn:uuid:1")
    assert (entry.url, entry.published_at) == ("https://news.example/feed/b/2", datetime(2026, 3, 2, 1, tzinfo=UTC))


def test_old_rdf_is_read_too() -> None:
    assert [item.title for item in read_feed(RDF.encode(), url=URL)] == ["条目"]


def test_chinese_encodings_are_told_by_the_declaration() -> None:
    body = RSS.replace("utf-8", "gb18030").encode("gb18030")
    assert read_feed(body, url=URL)[0].title == "管道爆裂"


def test_torn_feed_gives_what_can_be_read() -> None:
    assert read_feed(RSS.encode()[: RSS.encode().rindex(b"<item>")], url=URL)[0].guid == "n-1"


def test_entities_from_outside_are_not_fetched() -> None:
    evil = (
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
        '<rss version="2.0"><channel><item><title>a&x;b</title></item></channel></rss>'
    )
    assert "/" not in "".join(item.title for item in read_feed(evil.encode(), url=URL))


@pytest.mark.parametrize("body", [b"", b"<html><body>no</body></html>", b"{}", b"\x00\x01\x02"])
def test_what_is_no_feed_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read_feed(body, url=URL)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(body: bytes) -> None:
    with contextlib.suppress(Unreadable):
        read_feed(body, url=URL)


def test_page_names_its_feeds() -> None:
    page = b"""<html><head><link rel="alternate" type="application/rss+xml" href="/feed.xml">
    <link rel="alternate" hreflang="en" href="/en"><link rel="stylesheet" type="application/rss+xml" href="/x">
    <link rel="ALTERNATE alternate" type="application/atom+xml" href="atom.xml"></head></html>"""
    assert named_feeds(page, url=URL) == ["https://news.example/feed.xml", "https://news.example/feed/atom.xml"]
    assert named_feeds(b"", url=URL) == []


@pytest.mark.parametrize(
    ("markup", "text"), [("a<br>b", "a\nb"), ("3 < 4", "3 < 4"), ("A&amp;B", "A&B"), ("纯文", "纯文")]
)
def test_markup_is_taken_off(markup: str, text: str) -> None:
    assert plain_text(markup) == text


def test_csv_is_read_by_usual_names_in_either_encoding() -> None:
    text = "标题,正文,来源,发布时间,编号\n爆管,水漫路面,晨报,2026-03-02 08:30,7\n"
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        (row,) = read_table(text.encode(encoding), kind="csv", columns={})
        assert (row.title, row.body, row.outlet, row.guid) == ("爆管", "水漫路面", "晨报", "7")
        assert row.published_at == datetime(2026, 3, 2, 8, 30, tzinfo=CITY_ZONE)


def test_columns_may_have_any_name() -> None:
    (row,) = read_table("h,t\n题,文\n".encode(), kind="csv", columns={"title": "H", "body": "t"})
    assert (row.title, row.body) == ("题", "文")


@pytest.mark.parametrize("text", ['[{"title":"甲"}]', '{"data":[{"title":"甲"}]}', '{"title":"甲"}'])
def test_json_is_an_array_an_object_with_one_or_one(text: str) -> None:
    assert [row.title for row in read_table(text.encode(), kind="json", columns={})] == ["甲"]


def test_json_lines_are_read() -> None:
    assert len(read_table(b'{"title":"a"}\n\n{"title":"b","body":null}\n', kind="json", columns={})) == 2


def test_plain_text_has_a_title_in_each_first_line() -> None:
    found = read_table("题一\n文一\n文二\r\n\r\n题二".encode(), kind="text", columns={})
    assert [(row.title, row.body) for row in found] == [("题一", "文一\n文二"), ("题二", "")]


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"[1,2]", "json"), (b"3", "json"), (b"{", "json"), (b"\xff\xff\xff", "csv"), (b'a,b\n"x', "csv")],
)
def test_unreadable_files_are_refused(body: bytes, kind: str) -> None:
    with pytest.raises(Unreadable):
        read_table(body, kind=kind, columns={})


def test_file_with_too_many_articles_is_refused() -> None:
    with pytest.raises(Unreadable, match="五万"):
        read_table(b"x\n\n" * 50_001, kind="text", columns={})


@pytest.mark.parametrize(
    ("text", "hour"),
    [("2026-03-02T08:00:00+00:00", 8), ("2026/03/02 16:00", 8), ("2026-03-02 16:00:00", 8), ("昨天", None)],
)
def test_moments_without_a_zone_are_the_city_s(text: str, hour: int | None) -> None:
    found = read_moment(text)
    assert (found and found.astimezone(UTC).hour) == hour
