"""SM4 in the two modes that OneCity uses: GCM (authenticated) and CBC (for partners that ask for it).

Keys are 16 bytes. ECB is not offered: it shows which blocks are equal.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh

KEY_BYTES = 16
BLOCK_BYTES = 16
GCM_IV_BYTES = 12
GCM_TAG_BYTES = 16


class Undecipherable(Invalid):
    """The ciphertext, the key and the context do not belong together, or something was altered."""

    code = "undecipherable"
    message = zh("密文无法解开：密钥不符，或者内容已被改动")


def gcm_encrypt(key: bytes, *, iv: bytes, plaintext: bytes, associated: bytes = b"") -> bytes:
    """Return the ciphertext, as long as the plaintext, followed by the 16-byte tag.

    iv: 12 bytes, never twice under one key. associated: bytes that are authenticated, not encrypted.
    Raises: ValueError for a key or iv of another length.
    Source: GB/T 32907-2016; GB/T 17964-2021, GCM; RFC 8998.
    """
    if len(iv) != GCM_IV_BYTES:
        raise ValueError("the initialisation vector must be 12 bytes")
    encryptor = Cipher(algorithms.SM4(key), modes.GCM(iv)).encryptor()
    encryptor.authenticate_additional_data(associated)
    return encryptor.update(plaintext) + encryptor.finalize() + encryptor.tag


def gcm_decrypt(key: bytes, *, iv: bytes, ciphertext: bytes, associated: bytes = b"") -> bytes:
    """Return the plaintext of `gcm_encrypt`.

    Raises: Undecipherable if anything was altered or does not fit; ValueError for a key or iv of another length.
    Source: GB/T 32907-2016; GB/T 17964-2021, GCM; RFC 8998.
    """
    if len(iv) != GCM_IV_BYTES:
        raise ValueError("the initialisation vector must be 12 bytes")
    if len(ciphertext) < GCM_TAG_BYTES:
        raise Undecipherable
    body, tag = ciphertext[:-GCM_TAG_BYTES], ciphertext[-GCM_TAG_BYTES:]
    decryptor = Cipher(algorithms.SM4(key), modes.GCM(iv, tag)).decryptor()
    decryptor.authenticate_additional_data(associated)
    try:
        return decryptor.update(body) + decryptor.finalize()
    except InvalidTag:
        raise Undecipherable from None


def cbc_encrypt(key: bytes, *, iv: bytes, plaintext: bytes) -> bytes:
    """Return the ciphertext of the plaintext padded to whole blocks (PKCS #7).

    CBC alone does not notice changes: send an HMAC over iv and ciphertext with it.
    iv: 16 random bytes, new for each message.
    Raises: ValueError for a key or iv of another length.
    Source: GB/T 32907-2016; GB/T 17964-2021, CBC.
    """
    padder = padding.PKCS7(BLOCK_BYTES * 8).padder()
    encryptor = Cipher(algorithms.SM4(key), modes.CBC(iv)).encryptor()
    return encryptor.update(padder.update(plaintext) + padder.finalize()) + encryptor.finalize()


def cbc_decrypt(key: bytes, *, iv: bytes, ciphertext: bytes) -> bytes:
    """Return the plaintext of `cbc_encrypt`; check the HMAC first, because the padding alone proves nothing.

    Raises: Undecipherable if the length or the padding is wrong; ValueError for a key or iv of another length.
    Source: GB/T 32907-2016; GB/T 17964-2021, CBC.
    """
    decryptor = Cipher(algorithms.SM4(key), modes.CBC(iv)).decryptor()
    unpadder = padding.PKCS7(BLOCK_BYTES * 8).unpadder()
    try:
        padded = decryptor.update(ciphertext) + decryptor.finalize()
        return unpadder.update(padded) + unpadder.finalize()
    except ValueError:
        raise Undecipherable from None
