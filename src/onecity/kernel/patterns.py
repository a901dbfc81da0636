"""Texts of people within SQL patterns."""

from typing import Final

_ESCAPES: Final = str.maketrans({character: f"\\{character}" for character in "\\%_"})


def like_literal(text: str) -> str:
    """Return a text as LIKE finds it word for word; the pattern's escape is the backslash, PostgreSQL's own."""
    return text.translate(_ESCAPES)
