"""Texts as they are compared and cut up: without marks, signs and numbers that tell nothing."""

import hashlib
import re
import unicodedata
import zlib
from collections.abc import Iterable
from itertools import pairwise
from typing import Final

LONGEST: Final = 3
MOST_LETTERS: Final = 2000
HELD_OUT_OF: Final = 5
_LETTERS: Final = re.compile(r"[\u3400-\u9fff]+|[a-z]+")
_NOISE: Final = re.compile(r"[^\u3400-\u9fffa-z0-9]+")
_BLANKS: Final = re.compile(r"[ \t\u3000\xa0]+")
_LINES: Final = re.compile(r"\s*\n\s*")


def tidy(text: str) -> str:
    """Return a text with usual blanks and line breaks, full-width letters and digits made half-width, no controls."""
    plain = unicodedata.normalize("NFKC", text.replace("\r", "\n"))
    plain = "".join(sign for sign in plain if sign == "\n" or unicodedata.category(sign)[0] != "C")
    return _LINES.sub("\n", _BLANKS.sub(" ", plain)).strip()


def bare(text: str) -> str:
    """Return what is compared of a text: Chinese characters, Latin letters and digits, in lower case."""
    return _NOISE.sub("", text.lower())


def content_hash(title: str, body: str) -> str:
    """Return by what an article of the same words is known again; 32 hexadecimal digits."""
    return hashlib.sha256(f"{bare(title)}\n{bare(body)}".encode()).hexdigest()[:32]


def pieces_of(text: str, words: Iterable[str]) -> set[str]:
    """Return the pieces of a text that are learnt: runs of one to three characters, its words and pairs of words.

    words: the text as it was segmented. Digits and signs are left out, so that no number is learnt. A text without any
    gives one empty piece.
    """
    found: set[str] = set()
    for run in _LETTERS.findall(text.lower()[:MOST_LETTERS]):
        if run.isascii():
            found.add(run)
            continue
        for length in range(1, LONGEST + 1):
            found.update(run[place : place + length] for place in range(len(run) - length + 1))
    spoken = [word for word in words if _LETTERS.fullmatch(word)]
    found.update(f"w:{word}" for word in spoken)
    found.update(f"b:{one} {other}" for one, other in pairwise(spoken))
    return found or {""}


def is_held_out(text: str) -> bool:
    """Say whether a text is kept apart for measuring: about every fifth; the same words always on the same side."""
    return zlib.crc32(bare(text).encode()) % HELD_OUT_OF == 0


def pairs_of(text: str) -> list[str]:
    """Return the pairs of neighbouring characters of a text, each once: what searching finds it by."""
    plain = bare(text)
    return sorted({plain[place : place + 2] for place in range(len(plain) - 1)})
