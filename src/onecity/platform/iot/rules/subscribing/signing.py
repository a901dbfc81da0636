"""How a webhook's receiver knows that a batch is the city's: a time and keyed hashes over it and the body.

    OneCity-Timestamp: 1773115200
    OneCity-Signature: sm3=<hex>,sha256=<hex>[,sm3=<hex>,sha256=<hex>]

Signed is `<timestamp>.<body>`. While a secret is being replaced, both sign.
"""

import hmac
import secrets
from collections.abc import Sequence
from typing import Final

from onecity.kernel.ciphers.sm3 import hmac_sm3

TIMESTAMP: Final = "OneCity-Timestamp"
SIGNATURE: Final = "OneCity-Signature"
SECRET_MARK: Final = "whs_"
TOLERANCE_S: Final = 300


def new_secret() -> str:
    """Return a secret of 256 random bits."""
    return SECRET_MARK + secrets.token_urlsafe(32)


def signature(keys: Sequence[str], *, timestamp: int, body: bytes) -> str:
    """Return the header's value. keys: secrets in force, the newest first. timestamp: seconds since 1970.

    Source: RFC 2104; GB/T 32905-2016.
    """
    signed = str(timestamp).encode() + b"." + body
    hashes = ((hmac_sm3(key.encode(), data=signed), hmac.digest(key.encode(), signed, "sha256")) for key in keys)
    return ",".join(f"sm3={one.hex()},sha256={other.hex()}" for one, other in hashes)


def is_signed(header: str, *, secret: str, timestamp: str, body: bytes, now: float) -> bool:
    """Say whether a batch was signed with a secret within the tolerance; either hash is proof. now: since 1970, s."""
    if not (timestamp.isascii() and timestamp.isdigit() and abs(now - int(timestamp)) <= TOLERANCE_S):
        return False
    own = signature([secret], timestamp=int(timestamp), body=body).split(",")
    given = [part.strip() for part in header.split(",")]
    return any(hmac.compare_digest(one.encode(), other.encode()) for one in own for other in given)
