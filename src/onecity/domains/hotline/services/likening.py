"""Finding demands like a given one, and groups that tell of the same thing, from Chinese text, place and time.

Text is compared by TF-IDF of pairs and triples of characters (scikit-learn): Chinese needs no words for that, and no
dictionary ages.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from onecity.domains.hotline.contracts import Alike, Cluster, NewDemand
from onecity.domains.hotline.models import Demand
from onecity.domains.hotline.rules.likeness import binding_words, ground_distance, joined, likeness
from onecity.domains.hotline.rules.words import big_class, plain_number
from onecity.domains.hotline.selectors.demands import caller_key, lately_open, seen_demands
from onecity.kernel.actor import Actor
from onecity.platform.identity.api import search_hashes

LOOKED_BACK: Final = timedelta(days=30)
MOST_COMPARED: Final = 1000
MOST_CLUSTERED: Final = 3000
ALIKE_FROM: Final = 0.35
WORDS_FROM: Final = 0.15
TOGETHER_FROM: Final = 0.22
TOGETHER_WITHIN_M: Final = 2000.0
SAME_MATTER: Final = 0.4
DAY: Final = timedelta(days=1)


def alike(
    actor: Actor, *, words: str, location: tuple[float, float] | None, now: datetime, most: int = 5
) -> list[Alike]:
    """Return the open demands most like what is being told, the likest first. now: city time.

    Looked at: the newest `MOST_COMPARED` of the last 30 days that the actor may see.
    """
    rows = list(lately_open(actor, since=now - LOOKED_BACK).order_by("-opened_at")[:MOST_COMPARED])
    if not rows or not words.strip():
        return []
    likenesses = _text_likeness(words, [row.words for row in rows])
    found = [_alike(row, text, location, now) for row, text in zip(rows, likenesses, strict=True)]
    wanted = [item for item in found if item.text >= WORDS_FROM and item.score >= ALIKE_FROM]
    return sorted(wanted, key=lambda item: -item.score)[:most]


def told_before(new: NewDemand) -> list[Demand]:
    """Return the same caller's earlier demands in the same matter: same big class, and words that tell the same."""
    number = plain_number(new.caller_phone)
    if not number:
        return []
    rows = Demand.objects.filter(caller_hashed__in=search_hashes(caller_key(number))).order_by("-opened_at")[:50]
    kept = [row for row in rows if not new.topic_code or big_class(row.topic_code) in ("", big_class(new.topic_code))]
    if not kept:
        return []
    likenesses = _text_likeness(new.words, [row.words for row in kept])
    return [row for row, text in zip(kept, likenesses, strict=True) if text >= SAME_MATTER]


def clusters(actor: Actor, *, since: datetime, least: int = 3) -> list[Cluster]:
    """Return groups of at least `least` demands since an instant that tell of the same thing, the largest first.

    Two belong together where their words are alike and, if both places are known, they lie within 2 km.
    Looked at: the newest `MOST_CLUSTERED` that the actor may see.
    """
    rows = list(seen_demands(actor).filter(opened_at__gte=since).order_by("-opened_at")[:MOST_CLUSTERED])
    if len(rows) < least:
        return []
    pieces, matrix = _weighed([row.words for row in rows])
    near = (matrix @ matrix.T).tocoo()
    pairs = [
        (int(one), int(other))
        for one, other, text in zip(near.row, near.col, near.data, strict=True)
        if one < other and text >= TOGETHER_FROM and _close(rows[one], rows[other])
    ]
    groups = [group for group in joined(len(rows), pairs) if len(group) >= least]
    return [_cluster([rows[item] for item in group], matrix[group], pieces) for group in groups]


def _vectorizer() -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415  # a heavy import, when it is needed

    return TfidfVectorizer(analyzer="char", ngram_range=(2, 3), sublinear_tf=True)


def _weighed(texts: Sequence[str]) -> tuple[Sequence[str], Any]:
    vectorizer = _vectorizer()
    matrix = vectorizer.fit_transform([text if len(text) > 1 else f"{text}  " for text in texts])
    return vectorizer.get_feature_names_out(), matrix.tocsr()


def _text_likeness(words: str, others: Sequence[str]) -> list[float]:
    _, matrix = _weighed([words, *others])
    return [float(value) for value in (matrix[1:] @ matrix[0].T).toarray().ravel()]


def _place(row: Demand) -> tuple[float, float] | None:
    return None if row.longitude is None or row.latitude is None else (row.longitude, row.latitude)


def _alike(row: Demand, text: float, location: tuple[float, float] | None, now: datetime) -> Alike:
    metres = ground_distance(location, _place(row))
    score = likeness(text, metres=metres, days=max(0.0, (now - row.opened_at) / DAY))
    return Alike(row.number, row.title, row.status, row.opened_at, row.address, text, metres, score)


def _close(one: Demand, other: Demand) -> bool:
    metres = ground_distance(_place(one), _place(other))
    return metres is None or metres <= TOGETHER_WITHIN_M


def _cluster(rows: Sequence[Demand], matrix: Any, pieces: Sequence[str]) -> Cluster:
    summed = matrix.sum(axis=0).A1
    weights = {str(pieces[item]).strip(): float(summed[item]) for item in summed.argsort()[::-1][:40]}
    topics = [row.topic_code for row in rows if row.topic_code]
    places = [place for place in map(_place, rows) if place]
    return Cluster(
        numbers=[row.number for row in rows],
        title=min((row.title for row in rows), key=len),
        words=binding_words({word: weight for word, weight in weights.items() if len(word) > 1}, most=4),
        topic_code=max(set(topics), key=topics.count) if topics else "",
        first_at=min(row.opened_at for row in rows),
        last_at=max(row.opened_at for row in rows),
        location=places[0] if places else None,
    )
