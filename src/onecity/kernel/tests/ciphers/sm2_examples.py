"""The key of the published examples, and random factors that are not random."""

import pytest
from hypothesis import settings

from onecity.kernel.ciphers.sm2 import curve, keys
from onecity.kernel.tests.vectors import text

FEW = settings(max_examples=15)


def published(*path: str) -> str:
    """Return one text of the published SM2 examples."""
    return text("sm-vectors.json", "sm2", *path)


KEY = keys.private_key_from(bytes.fromhex(published("d")))
PUBLIC = keys.public_key_of(KEY)
MESSAGE = published("sign", "msg_ascii").encode()
SIGNATURE = bytes.fromhex(published("sign", "r") + published("sign", "s"))
CIPHERTEXT = bytes.fromhex(published("encrypt", "c1") + published("encrypt", "c3") + published("encrypt", "c2"))


def draw(monkeypatch: pytest.MonkeyPatch, *factors: int) -> None:
    """Have the next random factors be these."""
    monkeypatch.setattr(curve, "random_factor", iter(factors).__next__)
