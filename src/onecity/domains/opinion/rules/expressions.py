"""What a watch list looks for: words joined by blanks (all), `|` (any), `-` (not) and brackets."""

from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from lark import Lark, Token, Tree
from lark.exceptions import LarkError

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh

LONGEST: Final = 500
_GRAMMAR: Final = r"""
    ?start: any
    any: all (_OR all)*
    all: part+
    ?part: _NOT atom -> without
         | atom
    ?atom: WORD | QUOTED | _OPEN any _CLOSE
    _OR: "|" | "｜"
    _NOT: "-"
    _OPEN: "(" | "（"
    _CLOSE: ")" | "）"
    QUOTED: /"[^"]+"|“[^”]+”/
    WORD: /[^\s()（）|｜"“”-][^\s()（）|｜"“”]*/
    %ignore /[\s\u3000]+/
"""


class BadExpression(Invalid):
    """A watch list's expression cannot be read, or looks for nothing."""

    code = "bad_watch_expression"
    message = zh("表达式无法识别：用空格表示同时包含，用“|”表示任一，用“-”表示不含，可加括号，且至少有一个要找的词")


class Expression(NamedTuple):
    """A part of an expression. kind: word, all, any, without."""

    kind: str
    word: str = ""
    parts: "tuple[Expression, ...]" = ()


def parse(text: str) -> Expression:
    """Return an expression as it was understood.

    Raises: BadExpression, also where only exclusions are named.
    """
    if not text.strip() or len(text) > LONGEST:
        raise BadExpression
    try:
        found = _from(_parser().parse(text))
    except (LarkError, RecursionError) as fault:
        raise BadExpression from fault
    if not _asks(found):
        raise BadExpression
    return found


def matches(expression: Expression, text: str) -> bool:
    """Say whether a text (in lower case) is what an expression looks for."""
    match expression.kind:
        case "word":
            return expression.word in text
        case "without":
            return not matches(expression.parts[0], text)
        case "all":
            return all(matches(part, text) for part in expression.parts)
        case _:
            return any(matches(part, text) for part in expression.parts)


def words_of(expression: Expression) -> Iterator[str]:
    """Return the words that an expression looks for, without the excluded ones."""
    if expression.kind == "word":
        yield expression.word
    elif expression.kind != "without":
        for part in expression.parts:
            yield from words_of(part)


def _asks(expression: Expression) -> bool:
    """Say whether something must be found: each way through an `any` asks for a word."""
    if expression.kind in ("word", "without"):
        return expression.kind == "word"
    asked = [_asks(part) for part in expression.parts]
    return all(asked) if expression.kind == "any" else any(asked)


def _from(tree: "Tree[Token] | Token") -> Expression:
    if isinstance(tree, Token):
        return Expression("word", str(tree).strip('"“”').lower())
    parts = tuple(_from(item) for item in tree.children)
    if tree.data in ("any", "all") and len(parts) == 1:
        return parts[0]
    return Expression(str(tree.data), parts=parts)


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr")
