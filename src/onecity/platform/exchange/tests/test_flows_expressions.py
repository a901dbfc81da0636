"""Expressions: what is taken, what is refused, and that one row's failure is that row's alone."""

from contextlib import suppress

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.exchange.rules.computing import check_types, compute
from onecity.platform.exchange.rules.expressions import LONGEST, BadExpression, Expression, parse_expression

COLUMNS = frozenset({"a", "b", "姓名"})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "内容为空"),
        ("a" * (LONGEST + 1), "超过1000个字符"),
        ("((", "不是正确的SQL表达式"),
        ("(" * 400 + "a" + ")" * 400, "不是正确的SQL表达式"),
        ("a; b", "只能写一个表达式"),
        ("x", "没有字段“x”"),
        ("t.a", "字段名前不能带表名"),
        ("now()", "不允许“now”"),
        ("random()", "不允许“RAND”"),
        ("getenv('HOME')", "不允许“getenv”"),
        ("read_text('/etc/passwd')", "不允许“read_text”"),
        ("(select 1)", "不允许“SUBQUERY”"),
        ("a in (select b)", "不允许“SUBQUERY”"),
        ("sum(a) over ()", "不允许“WINDOW”"),
        ("repeat(a, 1000000000)", "不允许“REPEAT”"),
        ("lpad(a, 1000000000, 'x')", "补齐的长度应为不超过200的数字"),
        ("lpad(a, length(b), 'x')", "补齐的长度应为不超过200的数字"),
        ("cast(a as json)", "不允许转换为类型“JSON”"),
        ("a::int[]", "不允许转换为类型“INT[]”"),
        ("$1", "不允许“PLACEHOLDER”"),
        ("*", "不允许“STAR”"),
        (" + ".join(["a"] * 150), "写得过于复杂"),
    ],
)
def test_unsafe_or_broken_expression_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(BadExpression) as refusal:
        parse_expression(text, columns=COLUMNS)
    assert refusal.value.fields == {"expression": reason}


def test_sql_is_written_anew_with_quoted_names() -> None:
    found = parse_expression("姓名 || '先生' -- ; drop table x", columns=COLUMNS)
    assert found.sql == "\"姓名\" || '先生'"
    assert found.columns == ("姓名",)


def test_row_that_cannot_be_computed_fails_alone() -> None:
    batch = pa.record_batch({"a": ["1", "x", None]})
    found = compute(batch, [parse_expression("cast(a as int) + 1", columns=["a"])])[0]
    assert found.values.to_pylist() == [2, None, None]
    assert found.failed.tolist() == [False, True, False]


def test_expression_of_the_wrong_types_is_refused_before_any_row() -> None:
    schema = pa.schema([("a", pa.string()), ("n", pa.int64())])
    with pytest.raises(BadExpression, match="类型不符"):
        check_types(schema, parse_expression("a + n", columns=["a", "n"]))
    assert check_types(schema, parse_expression("n * 2 > 4", columns=["n"])) == pa.bool_()


def test_expression_that_fails_for_every_row_says_so() -> None:
    batch = pa.record_batch({"a": ["x"]})
    broken = parse_expression("regexp_matches(a, '[')", columns=["a"])
    with pytest.raises(BadExpression, match="不能计算"):
        compute(batch, [broken])


def test_machine_reaches_no_file() -> None:

    batch = pa.record_batch({"a": ["x"]})
    with pytest.raises(BadExpression):
        compute(batch, [Expression("(SELECT count(*) FROM read_text('/etc/hostname'))", ())])


@given(st.text(max_size=40))
def test_any_text_is_either_taken_or_refused(text: str) -> None:
    with suppress(BadExpression):
        assert set(parse_expression(text, columns=COLUMNS).columns) <= COLUMNS


@given(st.lists(st.one_of(st.none(), st.integers(-(10**9), 10**9)), min_size=1, max_size=50))
def test_computed_values_are_those_of_python(numbers: list[int | None]) -> None:
    batch = pa.record_batch({"n": pa.array(numbers, pa.int64())})
    found = compute(batch, [parse_expression("n * 2 + 1", columns=["n"])])[0]
    assert found.values.to_pylist() == [None if item is None else item * 2 + 1 for item in numbers]
