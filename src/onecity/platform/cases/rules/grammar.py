"""Reads conditions: from text to the nodes of `expressions`."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final, Literal

from onecity.kernel.text import zh
from onecity.platform.cases.rules.expressions import (
    BadExpression,
    Call,
    Comparison,
    Constant,
    Junction,
    Membership,
    Name,
    Negation,
    Node,
    Operator,
    Value,
)

LONGEST: Final = 500
DEEPEST: Final = 20
_TOKEN: Final = re.compile(
    r"\s*(?:(?P<number>-?\d{1,15}(?:\.\d{1,9})?(?![\w.]))|(?P<string>\"[^\"\n]*\"|'[^'\n]*')"
    r"|(?P<name>[A-Za-z_]\w*)|(?P<sign>==|!=|<=|>=|<|>|\(|\)|,))",
    re.ASCII,
)
_WORDS: Final = frozenset({"and", "or", "not", "in"})
_CONSTANTS: Final[Mapping[str, Value]] = {"true": True, "false": False, "null": None}
_SIGNS: Final[tuple[Operator, ...]] = ("==", "!=", "<=", ">=", "<", ">")


def parse(text: str) -> Node:
    """Read an expression.

    Raises: BadExpression if it is empty, too long, nested too deeply or not of the language.
    """
    if len(text) > LONGEST:
        raise BadExpression(zh("条件表达式过长（至多 {most} 个字符）"), params={"most": LONGEST})
    reader = _Reader(list(_tokens(text)))
    node = reader.condition(0)
    if reader.rest:
        raise BadExpression(zh("条件表达式在“{word}”处多出内容"), params={"word": reader.rest[0]})
    return node


def _tokens(text: str) -> Iterator[str]:
    place = 0
    end = len(text.rstrip())
    while place < end:
        found = _TOKEN.match(text, place)
        if found is None:
            raise BadExpression(zh("条件表达式中有不认识的内容“{word}”"), params={"word": text[place:].strip()[:12]})
        yield found.group().strip()
        place = found.end()


class _Reader:
    """Reads tokens from the left; `rest` is what has not been read."""

    def __init__(self, tokens: list[str]) -> None:
        self.rest = tokens

    def condition(self, depth: int) -> Node:
        if depth > DEEPEST:
            raise BadExpression(zh("条件表达式嵌套过深"))
        return self._joined("or", lambda: self._joined("and", lambda: self._negation(depth)))

    def _joined(self, word: Literal["and", "or"], part: Callable[[], Node]) -> Node:
        operands = [part()]
        while self._take(word):
            operands.append(part())
        return operands[0] if len(operands) == 1 else Junction(word, tuple(operands))

    def _negation(self, depth: int) -> Node:
        turned = 0
        while self._take("not"):
            turned += 1
        node = self._comparison(depth)
        for _ in range(turned):
            node = Negation(node)
        return node

    def _comparison(self, depth: int) -> Node:
        left = self._operand(depth)
        if self.rest[:2] == ["not", "in"]:
            del self.rest[:2]
            return Negation(Membership(left, self._several(depth)))
        if self._take("in"):
            return Membership(left, self._several(depth))
        for sign in _SIGNS:
            if self._take(sign):
                return Comparison(sign, left, self._operand(depth))
        return left

    def _several(self, depth: int) -> tuple[Node, ...]:
        self._need("(")
        found = self._arguments(depth)
        if not found:
            raise BadExpression(zh("“in”后面的括号里没有内容"))
        return found

    def _arguments(self, depth: int) -> tuple[Node, ...]:
        if self._take(")"):
            return ()
        found = [self._operand(depth + 1)]
        while self._take(","):
            found.append(self._operand(depth + 1))
        self._need(")")
        return tuple(found)

    def _operand(self, depth: int) -> Node:
        if self._take("("):
            inner = self.condition(depth + 1)
            self._need(")")
            return inner
        token = self.rest.pop(0) if self.rest else ""
        if token in _CONSTANTS:
            return Constant(_CONSTANTS[token])
        if token[:1] in {'"', "'"}:
            return Constant(token[1:-1])
        if token[:1].isdigit() or token[:1] == "-":
            return Constant(float(token) if "." in token else int(token))
        if not token.isidentifier() or token in _WORDS:
            raise BadExpression(zh("条件表达式不完整"))
        if depth > DEEPEST:
            raise BadExpression(zh("条件表达式嵌套过深"))
        return Call(token, self._arguments(depth)) if self._take("(") else Name(token)

    def _take(self, token: str) -> bool:
        if self.rest and self.rest[0] == token:
            del self.rest[0]
            return True
        return False

    def _need(self, token: str) -> None:
        if not self._take(token):
            raise BadExpression(zh("条件表达式缺少“{word}”"), params={"word": token})
