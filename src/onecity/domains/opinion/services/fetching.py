"""One polite request: guarded way out, conditional, bounded in size and time, redirects followed with open eyes."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final
from urllib.parse import urljoin, urlsplit

import httpx
from django.conf import settings

from onecity.domains.opinion.rules.polite import plain_url
from onecity.kernel.errors import Unavailable
from onecity.kernel.text import zh
from onecity.web.outside import GuardedTransport, is_usual_port, reach_of

AGENT: Final = "OneCityBot"
HEADERS: Final = {"User-Agent": f"{AGENT}/1.0 (municipal news monitoring)", "Accept": "*/*"}
WHOLE_S: Final = 30.0
MOST_BYTES: Final = 8 * 1024 * 1024
MOST_HOPS: Final = 5
MOVED: Final = frozenset({301, 302, 303, 307, 308})
May = Callable[[str], Awaitable[bool]]


class NotFetched(Unavailable):
    """Nothing usable came back. retry_after_s: how long the other side wants to be left alone."""

    code = "opinion_not_fetched"
    message = zh("采集失败：{reason}")

    def __init__(self, reason: str, *, retry_after_s: float = 0.0) -> None:
        super().__init__(params={"reason": reason})
        self.reason, self.retry_after_s = reason, retry_after_s


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came back. status: 200, or 304 where nothing has changed. url: where the redirects led."""

    status: int
    body: bytes
    url: str
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""


def way_out() -> httpx.AsyncClient:
    """Return a client that reaches permitted addresses only (setting OPINION_NETWORKS); it follows no redirects."""
    transport = GuardedTransport(reach_of(settings.ENV.opinion_networks), connections=4)
    return httpx.AsyncClient(
        transport=transport, headers=HEADERS, timeout=10.0, follow_redirects=False, trust_env=False
    )


async def fetch(
    client: httpx.AsyncClient,
    url: str,
    *,
    may: May,
    etag: str = "",
    last_modified: str = "",
    most_bytes: int = MOST_BYTES,
) -> Fetched:
    """Return what an address gives, or 304 where it has not changed since `etag` and `last_modified`.

    may: asked for each address on the way, before it is asked (robots.txt and the host's pause).
    Raises: NotFetched with the reason.
    Source: RFC 9110, 13.1.2, 13.1.3 (conditional requests), 15.4 (redirects), 10.2.3 (Retry-After).
    """
    conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    asked = {name: value for name, value in conditions.items() if value}
    try:
        for _ in range(MOST_HOPS + 1):
            _check(url)
            if not await may(url):
                raise NotFetched(zh("robots.txt不允许采集"))
            async with asyncio.timeout(WHOLE_S):
                found, onward = await _once(client, url, asked, most_bytes)
            if found is not None:
                return found
            url = onward
    except TimeoutError as fault:
        raise NotFetched(zh("超时")) from fault
    except httpx.HTTPError as fault:
        raise NotFetched(str(fault)[:120] or type(fault).__name__) from fault
    raise NotFetched(zh("重定向次数过多"))


async def _once(
    client: httpx.AsyncClient, url: str, asked: dict[str, str], most_bytes: int
) -> tuple[Fetched | None, str]:
    async with client.stream("GET", url, headers=asked) as answer:
        if answer.status_code in MOVED and answer.headers.get("location"):
            return None, urljoin(url, answer.headers["location"])
        if answer.status_code == HTTPStatus.NOT_MODIFIED and asked:
            return Fetched(304, b"", url), ""
        if answer.status_code != HTTPStatus.OK:
            wait = _retry_after(answer.headers.get("retry-after", ""), answer.headers.get("date", ""))
            raise NotFetched(f"HTTP {answer.status_code}", retry_after_s=wait)
        body = bytearray()
        async for piece in answer.aiter_bytes():
            body += piece
            if len(body) > most_bytes:
                raise NotFetched(zh("内容超过大小限制"))
        heads = answer.headers
        return (
            Fetched(
                200,
                bytes(body),
                url,
                heads.get("content-type", ""),
                heads.get("etag", "")[:300],
                heads.get("last-modified", "")[:60],
            ),
            "",
        )


def _check(url: str) -> None:
    """Let only usual addresses through. Raises: NotFetched."""
    plain = plain_url(url)
    if not plain:
        raise NotFetched(zh("不是可采集的地址"))
    port = urlsplit(plain).port
    if port is not None and not is_usual_port(port):
        raise NotFetched(zh("不允许的端口"))


def _retry_after(text: str, date: str) -> float:
    """Return the seconds that Retry-After asks for, as seconds or as a moment; 0 for nothing or nonsense."""
    if text.strip().isascii() and text.strip().isdigit():
        return float(text)
    try:
        until = parsedate_to_datetime(text)
        since = parsedate_to_datetime(date)
        return max(0.0, _seconds(until, since))
    except (TypeError, ValueError):
        return 0.0


def _seconds(until: datetime, since: datetime) -> float:
    return (until - since).total_seconds()
