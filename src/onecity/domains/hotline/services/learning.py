"""Learning from texts whose topic is known, and suggesting topics for new ones, with reasons.

Features are hashed pieces of one to three characters, so a model needs no dictionary; a linear model over them
(scikit-learn) is trained on the machine itself. What is stored are arrays of numbers, never a pickled object. A piece's
share in a suggestion is its weight in the text times its weight for the topic: that is the reason shown.
"""

import io
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import numpy as np
from django.db import transaction
from django.db.models import Max

from onecity.domains.hotline.contracts import Suggestion, Trained
from onecity.domains.hotline.models import Demand, TopicModel, TrainingText
from onecity.domains.hotline.rules.learning import is_held_out, pieces_of
from onecity.domains.hotline.rules.likeness import binding_words
from onecity.domains.hotline.rules.words import big_class
from onecity.domains.hotline.selectors.settings import department_of, topic_names
from onecity.kernel.errors import Conflict
from onecity.kernel.text import zh
from onecity.platform.identity.api import organisation
from onecity.platform.jobs.declare import Progress

FEATURES: Final = 2**15
LEAST_TEXTS: Final = 20
MOST_TEXTS: Final = 200_000
TOPICS_SUGGESTED: Final = 3
REASONS: Final = 4


class TooLittleToLearn(Conflict):
    """There are not enough texts whose topic is known."""

    code = "too_little_to_learn"
    message = zh("已确认分类的诉求不足{count}件，或只有一个类别，暂不能训练")


def train(progress: Progress, *, now: datetime) -> Trained:
    """Train a model on all texts whose topic is known, measure it on texts it has not seen, and put it to use.

    Every fifth text (by a hash of the text, so that the same text never stands on both sides) is held out and measured
    before the model is trained. now: city time. Raises: TooLittleToLearn; Cancelled.
    """
    known = _known()
    topics = sorted({topic for _, topic in known})
    if len(known) < LEAST_TEXTS or len(topics) < 2:
        raise TooLittleToLearn(params={"count": LEAST_TEXTS})
    progress.step(0, total=3, note=zh("正在整理文本"))
    seen = [item for item in known if not is_held_out(item[0])]
    unseen = [item for item in known if is_held_out(item[0])]
    progress.step(1, total=3, note=zh("正在训练"))
    model = _fitted(seen)
    progress.step(2, total=3, note=zh("正在用留出文本检验"))
    right, top3, by_topic = _measured(model, unseen)
    trained = _keep(model, len(seen), len(unseen), right, top3, by_topic, now)
    progress.step(3, total=3)
    return trained


def suggest(words: str, *, division_code: str = "") -> list[Suggestion]:
    """Return the likeliest topics of a text with reasons and bodies, the likeliest first; none without a model."""
    row = TopicModel.objects.filter(is_active=True).first()
    if row is None or not words.strip():
        return []
    topics, idf, weights, bias = _opened(bytes(row.arrays))
    pieces = pieces_of(words)
    slots = np.array([_slot(piece) for piece in pieces], dtype=np.int64)
    counts = np.array(list(pieces.values()), dtype=np.float64)
    values = (1.0 + np.log(counts)) * idf[slots]
    values /= max(float(np.linalg.norm(values)), 1e-9)
    shares = _shares(weights[:, slots] @ values + bias)
    names = topic_names()
    best = [int(place) for place in np.argsort(-shares)[:TOPICS_SUGGESTED]]
    return [
        _suggestion(
            topics[place], float(shares[place]), _reasons(pieces, values * weights[place, slots]), names, division_code
        )
        for place in best
    ]


def _known() -> list[tuple[str, str]]:
    """Return texts and their big classes: those brought in, and demands that somebody has put under a topic."""
    outside = TrainingText.objects.order_by("id").values_list("words", "topic_code")[:MOST_TEXTS]
    own = Demand.objects.exclude(topic_code="").exclude(status=Demand.Status.VOID)
    pool = own.order_by("-opened_at").values_list("words", "topic_code")[:MOST_TEXTS]
    return [(words, big_class(topic)) for words, topic in (*outside, *pool)]


def _fitted(texts: Sequence[tuple[str, str]]) -> Any:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415  # a heavy import, in a job

    topics = sorted({topic for _, topic in texts})
    matrix, idf = _matrix([words for words, _ in texts])
    fitted = LogisticRegression(C=20.0, max_iter=300, class_weight="balanced")
    fitted.fit(matrix, [topics.index(topic) for _, topic in texts])
    weights, bias = fitted.coef_, fitted.intercept_
    if len(topics) == 2:  # one row of weights tells two topics apart
        weights, bias = np.vstack([-weights[0], weights[0]]), np.array([-bias[0], bias[0]])
    return topics, idf, weights.astype(np.float32), bias.astype(np.float32)


def _matrix(texts: Sequence[str]) -> tuple[Any, Any]:
    """Return the weighed pieces of texts and how rare each slot is."""
    from scipy.sparse import csr_matrix  # noqa: PLC0415  # a heavy import, in a job
    from sklearn.preprocessing import normalize  # noqa: PLC0415

    rows, columns, values = [], [], []
    for place, text in enumerate(texts):
        for piece, times in pieces_of(text).items():
            rows.append(place)
            columns.append(_slot(piece))
            values.append(1.0 + np.log(times))
    matrix = csr_matrix((values, (rows, columns)), shape=(len(texts), FEATURES))
    idf = np.log((1 + len(texts)) / (1 + np.bincount(matrix.indices, minlength=FEATURES))) + 1.0
    return normalize(matrix.multiply(idf).tocsr()), idf.astype(np.float32)


def _measured(model: Any, texts: Sequence[tuple[str, str]]) -> tuple[int, int, dict[str, tuple[int, int]]]:
    topics, idf, weights, bias = model
    right = top3 = 0
    by_topic: dict[str, tuple[int, int]] = {}
    for words, topic in texts:
        pieces = pieces_of(words)
        slots = np.array([_slot(piece) for piece in pieces], dtype=np.int64)
        values = (1.0 + np.log(np.array(list(pieces.values()), dtype=np.float64))) * idf[slots]
        best = [
            topics[place] for place in np.argsort(-(weights[:, slots] @ (values / np.linalg.norm(values)) + bias))[:3]
        ]
        hits, every = by_topic.get(topic, (0, 0))
        by_topic[topic] = (hits + (best[0] == topic), every + 1)
        right, top3 = right + (best[0] == topic), top3 + (topic in best)
    return right, top3, by_topic


def _keep(
    model: Any,
    samples: int,
    held_out: int,
    right: int,
    top3: int,
    by_topic: Mapping[str, tuple[int, int]],
    now: datetime,
) -> Trained:
    topics, idf, weights, bias = model
    target = io.BytesIO()
    np.savez(target, topics=np.array(topics), idf=idf, weights=weights, bias=bias)
    shares = (right / held_out, top3 / held_out) if held_out else (0.0, 0.0)
    with transaction.atomic():
        version = (TopicModel.objects.aggregate(most=Max("version"))["most"] or 0) + 1
        TopicModel.objects.update(is_active=False)
        TopicModel.objects.create(
            version=version,
            trained_at=now,
            samples=samples,
            held_out=held_out,
            accuracy=shares[0],
            accuracy_top3=shares[1],
            by_topic={topic: list(pair) for topic, pair in by_topic.items()},
            arrays=zlib.compress(target.getvalue(), 6),
        )
    return Trained(version, samples, held_out, *shares, by_topic=by_topic)


def _opened(packed: bytes) -> tuple[list[str], Any, Any, Any]:
    arrays = np.load(io.BytesIO(zlib.decompress(packed)), allow_pickle=False)
    return [str(topic) for topic in arrays["topics"]], arrays["idf"], arrays["weights"], arrays["bias"]


def _slot(piece: str) -> int:
    return zlib.crc32(piece.encode()) % FEATURES


def _shares(scores: Any) -> Any:
    grown = np.exp(scores - scores.max())
    return grown / grown.sum()


def _reasons(pieces: Mapping[str, int], shares: Any) -> list[str]:
    weighed = {piece: float(share) for piece, share in zip(pieces, shares, strict=True) if share > 0 and len(piece) > 1}
    return binding_words(weighed, most=REASONS)


def _suggestion(
    topic: str, share: float, reasons: Sequence[str], names: Mapping[str, str], division: str
) -> Suggestion:
    body = department_of(topic, division_code=division)
    name = organisation(body).name if body else ""
    return Suggestion(topic, names.get(topic, topic), share, reasons, body, name)
