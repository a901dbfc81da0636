"""Search terms: what a case is found by in Chinese, as whole numbers for an index.

Chinese is not written in words, so text is cut into pairs of neighbours (井盖破损: 井盖, 盖破, 破损), and a search for
any two or more characters intersects few lists. Letters and digits are cut the same way, so that a part of a word is
found. The scopes under which a case is seen and some plain facts of it stand in the same list, so that scope, filters
and words intersect inside one index; so does the week of opening, by which a search stays among the newest.
A term is a number of 63 bits: a tag of three and a value of sixty. Pairs and
scopes are exact; facts are hashed, and whoever searches compares the case itself afterwards.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import pairwise
from typing import Final

from onecity.kernel.actor import ScopeKey

SHORTEST_QUERY: Final = 2
_RUN: Final = re.compile(r"[a-z0-9\u3400-\u9fff\U00020000-\U000323af]{2,}")
_VALUE_BITS: Final = 60
_CHARACTER_BITS: Final = 21
WEEK: Final = timedelta(days=7)
_PAIR, _ORGANISATION, _DIVISION, _TOKEN, _WEEK = range(5)
_WIDE: Final = (range(0xFF10, 0xFF1A), range(0xFF21, 0xFF3B), range(0xFF41, 0xFF5B))  # digits, capitals, small letters
_NARROW: Final = {char: char - 0xFEE0 for run in _WIDE for char in run}


def narrowed(text: str) -> str:
    """Return text as it is stored: full-width letters and digits made narrow, outer blanks gone; signs stay."""
    return text.translate(_NARROW).strip()


def folded(text: str) -> str:
    """Return text as it is compared: narrowed, in lower case."""
    return narrowed(text).lower()


def pairs(text: str) -> frozenset[int]:
    """Return the terms of every two neighbouring characters (Chinese, letters, digits) of a text.

    Every text that holds a text has all its pairs; a text without two such neighbours has none.
    """
    return frozenset(
        _tagged(_PAIR, ord(first) << _CHARACTER_BITS | ord(second))
        for run in _RUN.findall(folded(text))
        for first, second in pairwise(run)
    )


def scope_term(key: ScopeKey) -> int:
    """Return the term of a scope key other than `*`; exact."""
    kind, _, value = key.partition(":")
    return _tagged(_ORGANISATION if kind == "o" else _DIVISION, int(value))


def token(kind: str, value: str) -> int:
    """Return the term of a plain fact, such as a class or a source."""
    digest = blake2b(f"{kind}:{value}".encode(), digest_size=8).digest()
    return _tagged(_TOKEN, int.from_bytes(digest, "big") >> (64 - _VALUE_BITS))


def week_terms(first: datetime, *, last: datetime) -> list[int]:
    """Return the terms of all weeks from one instant to another; weeks are counted from 1970 on. Exact."""
    size = int(WEEK.total_seconds())
    return [_tagged(_WEEK, week) for week in range(int(first.timestamp()) // size, int(last.timestamp()) // size + 1)]


def case_terms(
    texts: Iterable[str], *, scopes: Iterable[ScopeKey], tokens: Iterable[tuple[str, str]], opened_at: datetime
) -> list[int]:
    """Return all terms of a case, in order."""
    found = {term for text in texts for term in pairs(text)}
    found.update(week_terms(opened_at, last=opened_at))
    found.update(scope_term(key) for key in scopes)
    found.update(token(kind, value) for kind, value in tokens if value)
    return sorted(found)


def _tagged(tag: int, value: int) -> int:
    return tag << _VALUE_BITS | value
