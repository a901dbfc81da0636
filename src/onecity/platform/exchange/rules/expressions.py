"""Expressions that people write into a mapping or a check: one safe SQL expression over a row's columns.

What is run is never the text: the text is parsed, every node of it must be on the list below, and the SQL that DuckDB
gets is written anew from the tree. DuckDB itself runs without access to files, network or its own settings.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh

LONGEST: Final = 1_000
MOST_NODES: Final = 200
WIDEST_PAD: Final = 200

_OPERATORS: Final = (
    exp.And, exp.Or, exp.Not, exp.Paren, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is, exp.In,
    exp.Between, exp.Like, exp.ILike, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.Neg, exp.DPipe,
    exp.Case, exp.If, exp.Cast, exp.TryCast,
)  # fmt: skip
_LEAVES: Final = (
    exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Var, exp.DataType, exp.DataTypeParam,
    exp.Interval,
)  # fmt: skip
_FUNCTIONS: Final = (
    exp.Upper, exp.Lower, exp.Trim, exp.Length, exp.Substring, exp.Concat, exp.ConcatWs, exp.Replace, exp.Left,
    exp.Right, exp.Pad, exp.SplitPart, exp.StartsWith, exp.RegexpLike, exp.RegexpReplace, exp.RegexpExtract,
    exp.Coalesce, exp.Nullif, exp.Greatest, exp.Least, exp.Abs, exp.Round, exp.Floor, exp.Ceil, exp.TimeToStr,
    exp.StrToTime, exp.Extract, exp.Year, exp.Month, exp.Day, exp.DateDiff, exp.DateFromParts,
)  # fmt: skip
_ALLOWED: Final[frozenset[type[exp.Expr]]] = frozenset((*_OPERATORS, *_LEAVES, *_FUNCTIONS))
_TYPES: Final = frozenset(
    {"TEXT", "VARCHAR", "INT", "BIGINT", "SMALLINT", "DOUBLE", "FLOAT", "DECIMAL", "BOOLEAN", "DATE", "TIME",
     "TIMESTAMP", "UUID"}
)  # fmt: skip


class BadExpression(Invalid):
    """The expression cannot be taken."""

    code = "exchange.bad_expression"
    message = zh("表达式不能使用：{reason}")

    def __init__(self, reason: str) -> None:
        super().__init__(params={"reason": reason}, fields={"expression": reason})


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression that was looked through. sql: for DuckDB, every name quoted; columns: what it reads, sorted."""

    sql: str
    columns: tuple[str, ...]


def parse_expression(text: str, *, columns: Collection[str]) -> Expression:
    """Read an expression over `columns`.

    Raises: BadExpression with a Chinese reason: empty, too long, no SQL, more than one, a function or form that is not
    on the list, an unknown column.
    """
    tree = _tree(text)
    nodes = list(tree.walk())
    if len(nodes) > MOST_NODES:
        raise BadExpression("写得过于复杂")
    for node in nodes:
        _check(node)
    used = sorted({node.name for node in nodes if isinstance(node, exp.Column)})
    unknown = [name for name in used if name not in columns]
    if unknown:
        raise BadExpression(f"没有字段“{unknown[0]}”")
    return Expression(tree.sql("duckdb", identify=True, comments=False), tuple(used))


def _tree(text: str) -> exp.Expr:
    if not text.strip():
        raise BadExpression("内容为空")
    if len(text) > LONGEST:
        raise BadExpression(f"超过{LONGEST}个字符")
    try:
        parsed = sqlglot.parse(text, read="duckdb")
    except (SqlglotError, RecursionError):
        raise BadExpression("不是正确的SQL表达式") from None
    if len(parsed) != 1 or parsed[0] is None:
        raise BadExpression("只能写一个表达式")
    return parsed[0]


def _check(node: exp.Expr) -> None:
    if type(node) not in _ALLOWED:
        raise BadExpression(f"不允许“{_name(node)}”")
    if isinstance(node, exp.Column) and (node.table or isinstance(node.this, exp.Star)):
        raise BadExpression("字段名前不能带表名")
    if isinstance(node, exp.DataType) and (node.this.name not in _TYPES or node.args.get("nested")):
        raise BadExpression(f"不允许转换为类型“{node.sql('duckdb')}”")
    if isinstance(node, exp.Pad) and not _is_short(node.expression):
        raise BadExpression(f"补齐的长度应为不超过{WIDEST_PAD}的数字")


def _is_short(width: exp.Expr) -> bool:
    return isinstance(width, exp.Literal) and width.name.isdecimal() and int(width.name) <= WIDEST_PAD


def _name(node: exp.Expr) -> str:
    if isinstance(node, exp.Anonymous):
        return str(node.name)
    return node.sql_name() if isinstance(node, exp.Func) else type(node).__name__.upper()
