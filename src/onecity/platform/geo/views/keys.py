"""Pages of lists that run in the order of their codes."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final, TypeVar

from onecity.web.paging import Cursor, Page

Row = TypeVar("Row")
# Cursors carry an instant and a key; where rows run by code alone, the instant is always the same.
_ALWAYS: Final = datetime(2000, 1, 1, tzinfo=UTC)


def key_of(cursor: Cursor | None) -> int:
    """Return the key behind which a page begins; 0 for the first page."""
    return cursor.id if cursor else 0


def key_page(rows: Sequence[Row], *, size: int, key: Callable[[Row], int]) -> Page[Row]:
    """Return a page of `size` rows from a selection of at most one more."""
    shown = rows[:size]
    return Page(shown, Cursor(_ALWAYS, key(shown[-1])) if len(rows) > size else None)
