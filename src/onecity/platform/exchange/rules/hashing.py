"""PostgreSQL's 64-bit hashes (Bob Jenkins' lookup3), for whole columns at once.

`hashtextextended(x, 0)`, `hashint8extended(x, 0)` and their kin are in every PostgreSQL since 11 with the same values,
so that a target can sum them in SQL while the engine sums them over the bytes that it sends.
Source of the algorithm: B. Jenkins, lookup3.c (public domain), as PostgreSQL's hash_bytes_extended combines it.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint32]
Hashes = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]
Octets = npt.NDArray[np.uint8]

PADDING: Final = 16
"""Bytes that must follow the last field in a buffer, whatever they hold: fields are read twelve bytes at a time."""
_BEGIN: Final = 0x9E3779B9 + 3923095
_STEP: Final = 12
_SORTED: Final = 255
_MIX: Final = ((4, 0, 2, 1), (6, 1, 0, 2), (8, 2, 1, 0), (16, 0, 2, 1), (19, 1, 0, 2), (4, 2, 1, 0))
_FINISH: Final = ((14, 2, 1), (11, 0, 2), (25, 1, 0), (16, 2, 1), (4, 0, 2), (14, 1, 0), (24, 2, 1))
# Which bits of the three words of a last, short step belong to the field, by how many bytes are left (0 to 11).
_MASKS: Final = tuple(
    np.array([(1 << 8 * min(max(left - 4 * word, 0), 4)) - 1 for left in range(_STEP)], np.uint32) for word in range(3)
)


def hash_fields(octets: Octets, *, starts: Places, lengths: Places) -> Hashes:
    """Return the hash of each field of bytes, as `hashtextextended(field, 0)` gives it.

    octets: all fields and at least PADDING bytes more; starts, lengths: n each, in bytes, lengths ≥ 0. Many columns at
    once are faster than one after the other.
    """
    words = np.ndarray((len(octets) - 3,), "<u4", octets, strides=(1,))
    whole = lengths // _STEP
    # Longest first: the fields that take part in a step are those before some place; nothing needs to be picked out.
    order = np.argsort(np.minimum(whole, _SORTED).astype(np.uint8) ^ np.uint8(0xFF), kind="stable")
    whole, places = whole[order], starts[order]
    if len(whole) and whole[0] > _SORTED:
        whole, places, order = _by_length(whole, places, order)
    first = (lengths[order] + _BEGIN).astype(np.uint32)
    state = [first, first.copy(), first.copy()]
    taking_part = np.searchsorted(-whole, -np.arange(1, int(whole[0]) + 1 if len(whole) else 1), side="right")
    for last in taking_part.tolist():
        _absorb([word[:last] for word in state], words, places[:last])
        places[:last] += _STEP
    _absorb_rest(state, words, places, lengths[order] - whole * _STEP)
    found = np.empty(len(order), np.uint64)
    found[order] = _finished(state)
    return found


def _by_length(whole: Places, places: Places, order: Places) -> tuple[Places, Places, Places]:
    """Sort fields of any length; the quick sort tells those of many steps not apart."""
    again = np.argsort(-whole, kind="stable")
    return whole[again], places[again], order[again]


def hash_integers(values: npt.NDArray[np.int64]) -> Hashes:
    """Return the hash of each integer, as `hashint8extended(value, 0)` and those for smaller integers give it."""
    bits = values.view(np.uint64)
    low, high = bits.astype(np.uint32), (bits >> np.uint64(32)).astype(np.uint32)
    low ^= np.where(values >= 0, high, ~high)
    return _hash_words([low])


def hash_floats(values: npt.NDArray[np.float64]) -> Hashes:
    """Return the hash of each number, as `hashfloat8extended(value, 0)` gives it: −0 is 0, NaN is one value."""
    tidy = np.where(np.isnan(values), np.nan, values + 0.0)
    bits = np.ascontiguousarray(tidy).view(np.uint64)
    found = _hash_words([bits.astype(np.uint32), (bits >> np.uint64(32)).astype(np.uint32)])
    found[values == 0] = 0  # PostgreSQL returns the seed for both zeros
    return found


def _hash_words(given: list[Words]) -> Hashes:
    """Hash keys of one or two whole words."""
    first = np.full(len(given[0]), (_BEGIN + 4 * len(given)) & 0xFFFFFFFF, np.uint32)
    state = [first, first.copy(), first.copy()]
    for word, value in zip(state, given, strict=False):
        np.add(word, value, out=word)
    return _finished(state)


def _absorb(state: list[Words], words: Words, places: Places) -> None:
    for number, word in enumerate(state):
        np.add(word, words[places + 4 * number], out=word)
    spare, other = np.empty_like(state[0]), np.empty_like(state[0])
    for bits, x, y, z in _MIX:
        state[x] -= state[y]
        state[x] ^= _turned(state[y], bits, spare, other)
        state[y] += state[z]


def _absorb_rest(state: list[Words], words: Words, places: Places, left: Places) -> None:
    for number, word in enumerate(state):
        rest = words[np.minimum(places + 4 * number, len(words) - 1)] & _MASKS[number][left]
        np.add(
            word, rest << np.uint32(8) if number == 2 else rest, out=word
        )  # the lowest byte of the third word stands for the length


def _finished(state: list[Words]) -> Hashes:
    spare, other = np.empty_like(state[0]), np.empty_like(state[0])
    for bits, x, y in _FINISH:
        state[x] ^= state[y]
        state[x] -= _turned(state[y], bits, spare, other)
    return (state[1].astype(np.uint64) << np.uint64(32)) | state[2]


def _turned(word: Words, bits: int, spare: Words, other: Words) -> Words:
    np.left_shift(word, np.uint32(bits), out=spare)
    np.right_shift(word, np.uint32(32 - bits), out=other)
    return np.bitwise_or(spare, other, out=spare)
