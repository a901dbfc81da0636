"""Pages by key: the next page begins after the last row's key, however deep it lies; nothing is counted by scanning."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Generic, TypeVar

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh

Row = TypeVar("Row")
Shown = TypeVar("Shown")
PAGE_SIZE: Final = 20
LARGEST_PAGE: Final = 500


class BadCursor(Invalid):
    """The cursor is not one that this system gave out."""

    code = "bad_cursor"
    message = zh("翻页标记无效，请从第一页重新开始")


@dataclass(frozen=True, slots=True)
class Cursor:
    """The key of the last row of a page: its instant and its id, in the list's order."""

    at: datetime
    id: int

    def encode(self) -> str:
        """Return the cursor as a short opaque text for links."""
        text = json.dumps([self.at.isoformat(), self.id], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> "Cursor | None":
        """Read a cursor; None from an empty text.

        Raises: BadCursor if the text is not one that `encode` made.
        """
        if not text:
            return None
        try:
            at, number = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            moment = datetime.fromisoformat(at)
            if moment.tzinfo is None or not isinstance(number, int):
                raise BadCursor
            return cls(at=moment, id=number)
        except (ValueError, TypeError, binascii.Error):
            raise BadCursor from None


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows there are: exactly `number`, or at least that many when `open_ended`."""

    number: int
    open_ended: bool = False


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows of one page, the cursor of the next one (None on the last), and the count where it is known cheaply."""

    rows: Sequence[Row]
    next: Cursor | None = None
    count: Count | None = None

    def shown(self, show: Callable[[Row], Shown]) -> "Page[Shown]":
        """Return the page with what is shown of each row."""
        return Page([show(row) for row in self.rows], self.next, self.count)
