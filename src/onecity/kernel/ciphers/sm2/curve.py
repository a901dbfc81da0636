"""The recommended curve and its points in affine form; multiplication by the library."""

import secrets
from dataclasses import dataclass

from gmssl.sm2 import CryptSM2, default_ecc_table

FIELD_BYTES = 32
P = int("fffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff", 16)
A = P - 3
B = int("28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93", 16)
N = int("fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123", 16)

_library = CryptSM2(private_key="", public_key="", ecc_table=default_ecc_table)


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the plane, other than the point at infinity.

    x, y: 0 ≤ … < P.
    """

    x: int
    y: int

    @property
    def raw(self) -> bytes:
        """x and y, 64 bytes."""
        return self.x.to_bytes(FIELD_BYTES, "big") + self.y.to_bytes(FIELD_BYTES, "big")

    @property
    def lies_on_curve(self) -> bool:
        """Whether y² = x³ + ax + b modulo P; other points lead to keys being guessed bit by bit."""
        inside = 0 <= self.x < P and 0 <= self.y < P
        return inside and (self.y * self.y - (self.x * self.x + A) * self.x - B) % P == 0


G = Point(
    int("32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7", 16),
    int("bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0", 16),
)


def point(raw: bytes) -> Point:
    """Read x and y from 64 bytes; whether the point lies on the curve is not asked."""
    return Point(int.from_bytes(raw[:FIELD_BYTES], "big"), int.from_bytes(raw[FIELD_BYTES:], "big"))


def multiplied(base: Point, *, by: int) -> Point:
    """Return `base` added to itself `by` times.

    base: on the curve. by: 1 ≤ … < N, so that the result is never the point at infinity.
    Raises: ValueError if the factor is out of bounds.
    """
    if not 1 <= by < N:
        raise ValueError("the factor must lie between 1 and the order of the curve")
    digits: str = _library._kg(by, base.raw.hex())  # the library has no public name for this
    return point(bytes.fromhex(digits))


def added(first: Point, second: Point) -> Point | None:
    """Return the sum of two points of the curve; None is the point at infinity."""
    if first.x == second.x:
        if (first.y + second.y) % P == 0:
            return None
        slope = (3 * first.x * first.x + A) * pow(2 * first.y, -1, P)
    else:
        slope = (second.y - first.y) * pow(second.x - first.x, -1, P)
    x = (slope * slope - first.x - second.x) % P
    return Point(x, (slope * (first.x - x) - first.y) % P)


def random_factor() -> int:
    """Return a secret factor, 1 ≤ … < N, from the operating system's generator."""
    return secrets.randbelow(N - 1) + 1
