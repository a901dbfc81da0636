"""Codes, limits, scores and codes to follow by: nothing but calculation."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.domains.urban_management.classification import cjt_classes, english_name, gb_classes
from onecity.domains.urban_management.process import CITY_CASE, DIAGRAM_WORDS
from onecity.domains.urban_management.rules.classes import ClassCode, parse_class, prefixes, whole_limit
from onecity.domains.urban_management.rules.metrics import percent
from onecity.domains.urban_management.rules.reporting import title_of
from onecity.domains.urban_management.rules.scoring import COUNTED, count, grade
from onecity.domains.urban_management.rules.walking import ground_distance
from onecity.kernel.deadlines import TimeUnit
from onecity.kernel.query_codes import ALPHABET, LENGTH, code_of, locked, plain_code
from onecity.platform.cases.declare import Facts, Value

NOW = datetime(2026, 3, 10, 4, tzinfo=UTC)


def facts(**data: Value) -> Facts:
    return Facts(1, "1", "t", "", "", 0, 1, None, "", "", {}, data, NOW)


@pytest.mark.parametrize(
    ("code", "parts"),
    [
        ("C01", ClassCode("component", "01")),
        ("E0304", ClassCode("event", "03", "04")),
        ("E0304-1", ClassCode("event", "03", "04", "1")),
        ("C0139-12", ClassCode("component", "01", "39", "12")),
    ],
)
def test_class_code_is_read_in_its_parts(code: str, parts: ClassCode) -> None:
    assert parse_class(code) == parts
    assert parts.files_cases is ("-" in code)


@pytest.mark.parametrize("code", ["", "0304", "X03", "E3", "E030", "E0304-", "E0304-0", "E0304-123", "E03-1", "E０304"])
def test_what_is_no_class_code_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="not a class code"):
        parse_class(code)


def test_prefixes_go_from_the_condition_to_everything() -> None:
    assert prefixes("E0304-1") == ("E0304-1", "E0304", "E03", "E", "")
    assert prefixes("E03") == ("E03", "E", "")
    assert prefixes("") == prefixes("dust") == ("",)


@pytest.mark.parametrize("unit", list(TimeUnit))
def test_whole_limit_is_longer_in_the_same_unit(unit: TimeUnit) -> None:
    amount, same = whole_limit("2", unit)
    assert same is unit
    assert float(amount) > 2


def test_published_lists_are_whole() -> None:
    """The GB-numbered table has 92 components, 98 events and 519 conditions; CJ/T 214 has 85 and 54 classes."""
    gb = {item.code: item for item in gb_classes()}
    conditions = [code for code in gb if "-" in code]
    small = {code for code in gb if len(code) == 5}
    assert (len(conditions), sum(code[0] == "C" for code in small), sum(code[0] == "E" for code in small)) == (
        520,
        92,
        99,
    )
    cjt = [item for item in cjt_classes() if item.parent]
    assert (sum(item.code[0] == "C" for item in cjt), sum(item.code[0] == "E" for item in cjt)) == (85, 54)


def test_every_class_has_its_parent_and_every_condition_its_limits() -> None:
    gb = {item.code: item for item in gb_classes()}
    for item in gb.values():
        parsed = parse_class(item.code)
        assert not item.parent or item.parent in gb
        assert set(item.limits) == ({"handle", "whole"} if parsed.files_cases else set())
        assert english_name(item.code)
    names = [item.name for item in gb.values() if "-" in item.code]
    assert len(set(names)) == len(names)
    assert english_name("E9999-1") == ""


def test_known_limits_stand_as_the_table_has_them() -> None:
    gb = {item.code: item.limits["handle"] for item in gb_classes() if item.limits}
    seen = {
        code: (gb[code].amount, gb[code].unit.value) for code in ("C0101-1", "C0101-2", "E0110-1", "E0304-1", "E0505-1")
    }
    assert seen == {
        "C0101-1": ("2", "urgent_hour"),
        "C0101-2": ("4", "work_hour"),
        "E0110-1": ("4", "work_hour"),
        "E0304-1": ("2", "work_hour"),
        "E0505-1": ("2", "urgent_hour"),
    }


def test_diagram_says_nothing_that_the_catalogue_does_not_know() -> None:
    names = set(re.findall(r' name="([^"]*[\u4e00-\u9fff][^"]*)"', CITY_CASE.process.read_text(encoding="utf-8")))
    assert names == set(DIAGRAM_WORDS)


def test_counters_count_what_they_are_told() -> None:
    assert count(facts(), {"name": "returns"}).data == {"returns": 1}
    assert count(facts(reworks=2), {"name": "reworks"}).data == {"reworks": 3}
    assert count(facts(returns="many"), {"name": "returns"}).data == {"returns": 1}
    assert count(facts(), {"name": "score"}).data == {}
    assert count(facts(), {}).data == {}


@given(counts=st.fixed_dictionaries({name: st.integers(0, 50) for name in COUNTED}))
def test_score_lies_between_nought_and_a_hundred_and_falls_with_each_fault(counts: dict[str, int]) -> None:
    weights = {"returns": "5", "reworks": "10", "delays": "5"}
    score = grade(facts(**counts), weights).data["score"]
    worse = grade(facts(**{**counts, "reworks": counts["reworks"] + 1}), weights).data["score"]
    assert isinstance(score, int)
    assert isinstance(worse, int)
    assert 0 <= worse <= score <= 100
    assert (score == 100) is (not any(counts.values()))


def test_weights_that_are_no_numbers_cost_nothing() -> None:
    assert grade(facts(reworks=3), {"reworks": "-5", "returns": "x"}).data == {"score": 100}


@given(digest=st.binary(min_size=32, max_size=32))
def test_code_has_eight_letters_that_nobody_mistakes(digest: bytes) -> None:
    code = code_of(digest.hex())
    assert len(code) == LENGTH
    assert set(code) <= set(ALPHABET)
    assert plain_code(f" {code[:4].lower()}-{code[4:]} ") == code


@pytest.mark.parametrize(
    ("failures", "minutes", "expected"), [(4, 1, False), (5, 1, True), (5, 16, False), (6, 1, False), (10, 1, True)]
)
def test_five_wrong_codes_lock_for_a_quarter_of_an_hour(failures: int, minutes: int, expected: bool) -> None:
    assert locked(failures, failed_at=NOW, now=NOW + timedelta(minutes=minutes)) is expected


def test_nothing_wrong_locks_nothing() -> None:
    assert not locked(0, failed_at=NOW, now=NOW)
    assert not locked(5, failed_at=None, now=NOW)


@pytest.mark.parametrize(
    ("description", "class_name", "title"),
    [
        ("井盖破损。很危险", "", "井盖破损"),
        ("井盖破损！\n快来", "上水井盖", "上水井盖：井盖破损"),
        ("", "上水井盖", "上水井盖"),
        ("  ", "", ""),
    ],
)
def test_title_is_the_class_and_the_first_sentence(description: str, class_name: str, title: str) -> None:
    assert title_of(description, class_name) == title


@given(st.text(max_size=500))
def test_title_is_never_longer_than_sixty_characters(description: str) -> None:
    assert len(title_of(description, "上水井盖")) <= 60


def test_percent_of_nothing_is_nothing() -> None:
    assert percent(1, 0) is None
    assert percent(1, 4) == 25.0


def test_distance_on_the_ground_is_that_of_the_sphere() -> None:
    """A degree of a great circle of the mean sphere is 111,195 m; at 60° north one of longitude is half of it."""
    assert ground_distance((125.0, 43.0), (125.0, 44.0)) == pytest.approx(111_195, abs=1)
    assert ground_distance((10.0, 60.0), (11.0, 60.0)) == pytest.approx(55_597, abs=5)
    assert ground_distance((1.0, 1.0), (1.0, 1.0)) == 0
