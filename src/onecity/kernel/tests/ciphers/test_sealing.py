import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.kernel.ciphers.sealing import (
    OVERHEAD_BYTES,
    SealingKey,
    UnknownKeyVersion,
    open_sealed,
    seal,
    sealed_version,
)
from onecity.kernel.ciphers.sm4 import Undecipherable

OLD = SealingKey(version=1, secret=bytes(range(16)))
NEW = SealingKey(version=258, secret=bytes(range(16, 32)))


@given(st.binary(max_size=100), st.binary(max_size=40))
def test_sealed_value_is_opened_with_its_context(plaintext: bytes, context: bytes) -> None:
    sealed = seal(NEW, plaintext=plaintext, context=context)
    assert len(sealed) == len(plaintext) + OVERHEAD_BYTES
    assert open_sealed([OLD, NEW], sealed=sealed, context=context) == plaintext


def test_prefix_tells_format_algorithm_and_key_version() -> None:
    sealed = seal(NEW, plaintext=b"13800138000", context=b"reporter.phone:7")
    assert sealed[:4] == b"\x01\x01\x01\x02"
    assert sealed_version(sealed) == 258


def test_same_value_is_never_sealed_alike() -> None:
    sealed = {seal(NEW, plaintext=b"13800138000", context=b"") for _ in range(50)}
    assert len({item[4:16] for item in sealed}) == 50


def test_value_moved_to_another_context_does_not_open() -> None:
    sealed = seal(NEW, plaintext=b"13800138000", context=b"reporter.phone:7")
    with pytest.raises(Undecipherable):
        open_sealed([NEW], sealed=sealed, context=b"reporter.phone:8")


@given(st.integers(0, (11 + OVERHEAD_BYTES) * 8 - 1))
def test_every_changed_bit_is_noticed(place: int) -> None:
    sealed = bytearray(seal(NEW, plaintext=b"13800138000", context=b""))
    sealed[place // 8] ^= 1 << place % 8
    with pytest.raises(Undecipherable):
        open_sealed([OLD, NEW], sealed=bytes(sealed), context=b"")


def test_version_cannot_be_relabelled_even_for_the_same_secret() -> None:
    twin = SealingKey(version=259, secret=NEW.secret)
    sealed = seal(NEW, plaintext=b"x", context=b"")
    with pytest.raises(Undecipherable):
        open_sealed([twin], sealed=sealed[:3] + b"\x03" + sealed[4:], context=b"")


def test_missing_key_is_told_by_version() -> None:
    with pytest.raises(UnknownKeyVersion, match="版本258"):
        open_sealed([OLD], sealed=seal(NEW, plaintext=b"x", context=b""), context=b"")


@pytest.mark.parametrize("sealed", [b"", bytes(OVERHEAD_BYTES - 1), bytes(64), b"\x01\x02" + bytes(62)])
def test_other_bytes_are_no_sealed_value(sealed: bytes) -> None:
    with pytest.raises(Undecipherable):
        sealed_version(sealed)


@pytest.mark.parametrize(("version", "length"), [(-1, 16), (65536, 16), (1, 15), (1, 32)])
def test_key_out_of_bounds_is_refused(version: int, length: int) -> None:
    with pytest.raises(ValueError, match=r"key"):
        SealingKey(version=version, secret=bytes(length))


def test_secret_is_not_printed() -> None:
    assert repr(NEW) == "SealingKey(version=258)"
