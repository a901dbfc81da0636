"""Finding the rows that a database refuses, by landing halves."""

from collections.abc import Callable

Refusal = tuple[str, str]
"""The code and the Chinese sentence of a refusal."""


def refused_rows(count: int, *, attempt: Callable[[int, int], Refusal | None]) -> dict[int, Refusal]:
    """Land rows 0 … count - 1 in order and return those that were refused.

    attempt(first, end): lands these rows or none of them, and says why not; rows are tried in their order.
    """
    refused: dict[int, Refusal] = {}
    waiting = [(0, count)] if count else []
    while waiting:
        first, end = waiting.pop()
        reason = attempt(first, end)
        if reason is None:
            continue
        if end - first == 1:
            refused[first] = reason
            continue
        middle = (first + end) // 2
        waiting += [(middle, end), (first, middle)]
    return refused
