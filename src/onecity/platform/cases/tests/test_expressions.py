"""The language of conditions."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    Scope,
    Value,
    check,
    evaluate,
    parts_of,
    write,
)
from onecity.platform.cases.rules.grammar import parse

SCOPE = Scope({"outcome": "text", "depth": "number", "urgent": "flag"}, {"outcome_of": 1})
VALUES: dict[str, Value] = {"outcome": "return", "depth": 30, "urgent": True}


def holds(text: str, values: dict[str, Value] | None = None) -> Value:
    node = parse(text)
    check(node, SCOPE)

    def call(name: str, arguments: Sequence[Value]) -> Value:
        return f"{name}:{arguments[0]}"

    return evaluate(node, values=VALUES if values is None else values, call=call)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('outcome == "return"', True),
        ("outcome == 'return'", True),
        ('outcome != "return"', False),
        ("depth > 25", True),
        ("depth >= 30 and depth <= 30", True),
        ("depth < 30", False),
        ("depth == 30.0", True),
        ("-1 < depth", True),
        ("urgent", True),
        ("not urgent", False),
        ("not not urgent", True),
        ("urgent == true", True),
        ('outcome in ("accept", "return")', True),
        ('outcome not in ("accept", "return")', False),
        ('outcome == "accept" or depth > 25 and urgent', True),
        ('(outcome == "accept" or depth > 25) and not urgent', False),
        ('outcome_of("handle") == "outcome_of:handle"', True),
        ("true and not false", True),
    ],
)
def test_expression_has_its_value(text: str, expected: bool) -> None:
    assert holds(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("depth > 0", False), ("depth < 0", False), ("depth == null", True), ("depth != 3", True), ("urgent", None)],
)
def test_unset_value_is_null_and_neither_smaller_nor_larger(text: str, expected: Value) -> None:
    assert holds(text, {}) is expected


def test_true_is_not_one() -> None:
    assert evaluate(Comparison("==", Constant(value=True), Constant(1)), values={}, call=lambda *_: None) is False


@pytest.mark.parametrize(
    "text",
    [
        "",
        "outcome ==",
        "outcome = 'x'",
        "outcome.upper() == 'X'",
        "__import__('os')",
        "outcome['x']",
        "depth + 1 > 2",
        "lambda: 1",
        "outcome == 'a' 'b'",
        "in (1)",
        "depth in ()",
        "depth in 3",
        "not",
        "(depth > 1",
        "outcome_of('a'",
        "1.2.3 == 1",
        'outcome == "a\nb"',
        "x" * 501,
        "(" * 30 + "urgent" + ")" * 30,
        "outcome_of(" * 30 + "1" + ")" * 30,
    ],
)
def test_what_is_not_of_the_language_is_refused(text: str) -> None:
    with pytest.raises(BadExpression):
        check(parse(text), SCOPE)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("unknown == 1", "没有声明"),
        ("system('x') == 1", "没有登记"),
        ("outcome_of() == 1", "需要 1 个参数"),
        ("outcome == 1", "两种不同的值"),
        ('outcome < "b"', "只有数值"),
        ("depth", "是或否"),
        ("depth and urgent", "是或否"),
        ("not outcome", "是或否"),
        ("unknown in (1)", "没有声明"),
    ],
)
def test_what_is_not_declared_or_cannot_be_compared_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(BadExpression, match=sentence):
        check(parse(text), SCOPE)


TEXTS = st.text(st.characters(blacklist_characters="\"'\n", blacklist_categories=["Cs"]), max_size=8)
LEAVES: st.SearchStrategy[Node] = st.one_of(
    st.builds(Constant, st.none() | st.booleans() | st.integers(-(10**9), 10**9) | TEXTS),
    st.builds(Name, st.sampled_from(["outcome", "depth", "urgent"])),
)
NODES: st.SearchStrategy[Node] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(Negation, inner),
        st.builds(Comparison, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), inner, inner),
        st.builds(Membership, inner, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Junction, st.sampled_from(["and", "or"]), st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Call, st.just("outcome_of"), st.lists(inner, max_size=2).map(tuple)),
    ),
    max_leaves=6,
)


@given(NODES)
def test_what_is_written_is_read_back(node: Node) -> None:
    text = write(node)
    if len(text) <= 500:
        assert write(parse(text)) == text
        assert evaluate(parse(text), values=VALUES, call=lambda *_: None) == evaluate(
            node, values=VALUES, call=lambda *_: None
        )


@given(NODES)
def test_parts_are_smaller_than_the_whole(node: Node) -> None:
    assert all(len(write(part)) < len(write(node)) for part in parts_of(node))


@given(st.text(max_size=60))
def test_any_text_is_an_expression_or_is_refused(text: str) -> None:
    try:
        node = parse(text)
        check(node, SCOPE)
    except BadExpression:
        return
    evaluate(node, values=VALUES, call=lambda *_: None)


def test_decimals_are_written_plainly() -> None:
    assert write(Constant(0.0000001)) == "0.0000001"
    assert write(Constant('say "x"')) == "'say \"x\"'"
