"""Bringing in texts whose topic is known from elsewhere, for a city that begins without demands of its own."""

import csv
from collections.abc import Iterable, Mapping

from django.db import transaction

from onecity.domains.hotline.models import TrainingText
from onecity.domains.hotline.permissions import CONFIGURE
from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotPermitted
from onecity.platform.identity.api import record


def load_training_texts(
    actor: Actor, *, lines: Iterable[str], source: str, topics: Mapping[str, str]
) -> tuple[int, int]:
    """Bring in a table with columns id, title, text, level1; returns how many were read and how many had no topic.

    topics: label of the table → code of our topic. Brought in again, a text takes the place of itself.
    Raises: NotPermitted.
    """
    if not actor.may(CONFIGURE):
        raise NotPermitted
    rows, without = dict[str, TrainingText](), 0
    for line in csv.DictReader(lines):
        topic = topics.get(line["level1"])
        if topic is None:
            without += 1
            continue
        words = f"{line['title']}。{line['text']}"
        origin = f"{source}:{line['id']}"[:120]
        rows[origin] = TrainingText(origin=origin, words=words, topic_code=topic)
    with transaction.atomic():
        TrainingText.objects.bulk_create(
            rows.values(),
            update_conflicts=True,
            unique_fields=["origin"],
            update_fields=["words", "topic_code"],
            batch_size=1000,
        )
        record(actor, action="hotline.load_training_texts", details={"source": source, "texts": len(rows)})
    return len(rows), without
