"""Words of two characters, by which names are found: Chinese has no spaces to split at."""

import unicodedata
from typing import Final

MOST: Final = 160


def pairs(text: str) -> list[str]:
    """Return the pairs of neighbouring characters of a text, narrow and lower case, each once; at most `MOST`.

    A text is found by a search if it holds all pairs of it. One character alone has no pair.
    """
    plain = "".join(unicodedata.normalize("NFKC", text).lower().split())
    return list(dict.fromkeys(plain[place : place + 2] for place in range(len(plain) - 1)))[:MOST]
