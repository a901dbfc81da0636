from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.kernel.identifiers.case_number import CaseNumber, InvalidCaseNumber, case_number, parse_case_number
from onecity.kernel.identifiers.component_code import (
    ComponentCode,
    ComponentSplit,
    InvalidComponentCode,
    parse_component_code,
)
from onecity.kernel.identifiers.divisions import DivisionCode
from onecity.kernel.identifiers.fault import Fault
from onecity.kernel.identifiers.grid_code import InvalidGridCode, imported_grid_code, parse_grid_code


def test_grid_code_tells_community_and_sequence() -> None:
    code = parse_grid_code("140802001003012")
    assert code.community == DivisionCode("140802001003")
    assert code.sequence == 12


def test_old_grid_code_is_stored_with_fifteen_digits() -> None:
    assert imported_grid_code("14080200100312").value == "140802001003012"
    assert imported_grid_code("140802001003012").value == "140802001003012"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("14080200100312", Fault.LENGTH),
        ("1408020010030122", Fault.LENGTH),
        ("040802001003012", Fault.CHARACTER),
        ("14080200100301A", Fault.CHARACTER),
        ("", Fault.CHARACTER),
    ],
)
def test_grid_code_fault_is_named(text: str, fault: Fault) -> None:
    with pytest.raises(InvalidGridCode) as caught:
        parse_grid_code(text)
    assert caught.value.fault is fault


def test_import_refuses_other_lengths() -> None:
    with pytest.raises(InvalidGridCode, match="14位或15位，现为13位"):
        imported_grid_code("1408020010031")


@given(st.from_regex(r"[1-9][0-9]{14}", fullmatch=True))
def test_grid_code_is_read_back(text: str) -> None:
    code = parse_grid_code(text)
    assert f"{code.community.value}{code.sequence:03d}" == text


def test_component_code_is_split_the_usual_way() -> None:
    assert parse_component_code("3205080101000001") == ComponentCode(
        value="3205080101000001", division_code="320508", big_class="01", small_class="01", serial="000001"
    )


def test_component_code_is_split_by_configuration() -> None:
    split = ComponentSplit(division=6, big_class=2, small_class=3, serial=5)
    code = parse_component_code("3205080101000001", split=split)
    assert (code.big_class, code.small_class, code.serial) == ("01", "010", "00001")


@pytest.mark.parametrize(("text", "fault"), [("320508010100001", Fault.LENGTH), ("32050801010000x1", Fault.CHARACTER)])
def test_component_code_fault_is_named(text: str, fault: Fault) -> None:
    with pytest.raises(InvalidComponentCode) as caught:
        parse_component_code(text)
    assert caught.value.fault is fault


@pytest.mark.parametrize(("small", "serial"), [(0, 8), (2, 5)])
def test_component_split_must_be_sixteen_digits_of_four_parts(small: int, serial: int) -> None:
    with pytest.raises(ValueError, match="16 digits"):
        ComponentSplit(small_class=small, serial=serial)


def test_case_number_is_put_together() -> None:
    number = case_number("220102", filing_date=date(2026, 3, 1), serial=7)
    assert number.value == "2201022026030100007"


@pytest.mark.parametrize("division", ["2201", "220102001", "99010A", "990102"])
def test_case_number_needs_a_division(division: str) -> None:
    with pytest.raises(InvalidCaseNumber) as caught:
        case_number(division, filing_date=date(2026, 3, 1), serial=1)
    assert caught.value.fault is Fault.DIVISION


@pytest.mark.parametrize("serial", [0, 100_000])
def test_case_number_needs_a_serial_of_the_day(serial: int) -> None:
    with pytest.raises(InvalidCaseNumber) as caught:
        case_number("220102", filing_date=date(2026, 3, 1), serial=serial)
    assert caught.value.fault is Fault.SERIAL


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("220102202603010000a", Fault.CHARACTER),
        ("220102202603010001", Fault.LENGTH),
        ("9901022026030100001", Fault.DIVISION),
        ("2201022026023000001", Fault.DATE),
        ("2201022026030100000", Fault.SERIAL),
    ],
)
def test_case_number_fault_is_named(text: str, fault: Fault) -> None:
    with pytest.raises(InvalidCaseNumber) as caught:
        parse_case_number(text)
    assert caught.value.fault is fault


@given(st.dates(), st.integers(1, 99_999))
def test_case_number_is_read_back(day: date, serial: int) -> None:
    number = case_number("220102", filing_date=day, serial=serial)
    assert len(number.value) == 19
    assert parse_case_number(number.value) == CaseNumber(number.value, "220102", day, serial)
