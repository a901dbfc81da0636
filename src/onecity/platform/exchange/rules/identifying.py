"""Check digits of identifiers for whole columns: numpy proves the regular ones, `kernel.identifiers` judges the rest.

A value that numpy does not accept is handed to the kernel's own rule, so the verdict is always the kernel's.
"""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from onecity.kernel.identifiers.citizen_id import parse_citizen_id
from onecity.kernel.identifiers.credit_code import ALPHABET, parse_credit_code
from onecity.kernel.identifiers.divisions import PROVINCES
from onecity.kernel.identifiers.fault import InvalidIdentifier
from onecity.kernel.identifiers.organisation_code import parse_organisation_code
from onecity.kernel.identifiers.phones import parse_phone
from onecity.kernel.identifiers.plates import parse_plate

Bits = np.ndarray[tuple[int], np.dtype[np.bool_]]
Characters = np.ndarray[tuple[int, int], np.dtype[np.uint8]]

_ID_WEIGHTS: Final = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int32)
_ID_CHECKS: Final = np.frombuffer(b"10X98765432", dtype=np.uint8)
_ID_PLACES: Final = np.zeros(100, dtype=np.bool_)
_ID_PLACES[[int(code) for code in PROVINCES] + [83, *range(90, 100)]] = True
_MONTH_DAYS: Final = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] + [0] * 87, dtype=np.int32)
_CODE_WEIGHTS: Final = np.array([pow(3, place, 31) for place in range(17)], dtype=np.int32)
_CODE_VALUES: Final = np.full(256, -1, dtype=np.int32)
_CODE_VALUES[list(ALPHABET.encode())] = np.arange(31)
_ORGANISATION_WEIGHTS: Final = np.array([3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int32)
_BASE_36: Final = np.full(256, -1, dtype=np.int32)
_BASE_36[list(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")] = np.arange(36)
_ORGANISATION_CHECKS: Final = np.frombuffer(b"?123456789X0", dtype=np.uint8)


def unfit(column: pa.Array, *, kind: str) -> tuple[Bits, Mapping[int, str]]:
    """Return which values are not identifiers of this kind, and the kernel's sentence for each of them.

    column: text. Null is no fault. kind: a key of `KINDS`.
    Source: GB 11643-1999; GB 32100-2015; GB 11714-1997; GA 36-2018, through kernel.identifiers.
    """
    suspect = column.is_valid().to_numpy(zero_copy_only=False)
    proof = PROOFS.get(kind)
    if proof is not None:
        width, proves = proof
        rows = np.flatnonzero(pc.fill_null(pc.equal(pc.binary_length(column), width), fill_value=False))
        suspect[rows[proves(_matrix(column, rows, width))]] = False
    bad = np.zeros(len(column), dtype=np.bool_)
    sentences = {}
    for row in np.flatnonzero(suspect).tolist():
        try:
            KINDS[kind](column[row].as_py())
        except InvalidIdentifier as fault:
            bad[row], sentences[row] = True, fault.sentence()
    return bad, sentences


def _matrix(column: pa.Array, rows: np.ndarray, width: int) -> Characters:
    """Return the bytes of values that are all `width` bytes long, one value a row."""
    _, offsets_buffer, data_buffer = column.buffers()
    if not len(rows):
        return np.empty((0, width), dtype=np.uint8)
    starts = np.frombuffer(offsets_buffer, dtype=np.int32)[column.offset :][rows]
    data = np.frombuffer(data_buffer, dtype=np.uint8)
    found: Characters = data[starts[:, None] + np.arange(width, dtype=np.int32)]
    return found


def _citizen_ids(characters: Characters) -> Bits:
    digits = characters[:, :17].astype(np.int32) - ord("0")
    numeric: Bits = np.logical_and.reduce((digits >= 0) & (digits <= 9), axis=1)
    digits = np.where(numeric[:, None], digits, 0)
    place = digits[:, 0] * 10 + digits[:, 1]
    century = digits[:, 6] * 10 + digits[:, 7]
    year = century * 100 + digits[:, 8] * 10 + digits[:, 9]
    month = digits[:, 10] * 10 + digits[:, 11]
    day = digits[:, 12] * 10 + digits[:, 13]
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    last_day = _MONTH_DAYS[month] - ((month == 2) & ~leap)
    dated = (century >= 18) & (century <= 20) & (day >= 1) & (day <= last_day)
    checks = _ID_CHECKS[(digits @ _ID_WEIGHTS) % 11] == characters[:, 17]
    fit: Bits = numeric & _ID_PLACES[place] & dated & checks
    return fit


def _credit_codes(characters: Characters) -> Bits:
    values = _CODE_VALUES[characters]
    known: Bits = np.logical_and.reduce(values >= 0, axis=1)
    values = np.where(known[:, None], values, 0)
    placed = (values[:, 2:8] <= 9).all(axis=1)
    checks = (-(values[:, :17] @ _CODE_WEIGHTS)) % 31 == values[:, 17]
    fit: Bits = known & placed & checks & _organisation_codes(characters[:, 8:17])
    return fit


def _organisation_codes(characters: Characters) -> Bits:
    values = _BASE_36[characters[:, :8]]
    known: Bits = np.logical_and.reduce(values >= 0, axis=1)
    totals = np.where(known[:, None], values, 0) @ _ORGANISATION_WEIGHTS
    fit: Bits = known & (_ORGANISATION_CHECKS[11 - totals % 11] == characters[:, 8])
    return fit


def _mobiles(characters: Characters) -> Bits:
    digits = characters - ord("0")
    fit: Bits = (digits <= 9).all(axis=1) & (digits[:, 0] == 1) & (digits[:, 1] >= 3)
    return fit


PROOFS: Final[Mapping[str, tuple[int, Callable[[Characters], Bits]]]] = {
    "citizen_id": (18, _citizen_ids),
    "uscc": (18, _credit_codes),
    "organisation_code": (9, _organisation_codes),
    "phone": (11, _mobiles),
}
KINDS: Final[Mapping[str, Callable[[str], object]]] = {
    "citizen_id": parse_citizen_id,
    "uscc": parse_credit_code,
    "organisation_code": parse_organisation_code,
    "phone": parse_phone,
    "plate": parse_plate,
}
