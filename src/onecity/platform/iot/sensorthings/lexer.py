"""Cuts a `$filter` into words."""

import re
from typing import Final, NamedTuple

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.iot.sensorthings.times import INSTANT

LONGEST: Final = 16_000
_WORDS: Final = (
    ("blank", r"\s+"),
    ("typed", r"(?:geography|geometry|duration)'(?:[^']|'')*'"),
    ("text", r"'(?:[^']|'')*'"),
    ("interval", f"{INSTANT}/{INSTANT}"),
    ("instant", INSTANT),
    ("date", r"\d{4}-\d\d-\d\d"),
    ("clock", r"\d\d:\d\d:\d\d(?:\.\d{1,6})?"),
    ("number", r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"),
    ("name", r"[@$]?[^\W\d][\w.:@-]*"),
    ("mark", r"[(),/-]"),
)
_ANY: Final = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _WORDS))


class BadExpression(Invalid):
    """A query option that cannot be read."""

    code = "iot.sensorthings_expression"
    message = zh("无法识别的表达式，出错位置：{text}")


class Word(NamedTuple):
    """One word. at: where it begins."""

    kind: str
    text: str
    at: int


def words(text: str) -> list[Word]:
    """Return the words of an expression, with an empty one of kind `end` behind them.

    Raises: BadExpression.
    """
    if len(text) > LONGEST:
        raise BadExpression(params={"text": text[:40]})
    found: list[Word] = []
    at = 0
    while at < len(text):
        match = _ANY.match(text, at)
        if match is None:
            raise BadExpression(params={"text": text[at : at + 40]})
        if match.lastgroup != "blank":
            found.append(Word(match.lastgroup or "", match.group(), at))
        at = match.end()
    return [*found, Word("end", "", at)]
