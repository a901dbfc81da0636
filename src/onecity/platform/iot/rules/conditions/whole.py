"""Whole numbers of 64 bits as CEL computes them: rounded towards zero, and no value where the result does not fit."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Checked = tuple[Array, Array]
_LEAST: Final = np.int64(-(2**63))


def _add(one: Array, other: Array) -> Checked:
    with np.errstate(over="ignore"):
        result = one + other
    return result, ((one ^ result) & (other ^ result)) >= 0


def _subtract(one: Array, other: Array) -> Checked:
    with np.errstate(over="ignore"):
        result = one - other
    return result, ((one ^ other) & (one ^ result)) >= 0


def _multiply(one: Array, other: Array) -> Checked:
    with np.errstate(over="ignore", divide="ignore"):
        result = one * other
        back = result // np.where(one == 0, 1, one)
    wraps = ((one == -1) & (other == _LEAST)) | ((other == -1) & (one == _LEAST))
    return result, (one == 0) | ((back == other) & (result % np.where(one == 0, 1, one) == 0) & ~wraps)


def _divide(one: Array, other: Array) -> Checked:
    fits = (other != 0) & ~((one == _LEAST) & (other == -1))
    one, other = np.broadcast_arrays(one, other)
    divisor = np.where(fits, other, 1)
    quotient = one // divisor
    towards_zero = (one % divisor != 0) & ((one < 0) != (divisor < 0))
    return quotient + towards_zero, fits


def _remainder(one: Array, other: Array) -> Checked:
    quotient, fits = _divide(one, other)
    return one - quotient * np.where(fits, other, 1), fits


def _negate(one: Array) -> Checked:
    with np.errstate(over="ignore"):
        return -one, one != _LEAST


WHOLE: Final[Mapping[str, Callable[..., Checked]]] = {
    "_+_": _add,
    "_-_": _subtract,
    "_*_": _multiply,
    "_/_": _divide,
    "_%_": _remainder,
    "-_": _negate,
}
