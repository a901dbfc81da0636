"""Saved filters as they cross the border."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FilterInfo:
    """A filter that somebody keeps. query: of the list's address, without the question mark."""

    id: int
    name: str
    query: str
