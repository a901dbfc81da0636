"""Labelled texts on their way in, corrections by people, and the training as a job."""

from collections.abc import Iterable, Mapping
from typing import Final

from django.db import transaction

from onecity.domains.opinion.models import Article, Theme, TrainingText
from onecity.domains.opinion.models.learning import Learnt
from onecity.domains.opinion.permissions import CONFIGURE, JUDGE
from onecity.domains.opinion.rules.texts import content_hash
from onecity.domains.opinion.selectors.articles import seen_articles
from onecity.domains.opinion.services.access import need
from onecity.domains.opinion.services.learning import train
from onecity.kernel import clock
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.identity.api import record
from onecity.platform.jobs.declare import Progress, Result

TRAINING: Final = "opinion.train"
OWN: Final = "本市人工标注"
LONGEST_TEXT: Final = 2_000


def load_training_texts(actor: Actor, *, kind: str, corpus: str, lines: Iterable[tuple[str, str]]) -> int:
    """Bring in labelled texts (text, label); a text that is known keeps its label. Returns how many were new.

    Raises: NotPermitted; Invalid for another kind, or a mood that is none.
    """
    need(actor, CONFIGURE)
    if kind not in Learnt.values:
        raise Invalid(fields={"kind": zh("没有这种模型")})
    rows = [
        TrainingText(
            kind=kind, corpus=corpus[:60], content=content_hash("", text), text=text[:LONGEST_TEXT], label=label
        )
        for text, label in lines
        if text.strip()
    ]
    if kind == Learnt.MOOD and {row.label for row in rows} - set(Article.Mood.values[1:]):
        raise Invalid(fields={"label": zh("情感标注应为positive、neutral或negative")})
    with transaction.atomic():
        before = TrainingText.objects.count()
        TrainingText.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)
        new = TrainingText.objects.count() - before
        record(actor, action="opinion.load_texts", details={"kind": kind, "corpus": corpus, "new": new})
    return new


def correct_mood(actor: Actor, *, article_id: int, mood: str) -> None:
    """Say how an article really speaks; it is learnt from at the next training.

    Raises: NotPermitted; NotFound; Invalid.
    """
    need(actor, JUDGE)
    if mood not in Article.Mood.values[1:]:
        raise Invalid(fields={"mood": zh("请选择情感倾向")})
    with transaction.atomic():
        row = seen_articles(actor).select_for_update().filter(id=article_id).first()
        if row is None:
            raise NotFound(zh("没有这篇文章"))
        before, row.mood = row.mood, mood
        row.save(update_fields=["mood"])
        text = f"{row.title}\n{row.body}"[:LONGEST_TEXT]
        TrainingText.objects.update_or_create(
            kind=Learnt.MOOD, content=content_hash("", text), defaults={"corpus": OWN, "text": text, "label": mood}
        )
        _count_again(row)
        details = {"from": before, "to": mood}
        record(actor, action="opinion.correct_mood", target=f"opinion.article:{row.pk}", details=details)


def _count_again(row: Article) -> None:
    """Let the article's theme count moods as they stand now."""
    if row.theme_id is not None:
        told = Article.objects.filter(theme_id=row.theme_id)
        Theme.objects.filter(id=row.theme_id).update(
            judged=told.exclude(mood="").count(), negative=told.filter(mood=Article.Mood.NEGATIVE).count()
        )


def run_training(progress: Progress, arguments: Mapping[str, object]) -> Result:
    """Train the model of one kind. arguments: kind."""
    trained = train(progress, kind=str(arguments["kind"]), now=clock.city_now())
    return {
        "模型版本": trained.version,
        "训练样本数": trained.samples,
        "留出样本数": trained.held_out,
        "准确率": round(trained.accuracy, 4),
    }
