"""Looking at sources: fetch, read, store, and say how it went; each look leaves a row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

import httpx
from asgiref.sync import async_to_sync
from django.db import transaction
from django.db.models import F

from onecity.domains.opinion.codecs.feeds import Unreadable, named_feeds, read_feed
from onecity.domains.opinion.codecs.tables import read_table
from onecity.domains.opinion.contracts import FoundArticle, Stored
from onecity.domains.opinion.models import Collection, Source
from onecity.domains.opinion.rules.polite import next_look
from onecity.domains.opinion.services.asking import Asker
from onecity.domains.opinion.services.fetching import Fetched, NotFetched, fetch, way_out
from onecity.domains.opinion.services.storing import store
from onecity.kernel import bus, clock
from onecity.kernel.actor import system_actor
from onecity.kernel.text import zh
from onecity.platform.identity.api import record
from onecity.platform.jobs.declare import Progress

COLLECTING: Final = "opinion.collect"
CLAIM: Final = timedelta(minutes=10)
MOST_DUE: Final = 200
KEPT_LOOKS: Final = timedelta(days=90)
_COLLECTOR: Final = system_actor("opinion.collector")


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at a source gave."""

    fetched: Fetched
    found: Sequence[FoundArticle]


def send_out(*, now: datetime) -> int:
    """Hand the sources that are due to jobs, one for each host; returns how many. now: real time.

    A source that is handed out is claimed for ten minutes: should its job vanish, it is handed out again.
    """
    with transaction.atomic():
        due = list(
            Source.objects.select_for_update(skip_locked=True)
            .filter(is_active=True, next_at__lte=now)
            .order_by("next_at")[:MOST_DUE]
        )
        by_host: dict[str, list[int]] = {}
        for row in due:
            by_host.setdefault(row.host, []).append(row.pk)
        Source.objects.filter(id__in=[row.pk for row in due]).update(next_at=now + CLAIM)
        for numbers in by_host.values():
            bus.defer(COLLECTING, sources=numbers)
    return len(due)


def collect(progress: Progress, *, numbers: Sequence[int]) -> Stored:
    """Look at sources of one host, one after another; a source that fails does not keep the others from theirs.

    Raises: Cancelled.
    """
    new = repeated = empty = 0
    for place, number in enumerate(numbers):
        row = Source.objects.filter(id=number, is_active=True).first()
        if row is None:
            continue
        progress.step(place, total=len(numbers), note=row.name)
        stored = look_at(row)
        new, repeated, empty = new + stored.new, repeated + stored.repeated, empty + stored.empty
    progress.step(len(numbers), total=len(numbers))
    return Stored(new, repeated, empty)


def look_at(row: Source) -> Stored:
    """Look at one source now and store what is new; how it went stands on the source and in its looks."""
    begun, stored, outcome, reason, wait, look = monotonic(), Stored(0, 0, 0), "same", "", 0.0, None
    try:
        look = async_to_sync(_look)(row)
        if look.fetched.status != 304:
            stored = store(row.pk, look.found, now=clock.city_now())
            outcome = "new" if stored.new else "same"
    except NotFetched as fault:
        outcome, reason, wait = "failed", fault.reason, fault.retry_after_s
    except Unreadable as fault:
        outcome, reason = "refused", str(fault.params.get("reason", ""))
    _note(row, look, stored, outcome=outcome, reason=reason, wait=wait, took=monotonic() - begun)
    return stored


async def _look(row: Source) -> Look:
    async with way_out() as client:
        asker = Asker(client)
        fetched = await fetch(client, row.url, may=asker.may, etag=row.etag, last_modified=row.last_modified)
        if fetched.status == 304:
            return Look(fetched, ())
        if row.kind == Source.Kind.SITE:
            return await _look_at_feed_of(client, asker, fetched)
    if row.kind == Source.Kind.RSS:
        return Look(fetched, read_feed(fetched.body, url=fetched.url, content_type=fetched.content_type))
    return Look(fetched, read_table(fetched.body, kind=row.kind, columns=row.columns))


async def _look_at_feed_of(client: httpx.AsyncClient, asker: Asker, page: Fetched) -> Look:
    """Read the first feed that a page names; the page itself is asked for anew each time."""
    feeds = named_feeds(page.body, url=page.url)
    if not feeds:
        raise Unreadable(params={"reason": zh("网页没有给出订阅地址")})
    feed = await fetch(client, feeds[0], may=asker.may)
    found = read_feed(feed.body, url=feed.url, content_type=feed.content_type)
    return Look(Fetched(200, feed.body, feed.url), found)


def _note(
    row: Source, look: Look | None, stored: Stored, *, outcome: str, reason: str, wait: float, took: float
) -> None:
    now, well = clock.real_now(), outcome in ("new", "same")
    values: dict[str, object] = {"checked_at": now, "said": reason[:200]}
    values["failures"] = 0 if well else F("failures") + 1
    values["next_at"] = now + next_look(
        row.interval_min, failures=0 if well else row.failures + 1, asked_to_wait_s=wait
    )
    if look is not None and look.fetched.status == 200:
        values |= {"etag": look.fetched.etag, "last_modified": look.fetched.last_modified}
    with transaction.atomic():
        Source.objects.filter(id=row.pk).update(**values)
        Collection.objects.create(
            source=row,
            at=now,
            outcome=outcome,
            new=stored.new,
            repeated=stored.repeated,
            received=len(look.fetched.body) if look else 0,
            took_ms=int(took * 1000),
            reason=reason[:200],
        )
        if stored.new:
            details = {"new": stored.new, "repeated": stored.repeated}
            record(_COLLECTOR, action="opinion.collect", target=f"opinion.source:{row.pk}", details=details)


def forget_old_looks(*, now: datetime) -> int:
    """Drop looks older than ninety days; returns how many. now: real time."""
    return Collection.objects.filter(at__lt=now - KEPT_LOOKS).delete()[0]
