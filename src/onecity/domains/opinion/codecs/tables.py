"""Files of articles: CSV, JSON (an array, an object with one, or a line each), and plain texts."""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

import orjson

from onecity.domains.opinion.codecs.feeds import Unreadable, plain_text
from onecity.domains.opinion.contracts import FoundArticle
from onecity.domains.opinion.rules.texts import tidy
from onecity.kernel.clock import CITY_ZONE
from onecity.kernel.text import zh

MOST_ITEMS: Final = 50_000
FIELDS: Final = ("title", "body", "guid", "url", "author", "outlet", "published_at")
USUAL: Final[Mapping[str, tuple[str, ...]]] = {
    "title": ("title", "标题"),
    "body": ("body", "content", "text", "正文", "内容"),
    "guid": ("guid", "id", "编号"),
    "url": ("url", "link", "链接", "网址"),
    "author": ("author", "作者"),
    "outlet": ("outlet", "source", "media", "来源", "媒体"),
    "published_at": ("published_at", "time", "date", "发布时间", "时间"),
}
"""Names under which a column is found where nobody has said which it is."""
_SHAPES: Final = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d")

_ENCODINGS: Final = ("utf-8-sig", "gb18030")


def read_table(body: bytes, *, kind: str, columns: Mapping[str, str]) -> list[FoundArticle]:
    """Return the articles of a file. kind: csv, json or text. columns: our name → theirs; the usual ones without.

    Texts are UTF-8 or GB 18030; in a plain text each article is a paragraph whose first line is its title.
    Raises: Unreadable naming what is wrong.
    Source: RFC 4180 (CSV); RFC 8259 (JSON); GB 18030-2022.
    """
    if kind == "text":
        found = [_paragraph(part) for part in _decoded(body).split("\n\n") if part.strip()]
    else:
        rows = _csv(body) if kind == "csv" else _json(body)
        found = [_article(row, columns) for row in rows]
    if len(found) > MOST_ITEMS:
        raise Unreadable(params={"reason": zh("一次最多五万篇")})
    return found


def read_moment(text: str) -> datetime | None:
    """Return a moment as files write it; without a zone it is the city's time. None for what is none."""
    text = text.strip()
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        for shape in _SHAPES:
            try:
                found = datetime.strptime(text, shape)  # noqa: DTZ007  # the zone is set below
            except ValueError:
                continue
            break
        else:
            return None
    return found if found.tzinfo else found.replace(tzinfo=CITY_ZONE)


def _decoded(body: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            return body.decode(encoding).replace("\r\n", "\n")
        except UnicodeDecodeError:
            continue
    raise Unreadable(params={"reason": zh("文字编码应为UTF-8或GB 18030")})


def _csv(body: bytes) -> Iterator[Mapping[str, str]]:
    try:
        for row in csv.DictReader(io.StringIO(_decoded(body)), strict=True):
            yield {str(name): value for name, value in row.items() if isinstance(value, str)}
    except csv.Error as fault:
        raise Unreadable(params={"reason": str(fault)}) from fault


def _json(body: bytes) -> Iterator[Mapping[str, str]]:
    text = _decoded(body).strip()
    try:
        whole = orjson.loads(text)
    except orjson.JSONDecodeError:
        whole = _lines(text)
    if isinstance(whole, dict):
        lists = [value for value in whole.values() if isinstance(value, list)]
        whole = lists[0] if len(lists) == 1 else [whole]
    if not isinstance(whole, list) or not all(isinstance(item, dict) for item in whole):
        raise Unreadable(params={"reason": zh("应为对象的数组")})
    for item in whole:
        yield {str(name): str(value) for name, value in item.items() if value is not None}


def _lines(text: str) -> list[object]:
    try:
        return [orjson.loads(line) for line in text.splitlines() if line.strip()]
    except orjson.JSONDecodeError as fault:
        raise Unreadable(params={"reason": str(fault)}) from fault


def _article(row: Mapping[str, str], columns: Mapping[str, str]) -> FoundArticle:
    lowered = {name.strip().lower(): value for name, value in row.items()}
    given: dict[str, str] = {}
    for field in FIELDS:
        names = (columns[field].lower(),) if columns.get(field) else USUAL[field]
        given[field] = next((lowered[name] for name in names if lowered.get(name)), "")
    return FoundArticle(
        title=plain_text(given["title"]),
        body=plain_text(given["body"]),
        guid=given["guid"],
        url=given["url"],
        author=tidy(given["author"])[:80],
        outlet=tidy(given["outlet"])[:80],
        published_at=read_moment(given["published_at"]),
    )


def _paragraph(text: str) -> FoundArticle:
    title, _, body = text.strip().partition("\n")
    return FoundArticle(title=tidy(title), body=tidy(body))
