"""Feeds (RSS 0.9x–2.0, RDF, Atom) and the addresses of feeds that a page names."""

import calendar
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urljoin

import feedparser
from lxml import html
from lxml.etree import LxmlError

from onecity.domains.opinion.contracts import FoundArticle
from onecity.domains.opinion.rules.texts import tidy
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh

MOST_ITEMS: Final = 500
_FEEDS: Final = ("application/rss+xml", "application/atom+xml", "application/rdf+xml")


class Unreadable(Invalid):
    """Bytes are not what their source promises."""

    code = "opinion_unreadable"
    message = zh("内容无法识别：{reason}")


def read_feed(body: bytes, *, url: str, content_type: str = "") -> list[FoundArticle]:
    """Return the articles of a feed, at most 500, in its order. url: of the feed, against which links are resolved.

    A feed with faults gives what can be read of it. Entities are never fetched.
    Raises: Unreadable where no feed is found.
    Source: RSS 2.0, items; RFC 4287, 4.1.2 and 4.2.
    """
    headers = {"content-type": content_type or "application/xml", "content-location": url}
    found = feedparser.parse(body, response_headers=headers)
    if not found.get("version"):
        raise Unreadable(params={"reason": zh("不是RSS或Atom")})
    outlet = plain_text(str(found.feed.get("title", "")))[:80]
    return [_article(entry, url=url, outlet=outlet) for entry in found.entries[:MOST_ITEMS]]


def named_feeds(body: bytes, *, url: str) -> list[str]:
    """Return the addresses of the feeds that a page names in its head, resolved; none for what is no page.

    Source: RSS 2.0, autodiscovery by `link rel="alternate"`.
    """
    try:
        page = html.fromstring(body)
    except (LxmlError, ValueError):
        return []
    links = page.xpath("//link[contains(concat(' ', normalize-space(@rel), ' '), ' alternate ')]")
    return [urljoin(url, link.get("href")) for link in links if link.get("type") in _FEEDS and link.get("href")]


def plain_text(markup: str) -> str:
    """Return what a piece of HTML says; what is no markup stays as it is."""
    if "<" not in markup and "&" not in markup:
        return tidy(markup)
    try:
        tree = html.fragment_fromstring(markup, create_parent="div")
    except (LxmlError, ValueError):
        return tidy(markup)
    for item in list(tree.iter("script", "style")):
        item.drop_tree()
    for item in tree.iter("p", "br", "div", "li", "tr"):
        item.tail = f"\n{item.tail or ''}"
    return tidy(str(tree.text_content()))


def _article(entry: Any, *, url: str, outlet: str) -> FoundArticle:
    bodies = [str(item.get("value", "")) for item in entry.get("content", [])]
    body = max([*bodies, str(entry.get("summary", ""))], key=len)
    source = entry.get("source")
    said = plain_text(str(source.get("title", "")))[:80] if source else ""
    return FoundArticle(
        title=plain_text(str(entry.get("title", ""))),
        body=plain_text(body),
        guid=str(entry.get("id", "")),
        url=urljoin(url, str(entry.get("link", ""))) if entry.get("link") else "",
        author=plain_text(str(entry.get("author", "")))[:80],
        outlet=said or outlet,
        published_at=next(_moments(entry), None),
    )


def _moments(entry: Any) -> Iterator[datetime]:
    for name in ("published_parsed", "updated_parsed", "created_parsed"):
        parsed = entry.get(name)
        if parsed:
            yield datetime.fromtimestamp(calendar.timegm(parsed), tz=UTC)
