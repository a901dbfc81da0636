"""Which articles are about the same matter: words weighed by how rare they are, and the angle between them."""

from collections.abc import Iterable, Mapping
from math import log, sqrt
from typing import Final

SAME_FROM: Final = 0.34
MOST_WORDS: Final = 40
TITLE_WEIGHT: Final = 3.0
OTHER_PLACE: Final = 0.7


def weigh(title: Iterable[str], body: Iterable[str], *, known_in: Mapping[str, int], articles: int) -> dict[str, float]:
    """Return the forty weightiest words of an article with their weights; the length of the whole is 1.

    known_in: word → in how many of the `articles` newest it stands. A word of the title counts three times.
    Source: Salton and Buckley 1988 (term weighting): logarithm of the count times inverse frequency.
    """
    counts: dict[str, float] = {}
    for words, weight in ((title, TITLE_WEIGHT), (body, 1.0)):
        for word in words:
            counts[word] = counts.get(word, 0.0) + weight
    values = {
        word: (1 + log(count)) * (log((1 + articles) / (1 + known_in.get(word, 0))) + 1)
        for word, count in counts.items()
    }
    return _unit(dict(sorted(values.items(), key=lambda item: (-item[1], item[0]))[:MOST_WORDS]))


def likeness(one: Mapping[str, float], other: Mapping[str, float], *, same_place: bool | None = None) -> float:
    """Return how alike two weighed texts are, 0 to 1. same_place: None where one of them names none.

    The same words about another place tell of another matter more often than not. Source: House rule.
    """
    if len(other) < len(one):
        one, other = other, one
    angle = sum(weight * other.get(word, 0.0) for word, weight in one.items())
    return angle * (OTHER_PLACE if same_place is False else 1.0)


def middle(before: Mapping[str, float], new: Mapping[str, float], *, articles: int) -> dict[str, float]:
    """Return the middle of a theme after one more article. articles: how many it had, ≥ 1."""
    share = min(articles, 20)
    words = {word: (before.get(word, 0.0) * share + new.get(word, 0.0)) / (share + 1) for word in {*before, *new}}
    return _unit(dict(sorted(words.items(), key=lambda item: (-item[1], item[0]))[:MOST_WORDS]))


def top_words(words: Mapping[str, float], *, most: int) -> list[str]:
    """Return the weightiest words of a theme, the weightiest first."""
    return sorted(words, key=lambda word: (-words[word], word))[:most]


def are_one_place(one: str, other: str) -> bool | None:
    """Say whether two division codes lie in one another; None where one is missing or names only a city."""
    shorter, longer = sorted((one.rstrip("0"), other.rstrip("0")), key=len)
    return None if len(shorter) <= 4 else longer.startswith(shorter)


def _unit(words: Mapping[str, float]) -> dict[str, float]:
    length = sqrt(sum(weight * weight for weight in words.values()))
    return {word: round(weight / length, 5) for word, weight in words.items()} if length else {}
