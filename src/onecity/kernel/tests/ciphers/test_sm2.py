import logging

import pytest
from gmssl.sm2 import CryptSM2
from hypothesis import given, settings
from hypothesis import strategies as st

from onecity.kernel.ciphers.sm2 import curve, encryption, keys, signature
from onecity.kernel.ciphers.sm2.curve import G, N, P, Point
from onecity.kernel.ciphers.sm2.keys import InvalidKey, PrivateKey, PublicKey
from onecity.kernel.ciphers.sm2.signature import InvalidSignatureForm
from onecity.kernel.ciphers.sm4 import Undecipherable
from onecity.kernel.tests.vectors import text

FILE = "sm-vectors.json"
FEW = settings(max_examples=15, deadline=None)


def published(*path: str) -> str:
    return text(FILE, "sm2", *path)


KEY = keys.private_key_from(bytes.fromhex(published("d")))
PUBLIC = keys.public_key_of(KEY)
MESSAGE = published("sign", "msg_ascii").encode()
SIGNATURE = bytes.fromhex(published("sign", "r") + published("sign", "s"))
CIPHERTEXT = bytes.fromhex(published("encrypt", "c1") + published("encrypt", "c3") + published("encrypt", "c2"))


def draw(monkeypatch: pytest.MonkeyPatch, *factors: int) -> None:
    """Have the next random factors be these."""
    monkeypatch.setattr(curve, "random_factor", iter(factors).__next__)


def test_published_curve_is_the_one_in_use() -> None:
    assert f"{curve.P:x}" == published("curve", "p")
    assert curve.P - 3 == curve.A
    assert f"{curve.B:x}" == published("curve", "b")
    assert f"{curve.N:x}" == published("curve", "n")
    assert G.raw.hex() == published("curve", "gx") + published("curve", "gy")
    assert G.lies_on_curve


def test_published_public_key_belongs_to_the_private_one() -> None:
    assert PUBLIC.raw.hex() == published("pub")
    assert KEY.raw.hex() == published("d")


def test_published_hash_of_the_signer_is_reproduced() -> None:
    assert signature.signer_hash(PUBLIC).hex() == published("sign", "za")
    assert signature.signer_hash(PUBLIC, signer=published("sign", "id_ascii").encode()).hex() == published("sign", "za")
    assert signature.message_digest(PUBLIC, message=MESSAGE).hex() == published("sign", "e")


def test_published_signature_is_reproduced(monkeypatch: pytest.MonkeyPatch) -> None:
    draw(monkeypatch, int(published("k"), 16))
    assert signature.sign(KEY, message=MESSAGE) == SIGNATURE


def test_published_signature_verifies() -> None:
    assert signature.verifies(PUBLIC, message=MESSAGE, signature=SIGNATURE)


def test_published_ciphertext_is_reproduced(monkeypatch: pytest.MonkeyPatch) -> None:
    draw(monkeypatch, int(published("k"), 16))
    plaintext = published("encrypt", "msg_ascii").encode()
    assert encryption.encrypt(PUBLIC, plaintext=plaintext) == CIPHERTEXT


def test_published_ciphertext_is_opened() -> None:
    assert encryption.decrypt(KEY, ciphertext=CIPHERTEXT).decode() == published("encrypt", "msg_ascii")


@FEW
@given(st.binary(max_size=50), st.binary(max_size=20))
def test_signature_verifies_for_its_message_signer_and_key_only(message: bytes, signer: bytes) -> None:
    signed = signature.sign(KEY, message=message, signer=signer)
    assert signature.verifies(PUBLIC, message=message, signature=signed, signer=signer)
    assert not signature.verifies(PUBLIC, message=message + b"\x00", signature=signed, signer=signer)
    assert not signature.verifies(PUBLIC, message=message, signature=signed, signer=signer + b"0")


def test_signature_of_another_key_does_not_verify() -> None:
    signed = signature.sign(keys.new_private_key(), message=MESSAGE)
    assert not signature.verifies(PUBLIC, message=MESSAGE, signature=signed)


@FEW
@given(st.integers(0, 511))
def test_changed_bit_of_a_signature_is_noticed(place: int) -> None:
    changed = bytearray(SIGNATURE)
    changed[place // 8] ^= 1 << place % 8
    assert not signature.verifies(PUBLIC, message=MESSAGE, signature=bytes(changed))


def test_library_verifies_our_signature_and_we_verify_the_library_s() -> None:
    library = CryptSM2(private_key=published("d"), public_key=published("pub"))
    assert library.verify_with_sm3(signature.sign(KEY, message=MESSAGE).hex(), MESSAGE)
    theirs = bytes.fromhex(library.sign_with_sm3(MESSAGE, random_hex_str=f"{12345:064x}"))
    assert signature.verifies(PUBLIC, message=MESSAGE, signature=theirs)


def test_library_opens_our_ciphertext_and_we_open_the_library_s() -> None:
    library = CryptSM2(private_key=published("d"), public_key=published("pub"), mode=1)
    ours = encryption.encrypt(PUBLIC, plaintext=b"secret!")
    assert library.decrypt(ours[1:]) == b"secret!"
    assert encryption.decrypt(KEY, ciphertext=b"\x04" + library.encrypt(b"secret!")) == b"secret!"


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        SIGNATURE[:63],
        SIGNATURE + b"\x00",
        bytes(32) + SIGNATURE[32:],
        SIGNATURE[:32] + bytes(32),
        N.to_bytes(32, "big") + SIGNATURE[32:],
        SIGNATURE[:32] + N.to_bytes(32, "big"),
        (1).to_bytes(32, "big") + (N - 1).to_bytes(32, "big"),
    ],
)
def test_signature_out_of_bounds_does_not_verify(broken: bytes) -> None:
    assert not signature.verifies(PUBLIC, message=MESSAGE, signature=broken)


def test_signature_that_leads_to_infinity_does_not_verify() -> None:
    # s·G + t·P vanishes when s + (r + s)·d = 0; only the key's owner can make such a pair.
    s = 5
    t = -s * pow(KEY.d, -1, N) % N
    forged = ((t - s) % N).to_bytes(32, "big") + s.to_bytes(32, "big")
    assert not signature.verifies(PUBLIC, message=MESSAGE, signature=forged)


def test_signature_whose_two_points_are_one_verifies() -> None:
    # s·G = t·P calls for the doubling of a point.
    t = 7
    s = t * KEY.d % N
    r = (t - s) % N
    doubled = curve.multiplied(G, by=2 * s % N)
    digest = ((r - doubled.x) % N).to_bytes(32, "big")
    signed = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    assert signature.digest_verifies(PUBLIC, digest=digest, signature=signed)


def test_factor_that_makes_r_zero_is_thrown_away(monkeypatch: pytest.MonkeyPatch) -> None:
    digest = ((N - curve.multiplied(G, by=3).x) % N).to_bytes(32, "big")
    draw(monkeypatch, 3, 4)
    assert signature.digest_verifies(PUBLIC, digest=digest, signature=signature.sign_digest(KEY, digest=digest))


def test_factor_that_makes_r_plus_k_the_order_is_thrown_away(monkeypatch: pytest.MonkeyPatch) -> None:
    digest = ((N - 3 - curve.multiplied(G, by=3).x) % N).to_bytes(32, "big")
    draw(monkeypatch, 3, 4)
    assert signature.digest_verifies(PUBLIC, digest=digest, signature=signature.sign_digest(KEY, digest=digest))


def test_factor_that_makes_s_zero_is_thrown_away(monkeypatch: pytest.MonkeyPatch) -> None:
    r = 3 * pow(KEY.d, -1, N) % N
    digest = ((r - curve.multiplied(G, by=3).x) % N).to_bytes(32, "big")
    draw(monkeypatch, 3, 4)
    assert signature.digest_verifies(PUBLIC, digest=digest, signature=signature.sign_digest(KEY, digest=digest))


@pytest.mark.parametrize("length", [0, 31, 33])
def test_digest_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        signature.sign_digest(KEY, digest=bytes(length))
    with pytest.raises(ValueError, match="32 bytes"):
        signature.digest_verifies(PUBLIC, digest=bytes(length), signature=SIGNATURE)


def test_signer_s_identifier_has_a_limit() -> None:
    assert len(signature.signer_hash(PUBLIC, signer=bytes(8191))) == 32
    with pytest.raises(ValueError, match="8191"):
        signature.signer_hash(PUBLIC, signer=bytes(8192))


@given(st.integers(1, N - 1), st.integers(1, N - 1))
def test_both_forms_of_a_signature_hold_the_same(r: int, s: int) -> None:
    raw = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    der = signature.der_signature(raw)
    assert der[0] == 0x30
    assert signature.raw_signature(der) == raw


def test_der_form_of_the_published_signature() -> None:
    # r and s begin with a set bit, so each INTEGER has 33 bytes.
    assert signature.der_signature(SIGNATURE).hex() == (
        "3046022100" + published("sign", "r") + "022100" + published("sign", "s")
    )


@pytest.mark.parametrize(
    "der", [b"", b"\x30\x00", SIGNATURE, bytes.fromhex("3006020101020101") + b"\x00", bytes.fromhex("30060201ff020101")]
)
def test_bytes_that_are_no_der_signature_are_refused(der: bytes) -> None:
    with pytest.raises(InvalidSignatureForm, match="签名的格式"):
        signature.raw_signature(der)


def test_number_too_long_for_a_raw_signature_is_refused() -> None:
    der = bytes.fromhex("3026" + "0221" + "01" + "00" * 32 + "020101")
    with pytest.raises(InvalidSignatureForm):
        signature.raw_signature(der)


def test_raw_signature_of_another_length_has_no_der_form() -> None:
    with pytest.raises(InvalidSignatureForm):
        signature.der_signature(SIGNATURE[:-1])


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


def test_public_key_is_read_with_and_without_its_prefix() -> None:
    assert keys.public_key_from(PUBLIC.raw) == PUBLIC
    assert keys.public_key_from(PUBLIC.uncompressed) == PUBLIC
    assert PUBLIC.uncompressed == b"\x04" + PUBLIC.raw


def test_public_key_that_begins_like_a_prefix_is_kept_whole() -> None:
    # The library would strip such a key's first digits.
    key = next(key for key in map(PrivateKey, range(1, 5000)) if keys.public_key_of(key).raw[0] in (0x04, 0x40, 0x44))
    public = keys.public_key_of(key)
    assert keys.public_key_from(public.raw) == public
    assert signature.verifies(public, message=b"m", signature=signature.sign(key, message=b"m"))


@pytest.mark.parametrize(
    "raw", [b"", bytes(63), bytes(64), bytes(65), b"\x04" + bytes(64), b"\x05" + PUBLIC.raw, PUBLIC.raw[:-1] + b"\x14"]
)
def test_bytes_that_are_no_public_key_are_refused(raw: bytes) -> None:
    with pytest.raises(InvalidKey):
        keys.public_key_from(raw)


def test_coordinates_beyond_the_field_are_refused() -> None:
    with pytest.raises(InvalidKey, match="曲线"):
        PublicKey(Point(PUBLIC.point.x + P, PUBLIC.point.y))


@pytest.mark.parametrize("d", [0, N - 1, N])
def test_private_key_out_of_bounds_is_refused(d: int) -> None:
    with pytest.raises(InvalidKey, match="取值范围"):
        keys.private_key_from(d.to_bytes(32, "big"))


def test_private_key_of_another_length_is_refused() -> None:
    with pytest.raises(InvalidKey, match="32字节"):
        keys.private_key_from(bytes(31))


def test_new_keys_differ_and_stay_in_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    assert keys.new_private_key() != keys.new_private_key()
    draw(monkeypatch, N - 1, 6)
    assert keys.new_private_key().d == 6


def test_private_key_is_neither_printed_nor_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    encryption.decrypt(KEY, ciphertext=CIPHERTEXT)
    signature.sign(KEY, message=MESSAGE)
    assert repr(KEY) == "PrivateKey()"
    assert published("d") not in caplog.text.lower()


@pytest.mark.parametrize("factor", [0, N, N + 1, -1])
def test_factor_out_of_bounds_is_refused(factor: int) -> None:
    with pytest.raises(ValueError, match="order"):
        curve.multiplied(G, by=factor)


@FEW
@given(st.integers(1, N - 1), st.integers(1, N - 1))
def test_multiplication_distributes_over_addition(a: int, b: int) -> None:
    total = curve.added(curve.multiplied(G, by=a), curve.multiplied(G, by=b))
    assert total == (curve.multiplied(G, by=(a + b) % N) if (a + b) % N else None)


def test_point_and_its_opposite_sum_to_infinity() -> None:
    assert curve.added(G, Point(G.x, P - G.y)) is None


def test_point_added_to_itself_is_its_double() -> None:
    assert curve.added(G, G) == curve.multiplied(G, by=2)


def test_random_factors_come_from_the_operating_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onecity.kernel.ciphers.sm2.curve.secrets.randbelow", lambda limit: limit - 1)
    assert curve.random_factor() == N - 1
