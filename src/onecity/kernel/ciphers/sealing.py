"""How a secret is stored: SM4-GCM with what is needed to open it later in front.

    01      01         VVVV         12 bytes  n bytes     16 bytes
    format  algorithm  key version  iv        ciphertext  tag
    |------------ authenticated with the context -------|

The context (table, column and row, say) is not stored; a sealed value moved to another row no longer opens.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field

from onecity.kernel.ciphers import sm4
from onecity.kernel.ciphers.sm4 import Undecipherable
from onecity.kernel.text import zh

FORMAT_1 = 1
SM4_GCM = 1
LAST_VERSION = 0xFFFF
OVERHEAD_BYTES = 4 + sm4.GCM_IV_BYTES + sm4.GCM_TAG_BYTES

_HEADER_BYTES = 4 + sm4.GCM_IV_BYTES


class UnknownKeyVersion(Undecipherable):
    """The value was sealed with a key that is not at hand."""

    code = "unknown_key_version"
    message = zh("缺少解密所需的密钥（版本{version}）")


@dataclass(frozen=True, slots=True)
class SealingKey:
    """A data key and its version; the secret is never printed.

    version: 0-65535, never given twice. secret: 16 bytes.
    Raises: ValueError if either is out of bounds.
    """

    version: int
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if not 0 <= self.version <= LAST_VERSION:
            raise ValueError("a key version is a number from 0 to 65535")
        if len(self.secret) != sm4.KEY_BYTES:
            raise ValueError("an SM4 key has 16 bytes")


def seal(key: SealingKey, *, plaintext: bytes, context: bytes) -> bytes:
    """Return `plaintext` sealed under `key` and bound to `context`; 32 bytes longer, different each time.

    One key seals at most 2³² values: the iv is random.
    Source: house rule (prefix); GB/T 17964-2021, GCM.
    """
    iv = secrets.token_bytes(sm4.GCM_IV_BYTES)
    header = bytes((FORMAT_1, SM4_GCM)) + key.version.to_bytes(2, "big") + iv
    return header + sm4.gcm_encrypt(key.secret, iv=iv, plaintext=plaintext, associated=header + context)


def sealed_version(sealed: bytes) -> int:
    """Return the version of the key that a value is sealed with: rotation looks for old ones.

    Raises: Undecipherable if this is not a sealed value.
    """
    if len(sealed) < OVERHEAD_BYTES or sealed[0] != FORMAT_1 or sealed[1] != SM4_GCM:
        raise Undecipherable
    return int.from_bytes(sealed[2:4], "big")


def open_sealed(keys: Iterable[SealingKey], *, sealed: bytes, context: bytes) -> bytes:
    """Return the plaintext, with whichever of `keys` has the right version.

    Raises: UnknownKeyVersion; Undecipherable if the value was altered or belongs to another context.
    Source: house rule (prefix); GB/T 17964-2021, GCM.
    """
    version = sealed_version(sealed)
    for key in keys:
        if key.version == version:
            header, body = sealed[:_HEADER_BYTES], sealed[_HEADER_BYTES:]
            return sm4.gcm_decrypt(key.secret, iv=header[4:], ciphertext=body, associated=header + context)
    raise UnknownKeyVersion(params={"version": version})
