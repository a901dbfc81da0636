"""Taking in the national platform's published file: sections, samples, and how far our classes agree with its own."""

import gzip
import io
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from onecity.domains.environment.models import WaterSample, WaterSection
from onecity.domains.environment.permissions import MANAGE_WATER
from onecity.domains.environment.rules.water.published import BadLine, PublishedLine, read_published
from onecity.domains.environment.services.turns import WATER, take_turn
from onecity.domains.environment.services.water.assessing import Book, book, put_samples, sample_row
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity

MOST_BYTES: Final = 20_000_000
MOST_UNPACKED: Final = 200_000_000
_GZIP: Final = b"\x1f\x8b"
_OTHERS: Final = {
    "temperature_c": "water_temp_c",
    "conductivity_us_cm": "conductivity_us_cm",
    "turbidity_ntu": "turbidity_ntu",
}


class UnreadableFile(Invalid):
    """The file is no text in UTF-8, or too large."""

    code = "environment.unreadable_file"
    message = zh("文件不是UTF-8编码的CSV（可用gzip压缩），或者太大")


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file. lines: those that belong to the city asked for. changed: samples new or different.

    judged, agreed: lines that have a published class, and those of them to which our rules give the same.
    bad: lines that could not be read, the first hundred.
    """

    lines: int
    sections: int
    changed: int
    judged: int
    agreed: int
    bad: Sequence[BadLine]
    bad_count: int


def text_of(content: bytes) -> io.StringIO:
    """Return a file's text, unpacked if need be. Raises: UnreadableFile."""
    try:
        if content.startswith(_GZIP):
            with gzip.open(io.BytesIO(content)) as packed:
                content = packed.read(MOST_UNPACKED + 1)
        if len(content) > MOST_UNPACKED:
            raise UnreadableFile
        return io.StringIO(content.decode("utf-8-sig"))
    except (OSError, EOFError, zlib.error, UnicodeDecodeError):
        raise UnreadableFile from None


def import_published(actor: Actor, *, lines: Iterable[str], city: str = "", now: datetime) -> Imported:
    """Take in a published file's lines; what stands already is put right where it differs.

    city: only lines of this city, by its name as published; all without it. now: city time. A section that a device of
    our own reports is known by its device and is not touched.
    Raises: NotPermitted; NotPublishedFile.
    """
    if not actor.may(MANAGE_WATER):
        raise NotPermitted
    good, bad = _sorted(lines, city=city)
    with transaction.atomic():
        take_turn(WATER)
        sections = _sections(good, now=now)
        standing = book()
        rows = {(line.key, line.at): _row(line, sections, standing) for line in good}
        done = put_samples(list(rows.values()), book=standing, now=now)
        judged = [
            (line.water_class, rows[line.key, line.at]["water_class"]) for line in good if line.water_class is not None
        ]
        agreed = sum(said == ours for said, ours in judged)
        details = {"lines": len(good), "changed": done.samples, "agreed": agreed, "judged": len(judged)}
        identity.record(actor, action="environment.import_water", target="environment.watersample", details=details)
    return Imported(len(good), len(sections), done.samples, len(judged), agreed, bad[:100], len(bad))


def _sorted(lines: Iterable[str], *, city: str) -> tuple[list[PublishedLine], list[BadLine]]:
    good: list[PublishedLine] = []
    bad: list[BadLine] = []
    for line in read_published(lines):
        if isinstance(line, BadLine):
            bad.append(line)
        elif not city or line.city == city:
            good.append(line)
    return good, bad


def _sections(lines: Sequence[PublishedLine], *, now: datetime) -> dict[str, WaterSection]:
    newest = {line.key: line for line in lines}
    WaterSection.objects.bulk_create(
        [
            WaterSection(
                key=key,
                name=line.section,
                river=line.river,
                basin=line.basin,
                city_name=line.city,
                body=line.body,
                created_at=now,
            )
            for key, line in newest.items()
        ],
        ignore_conflicts=True,
    )
    return {row.key: row for row in WaterSection.objects.filter(key__in=list(newest))}


def _row(line: PublishedLine, sections: dict[str, WaterSection], standing: Book) -> dict[str, object]:
    return {
        **sample_row(sections[line.key], line.at, values=line.values, book=standing),
        **{column: line.others.get(name) for column, name in _OTHERS.items()},
        "origin": WaterSample.Origin.PUBLISHED,
        "published_class": line.water_class,
    }
