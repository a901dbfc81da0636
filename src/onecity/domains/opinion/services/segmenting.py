"""Segmentation of Chinese on the machine (rjieba), with the names of the city's divisions and bodies as words."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import rjieba

from onecity.domains.opinion.rules.texts import tidy

LONGEST_TEXT: Final = 5_000
_KEPT: Final = ("n", "v", "j", "l", "i", "eng", "s")
_SEGMENTER: Final = rjieba.Jieba()
_known: set[str] = set()
_EMPTY_WORDS: Final = frozenset(
    (Path(__file__).parent.parent / "data" / "empty_words.txt").read_text(encoding="utf-8").split()
)
"""Words of reports that tell nothing of the matter: a list of ours."""


def cut(text: str) -> list[str]:
    """Return the words of a text in its order; unknown words are guessed."""
    return [str(word) for word in _SEGMENTER.cut(text[:LONGEST_TEXT].lower(), hmm=True)]


def telling(text: str) -> list[str]:
    """Return the words by which a matter is known: nouns, verbs and names of two characters and more."""
    found: list[str] = []
    for word, kind in _SEGMENTER.tag(tidy(text)[:LONGEST_TEXT].lower(), hmm=True):
        if len(word) > 1 and (word in _known or kind.startswith(_KEPT)) and word not in _EMPTY_WORDS:
            found.append(str(word)[:40])
    return found


def learn_names(names: Iterable[str]) -> None:
    """Keep names as one word from now on in this process; a known one changes nothing."""
    for name in names:
        if len(name) > 1 and name not in _known:
            _known.add(name)
            _SEGMENTER.add_word(name, 10_000, "nz")
