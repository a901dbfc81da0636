"""Texts within LIKE patterns."""

import pytest

from onecity.kernel.patterns import like_literal


@pytest.mark.parametrize(
    ("text", "pattern"), [("人民路", "人民路"), ("100%", "100\\%"), ("a_b", "a\\_b"), ("c:\\d", "c:\\\\d")]
)
def test_signs_with_a_meaning_are_taken_literally(text: str, pattern: str) -> None:
    assert like_literal(text) == pattern
