"""SM3 hash, HMAC-SM3 and PBKDF2-HMAC-SM3."""

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

DIGEST_BYTES = 32


def sm3(data: bytes) -> bytes:
    """Return the 32-byte hash of `data`.

    Source: GB/T 32905-2016.
    """
    state = hashes.Hash(hashes.SM3())
    state.update(data)
    return state.finalize()


def hmac_sm3(key: bytes, *, data: bytes) -> bytes:
    """Return the 32-byte keyed hash of `data`; also the blind index by which encrypted fields are found.

    Source: GB/T 32905-2016; RFC 2104.
    """
    state = hmac.HMAC(key, hashes.SM3())
    state.update(data)
    return state.finalize()


def pbkdf2_hmac_sm3(password: bytes, *, salt: bytes, iterations: int, length: int = DIGEST_BYTES) -> bytes:
    """Return `length` bytes derived from a password; slow on purpose.

    Source: RFC 8018, PBKDF2, with HMAC-SM3 as its pseudorandom function.
    """
    return PBKDF2HMAC(algorithm=hashes.SM3(), length=length, salt=salt, iterations=iterations).derive(password)
