"""The demonstration's public opinion: sources, watch lists, stories that spread, models where corpora are at hand."""

import csv
import gzip
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

from onecity.demo.packs import CITIES, BadPack, Strict
from onecity.domains.opinion import api as opinion
from onecity.domains.opinion.contracts import FoundArticle, NewSource
from onecity.kernel import clock
from onecity.kernel.actor import Actor
from onecity.platform.identity import api as identity

FILE: Final = CITIES / "opinion.toml"
CORPORA: Final = ("hotel_reviews_labelled", "waimai_reviews_labelled", "online_shopping_10cats_sample")
EVERY: Final = 4
MOODS: Final = {"1": "positive", "0": "negative"}


class DemoSource(Strict, frozen=True):
    """A source. resting: it is set up and not looked at."""

    name: str
    kind: str
    url: str = ""
    reach: int = 1
    resting: bool = False


class DemoWatch(Strict, frozen=True):
    """A watch list."""

    name: str
    expression: str


class DemoStory(Strict, frozen=True):
    """A story and who told it, `every` hours apart, the first `hours` before the demonstration begins."""

    title: str
    body: str
    hours: float
    every: float
    outlets: tuple[str, ...]


class OpinionTable(Strict, frozen=True):
    """office: code of the body that watches."""

    office: str
    source: tuple[DemoSource, ...]
    watch: tuple[DemoWatch, ...]
    story: tuple[DemoStory, ...]


class Silent:
    """Progress that nobody watches."""

    def step(self, done: int, *, total: int = 0, note: str = "") -> None:
        """Take no notice."""


def opinion_table() -> OpinionTable:
    """Return the table.

    Raises: BadPack if it breaks its form.
    """
    try:
        return msgspec.toml.decode(FILE.read_bytes(), type=OpinionTable)
    except msgspec.DecodeError as error:
        raise BadPack(params={"code": FILE.name, "reason": str(error)}) from error


def load_opinion(actor: Actor, *, data: Path | None, now: datetime) -> int:
    """Set sources and watch lists up once and let the stories be told; returns how many articles are new.

    now: city time. data: where the public corpora lie; without them mood is not judged.
    """
    table, office = opinion_table(), identity.organisation_by_code(opinion_table().office)
    source_id, fresh = _sources(actor, table, office.id)
    if fresh:
        if data is not None:
            _learn(actor, data=data, now=now)
        for item in table.watch:
            facts = opinion.WatchFacts(item.name, office.id, item.expression)
            opinion.set_watch(actor, facts=facts, now=now)
    stored = opinion.store(source_id, _told(table, now=now), now=now)
    while opinion.analyse_waiting(now=now):
        continue
    return stored.new


def _sources(actor: Actor, table: OpinionTable, office_id: int) -> tuple[int, bool]:
    """Return the source under which stories are brought in, and whether it is new."""
    held = opinion.file_source(actor, name=table.source[0].name)
    if held is not None:
        return held, False
    found = []
    for item in table.source:
        new = NewSource(item.name, item.kind, office_id, url=item.url, reach=item.reach)
        row = opinion.add_source(actor, new=new, now=clock.real_now())
        if item.resting:
            opinion.change_source(
                actor,
                source_id=row.pk,
                interval_min=row.interval_min,
                reach=row.reach,
                is_active=False,
                now=clock.real_now(),
            )
        found.append(row.pk)
    return found[0], True


def _told(table: OpinionTable, *, now: datetime) -> Iterator[FoundArticle]:
    for story in table.story:
        for place, outlet in enumerate(story.outlets):
            yield FoundArticle(
                title=story.title if place == 0 else f"{story.title}（{outlet.partition('（')[0]}转）",
                body=story.body,
                guid=f"{story.title}:{outlet}",
                outlet=outlet,
                published_at=now - timedelta(hours=story.hours - story.every * place),
            )


def _learn(actor: Actor, *, data: Path, now: datetime) -> None:
    for name in CORPORA:
        path = data / "text" / f"{name}.csv.gz"
        if path.is_file():
            with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
                lines = [(row["review"] or "", MOODS[row["label"]]) for row in csv.DictReader(file)][::EVERY]
            opinion.load_training_texts(actor, kind="mood", corpus=name, lines=lines)
    try:
        opinion.train(Silent(), kind="mood", now=now)
    except opinion.TooLittleToLearn:
        return
