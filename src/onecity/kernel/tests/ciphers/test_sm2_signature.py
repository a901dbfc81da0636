import pytest
from gmssl.sm2 import CryptSM2
from hypothesis import given
from hypothesis import strategies as st

from onecity.kernel.ciphers.sm2 import curve, keys, signature
from onecity.kernel.ciphers.sm2.curve import G, N
from onecity.kernel.ciphers.sm2.signature import InvalidSignatureForm
from onecity.kernel.tests.ciphers.sm2_examples import FEW, KEY, MESSAGE, PUBLIC, SIGNATURE, draw, published


def test_published_hash_of_the_signer_is_reproduced() -> None:
    assert signature.signer_hash(PUBLIC).hex() == published("sign", "za")
    assert signature.signer_hash(PUBLIC, signer=published("sign", "id_ascii").encode()).hex() == published("sign", "za")
    assert signature.message_digest(PUBLIC, message=MESSAGE).hex() == published("sign", "e")


def test_published_signature_is_reproduced(monkeypatch: pytest.MonkeyPatch) -> None:
    draw(monkeypatch, int(published("k"), 16))
    assert signature.sign(KEY, message=MESSAGE) == SIGNATURE


def test_published_signature_verifies() -> None:
    assert signature.verifies(PUBLIC, message=MESSAGE, signature=SIGNATURE)


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
