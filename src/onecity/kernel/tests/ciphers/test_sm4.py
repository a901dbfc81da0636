import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.kernel.ciphers import sm4
from onecity.kernel.ciphers.sm4 import Undecipherable
from onecity.kernel.tests.vectors import text

FILE = "sm-vectors.json"
KEY = bytes.fromhex(text(FILE, "sm4", "key"))


def octets(*path: str) -> bytes:
    return bytes.fromhex(text(FILE, "sm4", *path))


def first_block(plaintext: bytes, iv: bytes = bytes(16)) -> bytes:
    return sm4.cbc_encrypt(KEY, iv=iv, plaintext=plaintext)[: len(plaintext)]


def test_published_block_is_reproduced() -> None:
    assert first_block(octets("block_ecb", "in")) == octets("block_ecb", "out")


def test_published_million_rounds_are_reproduced() -> None:
    # CBC over zero blocks feeds each ciphertext block into the next encryption.
    start = octets("block_1e6_iterations", "in") + bytes(16 * 999_999)
    assert first_block(start)[-16:] == octets("block_1e6_iterations", "out")


def test_published_equal_blocks_are_reproduced_one_by_one() -> None:
    plain, cipher = octets("ecb_two_blocks", "in"), octets("ecb_two_blocks", "out")
    assert first_block(plain[:16]) + first_block(plain[16:]) == cipher


def test_published_cbc_is_reproduced() -> None:
    plain, iv = octets("cbc", "in"), octets("cbc", "iv")
    assert first_block(plain, iv) == octets("cbc", "out")
    assert sm4.cbc_decrypt(KEY, iv=iv, ciphertext=sm4.cbc_encrypt(KEY, iv=iv, plaintext=plain)) == plain


def test_published_counter_stream_is_made_of_the_same_blocks() -> None:
    iv, plain, cipher = octets("ctr", "iv"), octets("ctr", "in"), octets("ctr", "out")
    counter = int.from_bytes(iv, "big")
    stream = b"".join(first_block((counter + block).to_bytes(16, "big")) for block in range(len(plain) // 16))
    assert bytes(a ^ b for a, b in zip(plain, stream, strict=True)) == cipher


def test_published_gcm_is_reproduced() -> None:
    iv, aad, plain = octets("gcm_rfc8998", "iv"), octets("gcm_rfc8998", "aad"), octets("gcm_rfc8998", "in")
    sealed = octets("gcm_rfc8998", "out") + octets("gcm_rfc8998", "tag")
    assert sm4.gcm_encrypt(KEY, iv=iv, plaintext=plain, associated=aad) == sealed
    assert sm4.gcm_decrypt(KEY, iv=iv, ciphertext=sealed, associated=aad) == plain


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=12, max_size=12), st.binary(max_size=99), st.binary())
def test_gcm_is_undone(key: bytes, iv: bytes, plaintext: bytes, associated: bytes) -> None:
    sealed = sm4.gcm_encrypt(key, iv=iv, plaintext=plaintext, associated=associated)
    assert len(sealed) == len(plaintext) + sm4.GCM_TAG_BYTES
    assert sm4.gcm_decrypt(key, iv=iv, ciphertext=sealed, associated=associated) == plaintext


@given(st.binary(max_size=40), st.data())
def test_gcm_notices_every_changed_bit(plaintext: bytes, data: st.DataObject) -> None:
    sealed = bytearray(sm4.gcm_encrypt(KEY, iv=bytes(12), plaintext=plaintext))
    place = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[place // 8] ^= 1 << place % 8
    with pytest.raises(Undecipherable):
        sm4.gcm_decrypt(KEY, iv=bytes(12), ciphertext=bytes(sealed))


def test_gcm_notices_other_key_iv_and_associated_bytes() -> None:
    sealed = sm4.gcm_encrypt(KEY, iv=bytes(12), plaintext=b"secret", associated=b"a")
    for key, iv, associated in ((bytes(16), bytes(12), b"a"), (KEY, b"1" * 12, b"a"), (KEY, bytes(12), b"b")):
        with pytest.raises(Undecipherable, match="密文无法解开"):
            sm4.gcm_decrypt(key, iv=iv, ciphertext=sealed, associated=associated)


def test_gcm_refuses_a_ciphertext_shorter_than_its_tag() -> None:
    with pytest.raises(Undecipherable):
        sm4.gcm_decrypt(KEY, iv=bytes(12), ciphertext=bytes(15))


def test_wrong_lengths_of_key_and_iv_are_refused() -> None:
    with pytest.raises(ValueError, match="12 bytes"):
        sm4.gcm_encrypt(KEY, iv=bytes(16), plaintext=b"")
    with pytest.raises(ValueError, match="12 bytes"):
        sm4.gcm_decrypt(KEY, iv=bytes(16), ciphertext=bytes(16))
    with pytest.raises(ValueError, match="key"):
        sm4.gcm_encrypt(KEY[:8], iv=bytes(12), plaintext=b"")
    with pytest.raises(ValueError, match="key"):
        sm4.cbc_decrypt(KEY[:8], iv=bytes(16), ciphertext=bytes(16))
    with pytest.raises(ValueError, match="IV"):
        sm4.cbc_encrypt(KEY, iv=bytes(12), plaintext=b"")


@given(st.binary(min_size=16, max_size=16), st.binary(max_size=99))
def test_cbc_is_undone(iv: bytes, plaintext: bytes) -> None:
    sealed = sm4.cbc_encrypt(KEY, iv=iv, plaintext=plaintext)
    assert len(sealed) % 16 == 0
    assert sm4.cbc_decrypt(KEY, iv=iv, ciphertext=sealed) == plaintext


@pytest.mark.parametrize("ciphertext", [b"", bytes(15), bytes(16)])
def test_cbc_refuses_broken_blocks_and_padding(ciphertext: bytes) -> None:
    with pytest.raises(Undecipherable):
        sm4.cbc_decrypt(KEY, iv=bytes(16), ciphertext=ciphertext)
