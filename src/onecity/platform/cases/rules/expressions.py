"""The small language of conditions in processes: comparisons of declared names with plain values, nothing else.

    condition   = conjunction { "or" conjunction }
    conjunction = negation { "and" negation }
    negation    = "not" negation | comparison
    comparison  = operand [ sign operand | ["not"] "in" "(" operand { "," operand } ")" ]
    sign        = "==" | "!=" | "<" | "<=" | ">" | ">="
    operand     = number | string | "true" | "false" | "null" | name | call | "(" condition ")"
    call        = name "(" [ operand { "," operand } ] ")"

There is no attribute, no index, no arithmetic, no assignment; a name is one that the case type declares, a call goes to
a registered function. `null` is a value that nobody has set: it equals only itself and is never smaller or larger.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh

Value = str | int | float | bool | None
Kind = Literal["text", "number", "flag", "any"]
Operator = Literal["==", "!=", "<", "<=", ">", ">="]

_ORDERINGS: Final = frozenset({"<", "<=", ">", ">="})


class BadExpression(Invalid):
    """The text is not an expression of the language."""

    code = "bad_expression"
    message = zh("条件表达式不正确")


@dataclass(frozen=True, slots=True)
class Constant:
    """A plain value."""

    value: Value


@dataclass(frozen=True, slots=True)
class Name:
    """A declared name."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a registered function."""

    name: str
    arguments: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two operands and a sign."""

    sign: Operator
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Membership:
    """Whether a value is one of several."""

    item: "Node"
    options: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Negation:
    """Not."""

    operand: "Node"


@dataclass(frozen=True, slots=True)
class Junction:
    """And, or."""

    word: Literal["and", "or"]
    operands: tuple["Node", ...]


Node = Constant | Name | Call | Comparison | Membership | Negation | Junction


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression may name. names: declared ones with kinds. functions: registered ones with arity."""

    names: Mapping[str, Kind]
    functions: Mapping[str, int]


def check(node: Node, scope: Scope) -> None:
    """Accept an expression as a condition within `scope`.

    Raises: BadExpression if it names what is not declared, compares what cannot be compared, or is no condition.
    """
    if _kind(node, scope) not in {"flag", "any"}:
        raise BadExpression(zh("条件表达式的结果应为是或否"))


Functions = Callable[[str, Sequence[Value]], Value]


def evaluate(  # noqa: C901, PLR0911  # one case for each kind of node
    node: Node, *, values: Mapping[str, Value], call: Functions
) -> Value:
    """Return the value of a checked expression; a name that `values` lacks is null."""

    def value_of(part: Node) -> Value:
        return evaluate(part, values=values, call=call)

    match node:
        case Constant(value):
            return value
        case Name(name):
            return values.get(name)
        case Call(name, arguments):
            return call(name, [value_of(part) for part in arguments])
        case Negation(operand):
            return value_of(operand) is not True
        case Membership(item, options):
            wanted = value_of(item)
            return any(_equal(wanted, value_of(option)) for option in options)
        case Junction(word, operands):
            results = (value_of(part) is True for part in operands)
            return all(results) if word == "and" else any(results)
        case Comparison(sign, left, right):
            return _compared(sign, value_of(left), value_of(right))


def write(node: Node) -> str:  # noqa: PLR0911  # one case for each kind of node
    """Return the expression as text that `parse` reads back to the same."""
    match node:
        case Constant(value):
            return _written(value)
        case Name(name):
            return name
        case Call(name, arguments):
            return f"{name}({', '.join(map(write, arguments))})"
        case Negation(operand):
            return f"(not {write(operand)})"
        case Membership(item, options):
            return f"({write(item)} in ({', '.join(map(write, options))}))"
        case Junction(word, operands):
            return f"({f' {word} '.join(map(write, operands))})"
        case Comparison(sign, left, right):
            return f"({write(left)} {sign} {write(right)})"


def _written(value: Value) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, str):
        return f'"{value}"' if '"' not in value else f"'{value}'"
    return format(Decimal(str(value)), "f")


def _compared(sign: Operator, left: Value, right: Value) -> bool:
    if sign in {"==", "!="}:
        return _equal(left, right) is (sign == "==")
    if isinstance(left, str | None) or isinstance(right, str | None):
        return False
    orderings = {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}
    return orderings[sign]


def _equal(left: Value, right: Value) -> bool:
    """Say whether two values are the same; true is not 1."""
    return isinstance(left, bool) is isinstance(right, bool) and left == right


def _kind(node: Node, scope: Scope) -> Kind:  # noqa: C901, PLR0911  # one case for each kind of node
    match node:
        case Constant(value):
            return _kind_of_value(value)
        case Name(name):
            return _declared_kind(name, scope)
        case Call():
            return _call_kind(node, scope)
        case Comparison():
            return _comparison_kind(node, scope)
        case Membership(item, options):
            for part in (item, *options):
                _kind(part, scope)
            return "flag"
        case Negation(operand):
            check(operand, scope)
            return "flag"
        case Junction(_, operands):
            for part in operands:
                check(part, scope)
            return "flag"


def _kind_of_value(value: Value) -> Kind:
    if value is None:
        return "any"
    if isinstance(value, bool):
        return "flag"
    return "text" if isinstance(value, str) else "number"


def _declared_kind(name: str, scope: Scope) -> Kind:
    if name not in scope.names:
        raise BadExpression(zh("条件中的“{name}”没有声明"), params={"name": name})
    return scope.names[name]


def _call_kind(node: Call, scope: Scope) -> Kind:
    if node.name not in scope.functions:
        raise BadExpression(zh("条件中的函数“{name}”没有登记"), params={"name": node.name})
    if len(node.arguments) != scope.functions[node.name]:
        raise BadExpression(
            zh("函数“{name}”需要 {count} 个参数"), params={"name": node.name, "count": scope.functions[node.name]}
        )
    for part in node.arguments:
        _kind(part, scope)
    return "any"


def _comparison_kind(node: Comparison, scope: Scope) -> Kind:
    kinds = {_kind(node.left, scope), _kind(node.right, scope)} - {"any"}
    if len(kinds) > 1:
        raise BadExpression(zh("条件比较了两种不同的值"))
    if node.sign in _ORDERINGS and kinds - {"number"}:
        raise BadExpression(zh("只有数值可以比较大小"))
    return "flag"


def parts_of(node: Node) -> tuple[Node, ...]:
    """Return the expressions that an expression is directly made of."""
    match node:
        case Constant() | Name():
            return ()
        case Comparison(_, left, right):
            return (left, right)
        case Negation(operand):
            return (operand,)
        case Membership(item, options):
            return (item, *options)
        case Call(_, parts) | Junction(_, parts):
            return parts
