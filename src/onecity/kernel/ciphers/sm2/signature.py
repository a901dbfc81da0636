"""SM2 signatures: over the hash of ZA and the message, as raw 64 bytes or DER."""

from typing import Final

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from onecity.kernel.ciphers.sm2 import curve
from onecity.kernel.ciphers.sm2.curve import FIELD_BYTES, N
from onecity.kernel.ciphers.sm2.keys import PrivateKey, PublicKey, public_key_of
from onecity.kernel.ciphers.sm3 import DIGEST_BYTES, sm3
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh

DEFAULT_SIGNER: Final = b"1234567812345678"

_LONGEST_SIGNER = 0xFFFF // 8


class InvalidSignatureForm(Invalid):
    """The bytes are not a signature in the form that they are said to have."""

    code = "sm2_signature_form"
    message = zh("SM2签名的格式不正确")


def signer_hash(key: PublicKey, *, signer: bytes = DEFAULT_SIGNER) -> bytes:
    """Return ZA: the hash of the signer's identifier, the curve and the public key.

    signer: up to 8191 bytes.
    Raises: ValueError if the identifier is longer.
    Source: GB/T 32918.2-2016, 5.5.
    """
    if len(signer) > _LONGEST_SIGNER:
        raise ValueError("a signer's identifier has at most 8191 bytes")
    length = (8 * len(signer)).to_bytes(2, "big")
    curve_part = curve.A.to_bytes(FIELD_BYTES, "big") + curve.B.to_bytes(FIELD_BYTES, "big") + curve.G.raw
    return sm3(length + signer + curve_part + key.raw)


def message_digest(key: PublicKey, *, message: bytes, signer: bytes = DEFAULT_SIGNER) -> bytes:
    """Return e, the hash of ZA and the message: what is signed.

    Source: GB/T 32918.2-2016, 6.1.
    """
    return sm3(signer_hash(key, signer=signer) + message)


def sign(key: PrivateKey, *, message: bytes, signer: bytes = DEFAULT_SIGNER) -> bytes:
    """Return the signature of a message, r and s, 64 bytes; different each time.

    Source: GB/T 32918.2-2016, 6.1.
    """
    return sign_digest(key, digest=message_digest(public_key_of(key), message=message, signer=signer))


def sign_digest(key: PrivateKey, *, digest: bytes) -> bytes:
    """Return the signature over e (`message_digest`), r and s, 64 bytes.

    Raises: ValueError if the digest is not 32 bytes.
    Source: GB/T 32918.2-2016, 6.1.
    """
    e = _number(digest)
    while (pair := _signature(e, d=key.d, k=curve.random_factor())) is None:
        pass
    return _raw(*pair)


def verifies(key: PublicKey, *, message: bytes, signature: bytes, signer: bytes = DEFAULT_SIGNER) -> bool:
    """Say whether a raw signature (64 bytes) of the message was made with the key's private part.

    Source: GB/T 32918.2-2016, 7.1.
    """
    return digest_verifies(key, digest=message_digest(key, message=message, signer=signer), signature=signature)


def digest_verifies(key: PublicKey, *, digest: bytes, signature: bytes) -> bool:
    """Say whether a raw signature (64 bytes) fits e (`message_digest`).

    Raises: ValueError if the digest is not 32 bytes.
    Source: GB/T 32918.2-2016, 7.1.
    """
    e = _number(digest)
    if len(signature) != 2 * FIELD_BYTES:
        return False
    r, s = int.from_bytes(signature[:FIELD_BYTES], "big"), int.from_bytes(signature[FIELD_BYTES:], "big")
    t = (r + s) % N
    if not (1 <= r < N and 1 <= s < N and t):
        return False
    total = curve.added(curve.multiplied(curve.G, by=s), curve.multiplied(key.point, by=t))
    return total is not None and (e + total.x) % N == r


def der_signature(raw: bytes) -> bytes:
    """Return the ASN.1 form, SEQUENCE of two INTEGERs, of a raw signature.

    Raises: InvalidSignatureForm if it is not 64 bytes.
    Source: GB/T 35276-2017, signature data.
    """
    if len(raw) != 2 * FIELD_BYTES:
        raise InvalidSignatureForm
    return encode_dss_signature(int.from_bytes(raw[:FIELD_BYTES], "big"), int.from_bytes(raw[FIELD_BYTES:], "big"))


def raw_signature(der: bytes) -> bytes:
    """Return the raw 64 bytes of a signature in its ASN.1 form; only the strict DER encoding is taken.

    Raises: InvalidSignatureForm if it is not DER or a number is out of bounds.
    Source: GB/T 35276-2017, signature data.
    """
    try:
        return _raw(*decode_dss_signature(der))
    except (ValueError, OverflowError):
        raise InvalidSignatureForm from None


def _signature(e: int, *, d: int, k: int) -> tuple[int, int] | None:
    """Return r and s for one k, or None if this k must be thrown away."""
    r = (e + curve.multiplied(curve.G, by=k).x) % N
    if r == 0 or r + k == N:
        return None
    s = pow(1 + d, -1, N) * (k - r * d) % N
    return (r, s) if s else None


def _number(digest: bytes) -> int:
    if len(digest) != DIGEST_BYTES:
        raise ValueError("a digest has 32 bytes")
    return int.from_bytes(digest, "big")


def _raw(r: int, s: int) -> bytes:
    return r.to_bytes(FIELD_BYTES, "big") + s.to_bytes(FIELD_BYTES, "big")
