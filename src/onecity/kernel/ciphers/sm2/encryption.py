"""SM2 encryption of short secrets: C1 (65 bytes, begins with 04), C3 (32 bytes), C2 (as long as the plaintext)."""

import hmac

from onecity.kernel.ciphers.sm2 import curve
from onecity.kernel.ciphers.sm2.curve import FIELD_BYTES, Point
from onecity.kernel.ciphers.sm2.keys import PrivateKey, PublicKey
from onecity.kernel.ciphers.sm3 import DIGEST_BYTES, sm3
from onecity.kernel.ciphers.sm4 import Undecipherable

_UNCOMPRESSED = 4
_C1_BYTES = 1 + 2 * FIELD_BYTES
_C2_AT = _C1_BYTES + DIGEST_BYTES


def encrypt(key: PublicKey, *, plaintext: bytes) -> bytes:
    """Return C1, C3 and C2: 97 bytes more than the plaintext, different each time.

    Partners that leave out the leading 04 take the result from its second byte on.
    plaintext: at least one byte.
    Raises: ValueError if it is empty.
    Source: GB/T 32918.4-2016, 6.1.
    """
    if not plaintext:
        raise ValueError("there is nothing to encrypt")
    while (ciphertext := _ciphertext(key, plaintext=plaintext, k=curve.random_factor())) is None:
        pass
    return ciphertext


def decrypt(key: PrivateKey, *, ciphertext: bytes) -> bytes:
    """Return the plaintext.

    ciphertext: C1 with its leading 04, C3, C2.
    Raises: Undecipherable for every fault alike: form, a point off the curve, a wrong C3.
    Source: GB/T 32918.4-2016, 7.1.
    """
    if len(ciphertext) <= _C2_AT or ciphertext[0] != _UNCOMPRESSED:
        raise Undecipherable
    c1 = curve.point(ciphertext[1:_C1_BYTES])
    if not c1.lies_on_curve:
        raise Undecipherable
    shared = curve.multiplied(c1, by=key.d)
    c3, c2 = ciphertext[_C1_BYTES:_C2_AT], ciphertext[_C2_AT:]
    mask = _mask(shared, length=len(c2))
    plaintext = _combined(c2, mask)
    if not any(mask) or not hmac.compare_digest(_check(shared, plaintext), c3):
        raise Undecipherable
    return plaintext


def _ciphertext(key: PublicKey, *, plaintext: bytes, k: int) -> bytes | None:
    """Return the ciphertext for one k, or None if this k must be thrown away."""
    c1 = curve.multiplied(curve.G, by=k)
    shared = curve.multiplied(key.point, by=k)
    mask = _mask(shared, length=len(plaintext))
    if not any(mask):
        return None
    return bytes((_UNCOMPRESSED,)) + c1.raw + _check(shared, plaintext) + _combined(plaintext, mask)


def _mask(shared: Point, *, length: int) -> bytes:
    """Return the key stream.

    Source: GB/T 32918.4-2016, 5.4.3 (key derivation function).
    """
    blocks = range(1, -(-length // DIGEST_BYTES) + 1)
    return b"".join(sm3(shared.raw + block.to_bytes(4, "big")) for block in blocks)[:length]


def _check(shared: Point, plaintext: bytes) -> bytes:
    x, y = shared.raw[:FIELD_BYTES], shared.raw[FIELD_BYTES:]
    return sm3(x + plaintext + y)


def _combined(data: bytes, mask: bytes) -> bytes:
    return bytes(byte ^ key for byte, key in zip(data, mask, strict=True))
