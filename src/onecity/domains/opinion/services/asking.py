"""Whether and when a host may be asked: its robots.txt, kept for a day, and the pause between two requests."""

import asyncio
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from urllib.parse import urljoin, urlsplit

import httpx
from asgiref.sync import sync_to_async
from django.db import transaction
from protego import Protego

from onecity.domains.opinion.models import Host
from onecity.domains.opinion.rules.polite import host_of, pause_s
from onecity.domains.opinion.services.fetching import AGENT, MOST_HOPS, MOVED
from onecity.kernel import clock

KEPT: Final = timedelta(hours=24)
TRIED_AGAIN: Final = timedelta(minutes=15)
MOST_ROBOTS: Final = 500 * 1024
LONGEST_WAIT_S: Final = 120.0
CLIENT_FAULTS: Final = range(400, 500)


class Asker:
    """Asks hosts on behalf of one client, never faster than each of them wants."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def may(self, url: str) -> bool:
        """Say whether an address may be asked now; returns when it is its turn, or False when that is too far off.

        Source: RFC 9309, 2.2 and 2.3.1 (no rules: all is allowed; rules that cannot be reached: nothing is).
        """
        host = host_of(url)
        row = await sync_to_async(_known, thread_sensitive=True)(host)
        if row is None or _is_old(row, clock.real_now()):
            row = await self._read_rules(url, host)
        if row.is_closed:
            return False
        rules = Protego.parse(row.robots)
        if not rules.can_fetch(url, AGENT):
            return False
        return await _turn(host, pause_s(rules.crawl_delay(AGENT)))

    async def _read_rules(self, url: str, host: str) -> Host:
        parts = urlsplit(url)
        await _turn(host, pause_s(None))
        robots, is_closed = await self._rules(f"{parts.scheme}://{parts.netloc}/robots.txt")
        return await sync_to_async(_keep, thread_sensitive=True)(host, robots, is_closed)

    async def _rules(self, url: str) -> tuple[str, bool]:
        """Return the text of the rules and whether they could not be reached."""
        for _ in range(MOST_HOPS + 1):
            try:
                async with self._client.stream("GET", url) as answer:
                    if answer.status_code in MOVED and answer.headers.get("location"):
                        url = urljoin(url, answer.headers["location"])
                        continue
                    if answer.status_code != HTTPStatus.OK:
                        return "", answer.status_code not in CLIENT_FAULTS
                    return await _text(answer), False
            except httpx.HTTPError:
                return "", True
        return "", False


async def _text(answer: httpx.Response) -> str:
    body = bytearray()
    async for piece in answer.aiter_bytes():
        body += piece
        if len(body) >= MOST_ROBOTS:
            break
    return bytes(body[:MOST_ROBOTS]).decode("utf-8", "replace").replace("\x00", "")


def _known(host: str) -> Host | None:
    return Host.objects.filter(name=host).first()


def _is_old(row: Host, now: datetime) -> bool:
    kept = TRIED_AGAIN if row.is_closed else KEPT
    return row.robots_at is None or now - row.robots_at > kept


def _keep(host: str, robots: str, is_closed: bool) -> Host:  # noqa: FBT001  # handed over to a thread by place
    values = {"robots": robots, "robots_at": clock.real_now(), "is_closed": is_closed}
    row, _ = Host.objects.update_or_create(name=host, defaults=values)
    return row


async def _turn(host: str, pause: float) -> bool:
    """Take the host's next free moment and wait for it; False where it is more than two minutes away."""
    wait = await sync_to_async(_reserve, thread_sensitive=True)(host, pause)
    if wait is None:
        return False
    await asyncio.sleep(wait)
    return True


def _reserve(host: str, pause: float) -> float | None:
    """Return the seconds until the host's next free moment, which is taken; None where it is too far off.

    All processes share the row, so that a host sees one visitor however many of us there are.
    """
    with transaction.atomic():
        Host.objects.bulk_create([Host(name=host)], ignore_conflicts=True)
        row = Host.objects.select_for_update().get(name=host)
        now = clock.real_now()
        free = max(now, row.asked_at + timedelta(seconds=pause)) if row.asked_at else now
        wait = (free - now).total_seconds()
        if wait > LONGEST_WAIT_S:
            return None
        row.asked_at = free
        row.save(update_fields=["asked_at"])
    return wait
