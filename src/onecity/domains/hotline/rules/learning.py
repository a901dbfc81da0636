"""How a text is cut up for learning, and which texts are kept apart to measure what was learnt."""

import re
import zlib
from collections import Counter
from typing import Final

LONGEST: Final = 3
HELD_OUT_OF: Final = 5
MOST_LETTERS: Final = 2000
_KEPT: Final = re.compile(r"[\u3400-\u9fff]+|[a-z]+")


def pieces_of(text: str) -> dict[str, int]:
    """Return the pieces of one to three Chinese characters of a text with their counts; Latin words stay whole.

    Digits and signs are left out, so that no house or telephone number is learnt. A text without any gives one empty
    piece.
    """
    found: Counter[str] = Counter()
    for run in _KEPT.findall(text.lower()[:MOST_LETTERS]):
        if run.isascii():
            found[run] += 1
            continue
        for length in range(1, LONGEST + 1):
            found.update(run[place : place + length] for place in range(len(run) - length + 1))
    return dict(found) or {"": 1}


def is_held_out(text: str) -> bool:
    """Say whether a text is kept apart for measuring: about every fifth, and always the same ones."""
    return zlib.crc32(text.strip().encode()) % HELD_OUT_OF == 0
