"""Reads `$filter` and `$orderby`: precedence climbing over the words.

or < and < not < eq ne < gt ge lt le in < add sub < mul div mod < unary minus
"""

from collections.abc import Callable, Mapping
from datetime import date, time
from typing import Final, NoReturn

from onecity.platform.iot.sensorthings.expressions import (
    Binary,
    Call,
    Constant,
    Geography,
    Minus,
    Negation,
    Node,
    Path,
    Plain,
    Within,
)
from onecity.platform.iot.sensorthings.lexer import BadExpression, Word, words
from onecity.platform.iot.sensorthings.times import duration_of, instant_of, period_of

DEEPEST: Final = 100
_STRENGTH: Final = {
    "or": 1, "and": 2, "eq": 4, "ne": 4, "gt": 5, "ge": 5, "lt": 5, "le": 5, "in": 5,
    "add": 6, "sub": 6, "mul": 7, "div": 7, "mod": 7,
}  # fmt: skip
_NOT, _MINUS = 3, 8
_WORDS: Final[dict[str, Plain]] = {"true": True, "false": False, "null": None}


class Parser:
    """Reads one expression after the other from a list of words."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._words = words(text)
        self._at = 0
        self._depth = 0

    @property
    def word(self) -> Word:
        """The word that comes next."""
        return self._words[self._at]

    def take(self, *texts: str) -> bool:
        """Pass over the next word if it is one of these."""
        if self.word.kind in {"mark", "name"} and self.word.text in texts:
            self._at += 1
            return True
        return False

    def fail(self) -> NoReturn:
        """Refuse what comes next.

        Raises: BadExpression, always.
        """
        raise BadExpression(params={"text": self._text[self.word.at : self.word.at + 40] or self._text[-40:]})

    def expression(self, weakest: int = 1) -> Node:
        """Read an expression whose operators bind at least as strongly as `weakest`.

        Raises: BadExpression.
        """
        self._depth += 1
        if self._depth > DEEPEST:
            self.fail()
        left = self._operand()
        while self.word.kind == "name" and _STRENGTH.get(self.word.text, 0) >= weakest:
            operator = self._next().text
            if operator == "in":
                left = Within(left, self._list())
            else:
                left = Binary(operator, left, self.expression(_STRENGTH[operator] + 1))
        self._depth -= 1
        return left

    def _operand(self) -> Node:
        if self.take("("):
            inner = self.expression()
            self._need(")")
            return inner
        if self.take("-"):
            return _negative(self.expression(_MINUS))
        if self.take("not"):
            return Negation(self.expression(_NOT))
        if self.word.kind == "name":
            return self._named()
        if self.word.kind in {"end", "mark"}:
            self.fail()
        return Constant(_plain(self._next()))

    def _named(self) -> Node:
        word = self._next()
        if word.text in _WORDS:
            return Constant(_WORDS[word.text])
        if self.word.text == "(" and self.word.kind == "mark":
            return Call(word.text, self._list())
        parts = [word.text]
        while self.take("/"):
            if self.word.kind not in {"name", "number"}:
                self.fail()
            parts.append(self._next().text)
        return Path(tuple(parts))

    def _list(self) -> tuple[Node, ...]:
        self._need("(")
        found: list[Node] = []
        if self.take(")"):
            return ()
        found.append(self.expression())
        while self.take(","):
            found.append(self.expression())
        self._need(")")
        return tuple(found)

    def _need(self, mark: str) -> None:
        if not self.take(mark):
            self.fail()

    def _next(self) -> Word:
        self._at += 1
        return self._words[self._at - 1]


def filter_of(text: str) -> Node:
    """Return what a `$filter` says.

    Raises: BadExpression; BadTime.
    Source: OGC 18-088, 9.3.3.5 ($filter); OData 4.0 part 2, 5.1.1.
    """
    parser = Parser(text)
    found = parser.expression()
    if parser.word.kind != "end":
        parser.fail()
    return found


def order_of(text: str) -> tuple[tuple[Node, bool], ...]:
    """Return the keys of an `$orderby`, each with whether it descends.

    Raises: BadExpression; BadTime.
    Source: OGC 18-088, 9.3.3.1 ($orderby).
    """
    parser = Parser(text)
    found: list[tuple[Node, bool]] = []
    while True:
        node = parser.expression()
        descends = parser.take("desc") or (parser.take("asc") and False)
        found.append((node, descends))
        if not parser.take(","):
            break
    if parser.word.kind != "end":
        parser.fail()
    return tuple(found)


def _negative(operand: Node) -> Node:
    if isinstance(operand, Constant) and isinstance(operand.value, int | float):
        return Constant(-operand.value)
    return Minus(operand)


def _plain(word: Word) -> Plain:
    try:
        return _READERS[word.kind](word.text)
    except ValueError:
        raise BadExpression(params={"text": word.text[:40]}) from None


def _text(text: str) -> Plain:
    return text[1:-1].replace("''", "'")


def _number(text: str) -> Plain:
    return int(text) if text.isdigit() else float(text)


def _typed(text: str) -> Plain:
    kind, _, rest = text.partition("'")
    inner = rest[:-1].replace("''", "'")
    return duration_of(inner) if kind == "duration" else Geography(inner)


_READERS: Final[Mapping[str, Callable[[str], Plain]]] = {
    "text": _text,
    "typed": _typed,
    "interval": period_of,
    "instant": instant_of,
    "date": date.fromisoformat,
    "clock": time.fromisoformat,
    "number": _number,
}
