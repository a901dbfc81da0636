"""Checks: each kind's two sides, all reasons of a row, what the target demands; check digits agree with the kernel."""

from datetime import date
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.kernel.errors import Invalid
from onecity.kernel.identifiers import citizen_id, credit_code, organisation_code
from onecity.kernel.identifiers.fault import InvalidIdentifier
from onecity.platform.exchange.contracts.plans import Check, CheckKind
from onecity.platform.exchange.contracts.tables import ColumnShape, LogicalType, TableShape
from onecity.platform.exchange.rules.checking import BadCheck, Checker, Verdict, look_through
from onecity.platform.exchange.rules.expressions import BadExpression
from onecity.platform.exchange.rules.identifying import KINDS, unfit
from onecity.platform.exchange.rules.membership import SMALL, WIDEST, Membership

NOWHERE = TableShape("t", ())
K = CheckKind


def check_one(values: list[object], kind: CheckKind, *parameters: str, blocking: bool = True) -> Verdict:
    checker = Checker([Check("c", kind, ("a",), parameters, blocking=blocking)], shape=NOWHERE)
    return checker.check(pa.record_batch({"a": values}))


@pytest.mark.parametrize(
    ("kind", "parameters", "values", "bad", "sentence"),
    [
        (K.NOT_NULL, (), ["x", None, " "], [1, 2], "a不能为空"),
        (K.NOT_NULL, (), [1, None], [1], "a不能为空"),
        (K.UNIQUE, (), ["x", "y", "x", None, None], [2], "a与其他行重复"),
        (K.CODE_LIST, ("1", "2"), ["1", "3", None], [1], "a不在代码表内"),
        (K.CODE_LIST, ("1", "2"), [1, 3, None], [1], "a不在代码表内"),
        (K.RANGE, ("0", "150"), [0, 150, 151, -1, None], [2, 3], "a应在0至150之间"),
        (K.RANGE, ("", "1.5"), [Decimal("1.5"), Decimal("1.6")], [1], "a应不大于1.5"),
        (K.RANGE, ("1.5", ""), [1.5, 1.4], [1], "a应不小于1.5"),
        (K.RANGE, ("2000-01-01", ""), [date(2000, 1, 1), date(1999, 12, 31)], [1], "a应不小于2000-01-01"),
        (K.LENGTH, ("2", "3"), ["张三", "张", "张三丰二"], [1, 2], "a的长度应在2至3之间"),
        (K.LENGTH, ("", "3"), ["张三丰", "abcd"], [1], "a的长度应不大于3"),
        (K.PATTERN, (r"\d{2}|x",), ["12", "123", "x", "12\n"], [1, 3], "a的格式不正确"),
        (K.EXPRESSION, ("a > 1",), [2, 1, None], [1], "不满足关系：a > 1"),
        (K.EXPRESSION, ("cast(a as int) > 1",), ["2", "x"], [1], "不满足关系：cast(a as int) > 1"),
    ],
)
def test_kind_finds_exactly_the_bad_rows(
    kind: CheckKind, parameters: tuple[str, ...], values: list[object], bad: list[int], sentence: str
) -> None:
    verdict = check_one(values, kind, *parameters)
    assert np.flatnonzero(verdict.bad).tolist() == bad
    assert verdict.failed == {"c": len(bad)}
    assert verdict.reasons == dict.fromkeys(bad, (("c", sentence),))


def test_identifier_tells_what_the_kernel_says_and_never_the_number() -> None:
    verdict = check_one(["11010519491231002X", "110105194912310021", "1"], K.IDENTIFIER, "citizen_id")
    assert verdict.reasons[1] == (("c", "a不是正确的公民身份号码（公民身份号码校验码不正确，请逐位核对）"),)
    assert verdict.reasons[2] == (("c", "a不是正确的公民身份号码（公民身份号码应为18位，现为1位）"),)
    assert 0 not in verdict.reasons


def test_every_reason_of_a_row_is_collected() -> None:
    checks = [
        Check("short", K.LENGTH, ("a",), ("2", "")),
        Check("digit", K.PATTERN, ("a",), (r"\d+",), title="只能是数字"),
        Check("known", K.CODE_LIST, ("a",), ("12",), blocking=False),
    ]
    verdict = Checker(checks, shape=NOWHERE).check(pa.record_batch({"a": ["x", "12", "34"]}))
    assert verdict.reasons[0] == (
        ("short", "a的长度应不小于2"),
        ("digit", "不符合“只能是数字”"),
        ("known", "a不在代码表内"),
    )
    assert verdict.bad.tolist() == [True, False, False]
    assert verdict.failed == {"short": 1, "digit": 1, "known": 2}


def test_faults_of_the_mapping_keep_their_rows_out() -> None:
    checker = Checker([], shape=NOWHERE)
    verdict = checker.check(pa.record_batch({"a": [None, 1]}), faults=[(0, "cast.a", "不能转换")])
    assert verdict.bad.tolist() == [True, False]
    assert verdict.reasons == {0: (("cast.a", "不能转换"),)}
    assert verdict.failed == {"cast.a": 1}


def test_target_demands_presence_length_and_width() -> None:
    shape = TableShape(
        "t",
        (
            ColumnShape("id", LogicalType.INTEGER, native="smallint"),
            ColumnShape("name", LogicalType.TEXT, nullable=False, length=2, title="姓名"),
            ColumnShape("sum", LogicalType.DECIMAL, precision=4, scale=2),
            ColumnShape("whole", LogicalType.DECIMAL, precision=2),
        ),
        key=("id",),
    )
    batch = pa.record_batch(
        {
            "id": [1, None, 40_000],
            "name": ["张三", None, "张三丰"],
            "sum": [Decimal("99.99"), Decimal("100.00"), None],
            "whole": [Decimal(99), Decimal(100), None],
        }
    )
    verdict = Checker([], shape=shape).check(batch)
    assert verdict.failed == {
        "shape.not_null.id": 1,
        "shape.not_null.name": 1,
        "shape.range.id": 1,
        "shape.length.name": 1,
        "shape.range.sum": 1,
        "shape.range.whole": 1,
    }
    assert ("shape.length.name", "姓名的长度应不大于2") in verdict.reasons[2]


def test_reference_is_asked_once_and_missing_values_are_found() -> None:
    asked: list[str] = []

    def reference(name: str) -> pa.Array:
        asked.append(name)
        return pa.array(["1", "2"])

    checker = Checker([Check("r", K.REFERENCE, ("a",), ("codes",))], shape=NOWHERE, reference=reference)
    batch = pa.record_batch({"a": ["1", "3", None]})
    assert checker.check(batch).bad.tolist() == [False, True, False]
    assert checker.check(batch).reasons == {1: (("r", "a在参照数据中不存在"),)}
    assert asked == ["codes"]


def test_reference_without_a_source_is_refused() -> None:
    with pytest.raises(Invalid, match="没有可用的参照数据"):
        Checker([Check("r", K.REFERENCE, ("a",), ("x",))], shape=NOWHERE).check(pa.record_batch({"a": ["1"]}))


@given(st.lists(st.text(max_size=WIDEST + 6), max_size=20))
def test_large_and_small_sets_agree_with_python(asked: list[str]) -> None:
    known = {str(number) for number in range(SMALL + 1)}
    large = Membership(pa.array(sorted(known)))
    few = Membership(pa.array(["1", "22"]))
    column = pa.array([*asked, "5", "99999", None], pa.string())
    values = [*asked, "5", "99999", None]
    assert large.missing(column).tolist() == [value is not None and value not in known for value in values]
    assert few.missing(column).tolist() == [value is not None and value not in {"1", "22"} for value in values]


def test_unique_checks_are_named_for_the_stage() -> None:
    unique = Check("u", K.UNIQUE, ("a",))
    assert Checker([unique, Check("n", K.NOT_NULL, ("a",))], shape=NOWHERE).unique == (unique,)


@pytest.mark.parametrize(
    ("checks", "reason"),
    [
        ([Check("c", K.NOT_NULL, ("z",))], "没有字段“z”"),
        ([Check("c", K.NOT_NULL, ())], "没有指定字段"),
        ([Check("c", K.RANGE, ("a",), ("1",))], "参数个数不对"),
        ([Check("c", K.IDENTIFIER, ("a",), ("passport",))], "没有这种证照编号"),
        ([Check("c", K.NOT_NULL, ("a",), dimension="beauty")], "没有这个质量维度"),
        ([Check("c", K.NOT_NULL, ("a",)), Check("c", K.UNIQUE, ("a",))], "编码重复"),
    ],
)
def test_check_that_cannot_be_carried_out_is_refused(checks: list[Check], reason: str) -> None:
    with pytest.raises(BadCheck) as refusal:
        look_through(checks, schema=pa.schema([("a", pa.string())]))
    assert refusal.value.fields == {"checks": reason}


@pytest.mark.parametrize(
    ("check", "reason"),
    [
        (Check("c", K.EXPRESSION, (), ("b + 1",)), "结果应为是或否"),
        (Check("c", K.EXPRESSION, (), ("z > 1",)), "没有字段“z”"),
        (Check("c", K.PATTERN, ("a",), ("[",)), "不是正确的正则表达式"),
        (Check("c", K.RANGE, ("b",), ("low", "")), "界限“low”与字段类型不符"),
    ],
)
def test_check_that_does_not_fit_its_column_is_refused(check: Check, reason: str) -> None:
    with pytest.raises(BadExpression, match=reason):
        look_through([check], schema=pa.schema([("a", pa.string()), ("b", pa.int64())]))


def test_sound_checks_pass_the_look() -> None:
    checks = [Check("r", K.REFERENCE, ("a",), ("x/y/z",)), Check("e", K.EXPRESSION, (), ("a <> ''",))]
    look_through(checks, schema=pa.schema([("a", pa.string())]))


def _kernel_refuses(kind: str, text: str) -> bool:
    try:
        KINDS[kind](text)
    except InvalidIdentifier:
        return True
    return False


digits = st.text("0123456789", min_size=17, max_size=17)
places = st.sampled_from(["110105", "220104", "830000", "999999", "000000", "910156"])
days = st.sampled_from(["19900230", "20000229", "19000229", "17991231", "20241301", "19491231", "21000101"])


@given(places, days, st.text("0123456789", min_size=3, max_size=3), st.sampled_from([*"0123456789Xx", ""]))
def test_citizen_ids_are_judged_as_the_kernel_does(place: str, day: str, order: str, last: str) -> None:
    first = f"{place}{day}{order}"
    texts = [first + (last or citizen_id.check_character(first)), first]
    bad, sentences = unfit(pa.array(texts), kind="citizen_id")
    assert bad.tolist() == [_kernel_refuses("citizen_id", text) for text in texts]
    assert set(sentences) == set(np.flatnonzero(bad).tolist())


@given(
    st.text(credit_code.ALPHABET, min_size=8, max_size=8), st.text("0123456789", min_size=6, max_size=6), st.booleans()
)
def test_credit_codes_are_judged_as_the_kernel_does(inner: str, place: str, right: bool) -> None:
    code = inner + organisation_code.check_character(inner)
    first = f"91{place}{code}"
    made = first + credit_code.check_character(first) if set(first) <= set(credit_code.ALPHABET) else f"{first}0"
    text = made if right else made[:-1] + "0"
    for kind, value in (("uscc", text), ("organisation_code", code), ("organisation_code", text[:9])):
        bad, _ = unfit(pa.array([None, value]), kind=kind)
        assert bad.tolist() == [False, _kernel_refuses(kind, value)]


@given(st.sampled_from(sorted(KINDS)), st.lists(st.one_of(st.none(), st.text(max_size=20)), max_size=10))
def test_any_text_is_judged_as_the_kernel_does(kind: str, texts: list[str | None]) -> None:
    column = pa.array(["x", *texts], pa.string()).slice(1)
    bad, _ = unfit(column, kind=kind)
    assert bad.tolist() == [text is not None and _kernel_refuses(kind, text) for text in texts]


@given(st.from_regex(r"\A1[2-9][0-9]{9}\Z"))
def test_mobiles_are_judged_as_the_kernel_does(number: str) -> None:
    assert unfit(pa.array([number]), kind="phone")[0].tolist() == [_kernel_refuses("phone", number)]
