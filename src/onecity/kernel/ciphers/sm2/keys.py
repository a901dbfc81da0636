"""SM2 key pairs."""

from dataclasses import dataclass, field

from onecity.kernel.ciphers.sm2 import curve
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh

_UNCOMPRESSED = b"\x04"


class InvalidKey(Invalid):
    """The bytes are not a key of the curve."""

    code = "sm2_key"
    message = zh("SM2密钥不正确")


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A point that was seen to lie on the curve.

    Raises: InvalidKey if it does not.
    """

    point: curve.Point

    def __post_init__(self) -> None:
        if not self.point.lies_on_curve:
            raise InvalidKey(zh("SM2公钥不是曲线上的点"))

    @property
    def raw(self) -> bytes:
        """x and y, 64 bytes."""
        return self.point.raw

    @property
    def uncompressed(self) -> bytes:
        """04, x and y, 65 bytes."""
        return _UNCOMPRESSED + self.point.raw


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A secret number, 1 ≤ d ≤ n - 2; never printed.

    Raises: InvalidKey if it is out of bounds.
    """

    d: int = field(repr=False)

    def __post_init__(self) -> None:
        if not 1 <= self.d <= curve.N - 2:
            raise InvalidKey(zh("SM2私钥超出取值范围"))

    @property
    def raw(self) -> bytes:
        """d, 32 bytes."""
        return self.d.to_bytes(curve.FIELD_BYTES, "big")


def public_key_from(raw: bytes) -> PublicKey:
    """Read a public key of 64 bytes, or of 65 that begin with 04.

    Raises: InvalidKey for another form or a point off the curve.
    Source: GB/T 32918.1-2016, uncompressed points.
    """
    coordinates = raw[1:] if len(raw) == 65 and raw[:1] == _UNCOMPRESSED else raw
    if len(coordinates) != 2 * curve.FIELD_BYTES:
        raise InvalidKey(zh("SM2公钥应为64字节，或以04开头的65字节"))
    return PublicKey(curve.point(coordinates))


def private_key_from(raw: bytes) -> PrivateKey:
    """Read a private key of 32 bytes.

    Raises: InvalidKey for another length or a number out of bounds.
    Source: GB/T 32918.1-2016, key pairs.
    """
    if len(raw) != curve.FIELD_BYTES:
        raise InvalidKey(zh("SM2私钥应为32字节"))
    return PrivateKey(int.from_bytes(raw, "big"))


def public_key_of(key: PrivateKey) -> PublicKey:
    """Return the public key that belongs to a private one; takes milliseconds, so keep it."""
    return PublicKey(curve.multiplied(curve.G, by=key.d))


def new_private_key() -> PrivateKey:
    """Return a new private key from the operating system's generator."""
    while (d := curve.random_factor()) > curve.N - 2:
        pass
    return PrivateKey(d)
