"""The moment at which the registers' tests take place."""

from datetime import UTC, datetime
from typing import Final

NOON: Final = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
"""A Tuesday noon in the city."""
