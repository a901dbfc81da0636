"""Understanding what was collected: words, mood, topic, places, bodies; reposts, themes, watch lists, warnings."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from onecity.domains.opinion.contracts import Place
from onecity.domains.opinion.models import Article, Theme
from onecity.domains.opinion.rules.themes import weigh
from onecity.domains.opinion.services import judging, learning, placing, watching
from onecity.domains.opinion.services.grouping import original_of, sign
from onecity.domains.opinion.services.segmenting import telling
from onecity.domains.opinion.services.theming import alive, known_in, theme_for

MOST_AT_ONCE: Final = 200
MOST_WORDS: Final = 80
_LOCK: Final = 0x6F70_696E
_CHANGED: Final = (
    "analysed_at", "words", "bands", "signature", "original", "theme", "mood", "mood_score", "topic_code", "places",
    "bodies", "division_code", "longitude", "latitude",
)  # fmt: skip


def analyse_waiting(*, now: datetime, most: int = MOST_AT_ONCE) -> int:
    """Understand the articles that wait, the earliest told first; returns how many. now: city time.

    One at a time in the whole city (a lock of the transaction): themes and reposts depend on what was before.
    """
    with transaction.atomic():
        if not _is_our_turn():
            return 0
        rows = list(Article.objects.filter(analysed_at=None).order_by("told_at", "id")[:most])
        if not rows:
            return 0
        names = placing.gazetteer()
        texts = [f"{row.title}\n{row.body}" for row in rows]
        for row, text, places in zip(rows, texts, placing.places_of(texts, names), strict=True):
            _understand(row, text, places)
            row.bodies = placing.bodies_of(text, names)
        themes = _put_into_themes(rows)
        for row in rows:
            row.analysed_at = now
        Article.objects.bulk_update(rows, _CHANGED, batch_size=100)
        watches = watching.note_hits(rows)
        judging.judge_themes(themes, now=now)
        judging.judge_watches(watches, now=now)
    return len(rows)


def _is_our_turn() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def _understand(row: Article, text: str, places: Sequence[Place]) -> None:
    mood = learning.judge(text)
    row.mood, row.mood_score = mood.label, mood.score
    row.topic_code = learning.topic_of(text)[:40]
    row.places = [asdict(item) for item in places]
    if places:
        row.division_code = places[0].division_code
        row.longitude, row.latitude = places[0].longitude, places[0].latitude
    sign(row)


def _put_into_themes(rows: Sequence[Article]) -> list[Theme]:
    """Give each article its original and its theme; returns the themes that took one in."""
    counts, articles = known_in()
    themes = alive(around=[row.told_at for row in rows])
    touched: dict[int, Theme] = {}
    for nr, row in enumerate(rows):
        title, body = telling(row.title), telling(row.body)
        row.words = list(dict.fromkeys([*title, *body]))[:MOST_WORDS]
        words = weigh(title, body, known_in=counts, articles=articles)
        row.original = original_of(row, fresh=rows[:nr])
        theme = theme_for(row, words, themes=themes, original=row.original)
        theme.save()
        row.theme = theme
        touched[theme.pk] = theme
    return list(touched.values())
