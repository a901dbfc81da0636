"""Codes of the rights of public opinion; the posts of its process among them."""

from typing import Final

VIEW: Final = "opinion.view"
JUDGE: Final = "opinion.judge"
HANDLE: Final = "opinion.handle"
APPROVE: Final = "opinion.approve"
CONFIGURE: Final = "opinion.configure"

CASES_VIEW: Final = "cases.view"
"""The right of the case engine that everybody here holds too."""
