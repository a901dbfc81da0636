"""Articles into the table, each once: known again by GUID, by address, and by what it says."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from onecity.domains.opinion.contracts import FoundArticle, Stored
from onecity.domains.opinion.models import Article, Source
from onecity.domains.opinion.rules.polite import LONGEST_URL, plain_url
from onecity.domains.opinion.rules.texts import content_hash, pairs_of

MOST_LETTERS = 20_000
LONGEST_TITLE = 200


def store(source_id: int, found: Iterable[FoundArticle], *, now: datetime) -> Stored:
    """Put the articles of a source into the table; storing the same again changes nothing. now: city time.

    An article of the same address is the same, whichever source gives it; one of the same words in another outlet is a
    repost, and a row of its own. What claims to be published in the future counts as published now.
    Source: RSS 2.0, guid; RFC 4287, 4.2.6 (id).
    """
    rows, empty = [], 0
    with transaction.atomic():
        source = Source.objects.select_for_update().get(id=source_id)
        for item in found:
            if item.title.strip() or item.body.strip():
                rows.append(_row(source, item, now=now))
            else:
                empty += 1
        fresh = _fresh(source, rows)
        before = Article.objects.filter(source=source).count()
        Article.objects.bulk_create(fresh, batch_size=500, ignore_conflicts=True)
        new = Article.objects.filter(source=source).count() - before
        source.articles = before + new
        source.save(update_fields=["articles"])
    return Stored(new, len(rows) - new, empty)


def _fresh(source: Source, rows: list[Article]) -> list[Article]:
    """Return the rows that are not known, each once."""
    own = Article.objects.filter(source=source)
    guids = set(own.filter(guid__in=[row.guid for row in rows]).values_list("guid", flat=True))
    said = set(own.filter(content__in=[row.content for row in rows]).values_list("content", "outlet"))
    urls = set(
        Article.objects.filter(plain_url__in=[row.plain_url for row in rows if row.plain_url]).values_list(
            "plain_url", flat=True
        )
    )
    fresh = []
    for row in rows:
        if row.guid in guids or (row.content, row.outlet) in said or row.plain_url in urls:
            continue
        guids.add(row.guid)
        said.add((row.content, row.outlet))
        if row.plain_url:
            urls.add(row.plain_url)
        fresh.append(row)
    return fresh


def _row(source: Source, item: FoundArticle, *, now: datetime) -> Article:
    title = (item.title.strip() or item.body.strip().split("\n", 1)[0])[:LONGEST_TITLE]
    body = item.body.strip()[:MOST_LETTERS]
    address, content = plain_url(item.url), content_hash(title, body)
    outlet = (item.outlet or source.name)[:80]
    known_by = item.guid.strip() or address or f"{outlet}\n{content}"
    return Article(
        source=source,
        guid=hashlib.sha256(known_by.encode()).hexdigest()[:40],
        url=item.url.strip() if address and len(item.url.strip()) <= LONGEST_URL else address,
        plain_url=address,
        content=content,
        title=title,
        body=body,
        author=item.author[:80],
        outlet=outlet,
        told_at=min(item.published_at or now, now),
        collected_at=now,
        organisation_id=source.organisation_id,
        division_code=source.division_code,
        pairs=pairs_of(f"{title} {body}"),
    )
