"""Which articles are one and the same told again: shingles, and a signature by which many can be compared."""

import struct
from typing import Final

from onecity.domains.opinion.rules.texts import bare

SHINGLE: Final = 4
NUMBERS: Final = 64
BANDS: Final = 16
ROWS: Final = NUMBERS // BANDS
REPOST_FROM: Final = 0.6
MOST_LETTERS: Final = 4000
_LAYOUT: Final = f"<{NUMBERS}I"

Signature = tuple[int, ...]


def signature(text: str) -> Signature:
    """Return the MinHash signature of a text's shingles of four characters.

    Source: Broder 1997 (resemblance of documents), as the library datasketch has it.
    """
    from datasketch import MinHash  # noqa: PLC0415  # brings scipy, a second of every process's start

    plain = bare(text)[:MOST_LETTERS]
    shingles = {plain[place : place + SHINGLE] for place in range(max(1, len(plain) - SHINGLE + 1))}
    sketch = MinHash(num_perm=NUMBERS, seed=1)
    sketch.update_batch([item.encode() for item in shingles])
    return tuple(int(value) for value in sketch.hashvalues)


def bands(found: Signature) -> list[int]:
    """Return sixteen numbers; texts that are alike (about 0.5 and more) nearly always share one."""
    keys = []
    for place in range(BANDS):
        key = place
        for value in found[place * ROWS : (place + 1) * ROWS]:
            key = (key * 1_000_003 ^ value) & 0x7FFF_FFFF_FFFF_FFFF
        keys.append(key)
    return keys


def resemblance(one: Signature, other: Signature) -> float:
    """Return how alike two texts are, 0 to 1: the share of equal numbers, which estimates that of shared shingles."""
    return sum(a == b for a, b in zip(one, other, strict=True)) / NUMBERS


def packed(found: Signature) -> bytes:
    """Return a signature as it is stored: 64 unsigned numbers of four bytes, little end first."""
    return struct.pack(_LAYOUT, *found)


def unpacked(data: bytes) -> Signature:
    """Return a stored signature. Raises: struct.error for anything else."""
    return struct.unpack(_LAYOUT, data)
