import pytest
from gmssl.sm2 import CryptSM2
from hypothesis import given
from hypothesis import strategies as st

from onecity.kernel.ciphers.sm2 import curve, encryption
from onecity.kernel.ciphers.sm2.curve import G
from onecity.kernel.ciphers.sm4 import Undecipherable
from onecity.kernel.tests.ciphers.sm2_examples import CIPHERTEXT, FEW, KEY, PUBLIC, draw, published


def test_published_ciphertext_is_reproduced(monkeypatch: pytest.MonkeyPatch) -> None:
    draw(monkeypatch, int(published("k"), 16))
    plaintext = published("encrypt", "msg_ascii").encode()
    assert encryption.encrypt(PUBLIC, plaintext=plaintext) == CIPHERTEXT


def test_published_ciphertext_is_opened() -> None:
    assert encryption.decrypt(KEY, ciphertext=CIPHERTEXT).decode() == published("encrypt", "msg_ascii")


def test_library_opens_our_ciphertext_and_we_open_the_library_s() -> None:
    library = CryptSM2(private_key=published("d"), public_key=published("pub"), mode=1)
    ours = encryption.encrypt(PUBLIC, plaintext=b"secret!")
    assert library.decrypt(ours[1:]) == b"secret!"
    assert encryption.decrypt(KEY, ciphertext=b"\x04" + library.encrypt(b"secret!")) == b"secret!"


@FEW
@given(st.binary(min_size=1, max_size=100))
def test_encryption_is_undone(plaintext: bytes) -> None:
    ciphertext = encryption.encrypt(PUBLIC, plaintext=plaintext)
    assert ciphertext[0] == 4
    assert len(ciphertext) == 97 + len(plaintext)
    assert encryption.decrypt(KEY, ciphertext=ciphertext) == plaintext


def test_factor_whose_mask_is_all_zero_is_thrown_away(monkeypatch: pytest.MonkeyPatch) -> None:
    # A one-byte mask is zero once in 256 draws.
    def mask_is_zero(k: int) -> bool:
        shared = curve.multiplied(PUBLIC.point, by=k)
        return encryption._mask(shared, length=1) == b"\x00"

    weak = next(k for k in range(1, 5000) if mask_is_zero(k))
    strong = next(k for k in range(1, 5000) if not mask_is_zero(k))
    draw(monkeypatch, weak, strong)
    ciphertext = encryption.encrypt(PUBLIC, plaintext=b"!")
    assert ciphertext[1:65] == curve.multiplied(G, by=strong).raw
    assert encryption.decrypt(KEY, ciphertext=ciphertext) == b"!"


@FEW
@given(st.integers(0, len(CIPHERTEXT) * 8 - 1))
def test_changed_bit_of_a_ciphertext_is_noticed(place: int) -> None:
    changed = bytearray(CIPHERTEXT)
    changed[place // 8] ^= 1 << place % 8
    with pytest.raises(Undecipherable):
        encryption.decrypt(KEY, ciphertext=bytes(changed))


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        CIPHERTEXT[:97],
        CIPHERTEXT[1:],
        b"\x04" + bytes(64) + CIPHERTEXT[65:],
        b"\x04" + b"\xff" * 64 + CIPHERTEXT[65:],
        CIPHERTEXT[:65] + CIPHERTEXT[97:] + CIPHERTEXT[65:97],
    ],
)
def test_broken_ciphertext_is_refused(broken: bytes) -> None:
    with pytest.raises(Undecipherable):
        encryption.decrypt(KEY, ciphertext=broken)


def test_nothing_is_not_encrypted() -> None:
    with pytest.raises(ValueError, match="nothing"):
        encryption.encrypt(PUBLIC, plaintext=b"")
