"""What a citizen may report, and under which title it goes."""

from datetime import timedelta
from typing import Final

MOST_REPORTS: Final = 6
WITHIN: Final = timedelta(hours=1)


def title_of(description: str, class_name: str = "") -> str:
    """Return a title of at most 60 characters: the class and the first sentence of what was told."""
    first = description.strip().splitlines()[0] if description.strip() else ""
    for end in "。！？；!?;":
        first = first.partition(end)[0]
    text = f"{class_name}：{first}" if class_name and first else class_name or first
    return text if len(text) <= 60 else f"{text[:59]}…"
