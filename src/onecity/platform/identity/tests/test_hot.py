"""Who asks on a hot road."""

import pytest

from onecity.platform.identity.hot import token_of


@pytest.mark.parametrize(
    ("header", "token"),
    [
        ("Bearer abc", "abc"),
        ("bearer abc ", "abc"),
        ("Basic dXNlcjphYmM=", "abc"),
        ("Basic dXNlcg==", ""),
        ("Basic ???", ""),
        ("Digest x", None),
        ("", None),
    ],
)
def test_token_comes_as_bearer_or_as_the_password_of_basic(header: str, token: str | None) -> None:
    assert token_of(header) == token
