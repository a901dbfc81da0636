"""What is read out of the words of a demand."""

from typing import Final

LONGEST_TITLE: Final = 60
_ENDS: Final = "。！？；!?;\n"


def title_of(words: str) -> str:
    """Return a title of at most 60 characters: the first sentence of what was told."""
    first = words.strip()
    for end in _ENDS:
        first = first.partition(end)[0]
    first = first.strip() or words.strip()[:LONGEST_TITLE]
    return first if len(first) <= LONGEST_TITLE else f"{first[: LONGEST_TITLE - 1]}…"


def plain_number(text: str) -> str:
    """Return a telephone number as it is compared: digits alone, without the country's 86 before a mobile number."""
    digits = "".join(letter for letter in text if letter.isascii() and letter.isdigit())
    if len(digits) > 11 and digits.startswith("0086"):
        digits = digits[4:]
    return digits[2:] if len(digits) == 13 and digits.startswith("861") else digits


def big_class(topic_code: str) -> str:
    """Return the big class of a topic: `050300` → `050000`."""
    return f"{topic_code[:2]}0000" if topic_code else ""


def topic_path(topic_code: str) -> list[str]:
    """Return a topic and the classes above it, the nearest first."""
    found = [topic_code, f"{topic_code[:4]}00", f"{topic_code[:2]}0000"]
    return list(dict.fromkeys(code for code in found if len(code) == 6))
