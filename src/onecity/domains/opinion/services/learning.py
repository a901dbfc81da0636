"""Learning mood and topic from texts whose label is known, on the machine itself; measured before it is used.

Features are hashed pieces: runs of characters, words, pairs of words. A linear model over them (scikit-learn) is stored
as arrays of numbers, never as a pickled object. A piece's share in a judgement is the reason that is shown.
"""

import io
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import numpy as np
from django.db import transaction
from django.db.models import Max

from onecity.domains.opinion.contracts import Mood, Trained
from onecity.domains.opinion.models import TextModel, TrainingText
from onecity.domains.opinion.rules.mood import mood_of
from onecity.domains.opinion.rules.texts import is_held_out, pieces_of
from onecity.domains.opinion.services.segmenting import cut
from onecity.kernel.errors import Conflict
from onecity.kernel.text import zh
from onecity.platform.jobs.declare import Progress

FEATURES: Final = 2**18
LEAST_TEXTS: Final = 40
MOST_TEXTS: Final = 200_000
STRENGTH: Final = 10.0
LEAST_KNOWN: Final = 3
"""In how many texts a piece must stand to be learnt from."""
REASONS: Final = 4
_loaded: dict[str, tuple[int, Any]] = {}
Line = tuple[str, str, str]


class TooLittleToLearn(Conflict):
    """There are not enough texts whose label is known."""

    code = "opinion_too_little_to_learn"
    message = zh("已标注的文本不足{count}篇，或只有一个类别，暂不能训练")


def train(progress: Progress, *, kind: str, now: datetime) -> Trained:
    """Train a model on the labelled texts, measure it on those it has not seen, and put it to use. now: city time.

    About every fifth text (by a hash of its words) is held out. Accuracies are kept by corpus (mood) or label (topic).
    Raises: TooLittleToLearn; Cancelled.
    """
    rows = TrainingText.objects.filter(kind=kind).order_by("id")
    lines: list[Line] = list(rows.values_list("text", "label", "corpus")[:MOST_TEXTS])
    seen = [line for line in lines if not is_held_out(line[0])]
    unseen = [line for line in lines if is_held_out(line[0])]
    if len(lines) < LEAST_TEXTS or len({label for _, label, _ in seen}) < 2:
        raise TooLittleToLearn(params={"count": LEAST_TEXTS})
    progress.step(0, total=3, note=zh("正在整理文本"))
    slots = [_slots(text) for text, _, _ in seen]
    progress.step(1, total=3, note=zh("正在训练"))
    model = _fitted(slots, [label for _, label, _ in seen])
    progress.step(2, total=3, note=zh("正在用留出文本检验"))
    right, by_group = _measured(model, unseen, by_label=kind == "topic")
    trained = _keep(kind, model, (len(seen), len(unseen)), right, by_group, now)
    progress.step(3, total=3)
    return trained


def judge(text: str) -> Mood:
    """Return how a text speaks, with the pieces that weigh most; nothing without a model.

    A model that was taught what is neutral says so itself; one of two sides calls neutral what it is not sure of.
    """
    model = _active("mood")
    if model is None or not text.strip():
        return Mood("", None)
    labels, shares, reasons = _judged(model, text)
    score = float(shares[labels.index("positive")]) if "positive" in labels else 0.0
    label = labels[int(np.argmax(shares))] if "neutral" in labels else mood_of(score)
    return Mood(label, score, reasons)


def topic_of(text: str) -> str:
    """Return the topic that a text is likeliest about; empty without a model."""
    model = _active("topic")
    if model is None or not text.strip():
        return ""
    labels, shares, _ = _judged(model, text)
    return str(labels[int(np.argmax(shares))])


def _judged(model: Any, text: str) -> tuple[list[str], Any, list[str]]:
    labels, idf, weights, bias = model
    pieces = sorted(pieces_of(text, cut(text)))
    slots = np.array([_slot(piece) for piece in pieces], dtype=np.int64)
    values = idf[slots] / max(float(np.linalg.norm(idf[slots])), 1e-9)
    scores = weights[:, slots] @ values + bias
    shares = np.exp(scores - scores.max())
    best = int(np.argmax(scores))
    pull = values * (weights[best, slots] - (weights[:, slots].sum(axis=0) - weights[best, slots]) / (len(labels) - 1))
    words = [pieces[place][2:] for place in np.argsort(-pull) if pieces[place][:2] == "w:" and pull[place] > 0]
    return labels, shares / shares.sum(), words[:REASONS]


def _slots(text: str) -> Any:
    return np.unique(np.array([_slot(piece) for piece in pieces_of(text, cut(text))], dtype=np.int64))


def _slot(piece: str) -> int:
    return zlib.crc32(piece.encode()) % FEATURES


def _fitted(slots: Sequence[Any], labels: Sequence[str]) -> Any:
    from scipy.sparse import csr_matrix  # noqa: PLC0415  # heavy imports, in a job
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
    from sklearn.preprocessing import normalize  # noqa: PLC0415

    names = sorted(set(labels))
    starts = np.concatenate([[0], np.cumsum([len(item) for item in slots])])
    columns = np.concatenate(slots)
    matrix = csr_matrix((np.ones(len(columns)), columns, starts), shape=(len(slots), FEATURES))
    known = np.bincount(columns, minlength=FEATURES)
    idf = np.where(known < LEAST_KNOWN, 0.0, np.log((1 + len(slots)) / (1 + known)) + 1.0)
    fitted = LogisticRegression(C=STRENGTH, max_iter=300, class_weight="balanced")
    fitted.fit(normalize(matrix.multiply(idf).tocsr()), [names.index(label) for label in labels])
    weights, bias = fitted.coef_, fitted.intercept_
    if len(names) == 2:  # one row of weights tells two labels apart; halves, so that the shares stay the same
        weights, bias = np.vstack([-weights[0], weights[0]]) / 2, np.array([-bias[0], bias[0]]) / 2
    return names, idf.astype(np.float32), weights.astype(np.float32), bias.astype(np.float32)


def _measured(model: Any, lines: Sequence[Line], *, by_label: bool) -> tuple[int, dict[str, tuple[int, int]]]:
    right, groups = 0, dict[str, tuple[int, int]]()
    for text, label, corpus in lines:
        labels, shares, _ = _judged(model, text)
        hit = labels[int(np.argmax(shares))] == label
        group = label if by_label else corpus
        hits, every = groups.get(group, (0, 0))
        groups[group] = (hits + hit, every + 1)
        right += hit
    return right, groups


def _keep(
    kind: str, model: Any, counts: tuple[int, int], right: int, by_group: Mapping[str, tuple[int, int]], now: datetime
) -> Trained:
    labels, idf, weights, bias = model
    target = io.BytesIO()
    np.savez(target, labels=np.array(labels), idf=idf, weights=weights, bias=bias)
    accuracy = right / counts[1] if counts[1] else 0.0
    with transaction.atomic():
        version = (TextModel.objects.filter(kind=kind).aggregate(most=Max("version"))["most"] or 0) + 1
        TextModel.objects.filter(kind=kind).update(is_active=False)
        TextModel.objects.create(
            kind=kind,
            version=version,
            trained_at=now,
            samples=counts[0],
            held_out=counts[1],
            accuracy=accuracy,
            by_group={name: list(pair) for name, pair in by_group.items()},
            arrays=zlib.compress(target.getvalue(), 6),
        )
    return Trained(kind, version, *counts, accuracy, by_group)


def _active(kind: str) -> Any:
    """Return the model in use, remembered until another one is."""
    row = TextModel.objects.filter(kind=kind, is_active=True).values_list("id", flat=True).first()
    if row is None:
        return None
    if kind not in _loaded or _loaded[kind][0] != row:
        packed = TextModel.objects.values_list("arrays", flat=True).get(id=row)
        with np.load(io.BytesIO(zlib.decompress(bytes(packed))), allow_pickle=False) as held:
            model = ([str(item) for item in held["labels"]], held["idf"], held["weights"], held["bias"])
        _loaded[kind] = (row, model)
    return _loaded[kind][1]
