import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.kernel.ciphers.sm2 import curve, encryption, keys, signature
from onecity.kernel.ciphers.sm2.curve import G, N, P, Point
from onecity.kernel.ciphers.sm2.keys import InvalidKey, PrivateKey, PublicKey
from onecity.kernel.tests.ciphers.sm2_examples import CIPHERTEXT, FEW, KEY, MESSAGE, PUBLIC, draw, published


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
