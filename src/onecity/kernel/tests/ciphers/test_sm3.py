import pytest
from gmssl.sm3 import sm3_hash
from hypothesis import given
from hypothesis import strategies as st

from onecity.kernel.ciphers.sm3 import hmac_sm3, pbkdf2_hmac_sm3, sm3
from onecity.kernel.tests.vectors import vectors

FILE = "sm-vectors.json"


def sm3_messages() -> list[tuple[bytes, str]]:
    found = []
    rows = vectors(FILE, "sm3")
    assert isinstance(rows, list)
    for row in rows:
        assert isinstance(row, dict)
        repeat = row.get("in_ascii_repeat")
        message = str(repeat[0]) * int(str(repeat[1])) if isinstance(repeat, list) else str(row["in_ascii"])
        found.append((message.encode(), str(row["out"])))
    return found


def hmac_messages() -> list[tuple[bytes, bytes, str]]:
    found = []
    rows = vectors(FILE, "hmac_sm3")
    assert isinstance(rows, list)
    for row in rows:
        assert isinstance(row, dict)
        key = bytes.fromhex(str(row["key_hex"])) if "key_hex" in row else str(row["key_ascii"]).encode()
        found.append((key, str(row["in_ascii"]).encode(), str(row["out"])))
    return found


@pytest.mark.parametrize(("message", "digest"), sm3_messages())
def test_published_hash_is_reproduced(message: bytes, digest: str) -> None:
    assert sm3(message).hex() == digest


@pytest.mark.parametrize(("key", "message", "digest"), hmac_messages())
def test_published_keyed_hash_is_reproduced(key: bytes, message: bytes, digest: str) -> None:
    assert hmac_sm3(key, data=message).hex() == digest


@given(st.binary(max_size=200))
def test_hash_agrees_with_an_independent_implementation(data: bytes) -> None:
    assert sm3(data).hex() == sm3_hash(list(data))


def test_password_derivation_follows_its_definition() -> None:
    # One block of PBKDF2 written out: the exclusive or of the iterated keyed hashes.
    block = hmac_sm3(b"password", data=b"salt\x00\x00\x00\x01")
    total = block
    for _ in range(2):
        block = hmac_sm3(b"password", data=block)
        total = bytes(a ^ b for a, b in zip(total, block, strict=True))
    assert pbkdf2_hmac_sm3(b"password", salt=b"salt", iterations=3) == total


def test_password_derivation_gives_the_length_asked_for() -> None:
    long = pbkdf2_hmac_sm3(b"password", salt=b"salt", iterations=2, length=48)
    assert len(long) == 48
    assert long[:32] == pbkdf2_hmac_sm3(b"password", salt=b"salt", iterations=2)
