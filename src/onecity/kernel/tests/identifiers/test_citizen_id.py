from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.kernel.errors import Invalid
from onecity.kernel.identifiers import citizen_id
from onecity.kernel.identifiers.citizen_id import (
    CitizenId,
    Holder,
    InvalidCitizenId,
    Sex,
    is_valid_citizen_id,
    parse_citizen_id,
    upgraded_citizen_id,
)
from onecity.kernel.identifiers.fault import Fault
from onecity.kernel.tests.vectors import pairs, texts

FILE = "identifiers-vectors.json"
FAULTS = {"check": Fault.CHECK_DIGIT, "date 31 Feb": Fault.DATE, "length": Fault.LENGTH}

first_17 = st.builds(
    lambda division, born, order: f"{division}{born:%Y%m%d}{order:03d}",
    st.sampled_from(["110105", "220102", "320508", "810000", "830000", "911156"]),
    st.dates(min_value=date(1800, 1, 1), max_value=date(2099, 12, 31)),
    st.integers(0, 999),
)
numbers = first_17.map(lambda first: first + citizen_id.check_character(first))


def refused(text: str) -> Fault:
    with pytest.raises(InvalidCitizenId) as caught:
        parse_citizen_id(text)
    assert caught.value.code == f"citizen_id.{caught.value.fault}"
    return caught.value.fault


@pytest.mark.parametrize("text", texts(FILE, "citizen_id_valid"))
def test_published_number_is_accepted(text: str) -> None:
    assert parse_citizen_id(text).number == text


@pytest.mark.parametrize(("text", "reason"), pairs(FILE, "citizen_id_invalid"))
def test_published_mistake_is_refused_for_its_reason(text: str, reason: str) -> None:
    assert refused(text) is FAULTS[reason]


@pytest.mark.parametrize(("old", "new"), pairs(FILE, "citizen_id_15_to_18"))
def test_old_number_becomes_the_published_new_one(old: str, new: str) -> None:
    assert upgraded_citizen_id(old).number == new


def test_parts_are_read() -> None:
    assert parse_citizen_id("11010519491231002X") == CitizenId(
        number="11010519491231002X",
        division_code="110105",
        birth_date=date(1949, 12, 31),
        sex=Sex.FEMALE,
        holder=Holder.CITIZEN,
    )


def test_odd_order_is_male() -> None:
    assert parse_citizen_id("440524188001010014").sex is Sex.MALE


@pytest.mark.parametrize(
    ("first_17", "holder"),
    [
        ("81000019900101001", Holder.HONG_KONG_RESIDENT),
        ("82000019900101001", Holder.MACAO_RESIDENT),
        ("83000019900101001", Holder.TAIWAN_RESIDENT),
        ("91115619900101001", Holder.FOREIGNER),
    ],
)
def test_residence_permit_tells_its_holder(first_17: str, holder: Holder) -> None:
    assert parse_citizen_id(first_17 + citizen_id.check_character(first_17)).holder is holder


def test_typing_habits_are_tidied() -> None:
    assert parse_citizen_id(" 11010519491231002x ").number == "11010519491231002X"
    assert parse_citizen_id("　１１０１０５１９４９１２３１００２Ｘ").number == "11010519491231002X"


def test_abolished_division_is_accepted() -> None:
    first = "11999919900101001"
    assert parse_citizen_id(first + citizen_id.check_character(first)).division_code == "119999"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", Fault.LENGTH),
        ("1101051949123100222", Fault.LENGTH),
        ("1101051949123100XX", Fault.CHARACTER),
        ("11010519491231002Y", Fault.CHARACTER),
        ("११०१०५१९४९१२३१००२X", Fault.CHARACTER),
        ("001010194912310021", Fault.DIVISION),
        ("991010174912310021", Fault.DATE),
        ("110105210001010021", Fault.DATE),
        ("110105194900010021", Fault.DATE),
        ("110105190002290021", Fault.DATE),
    ],
)
def test_fault_is_named(text: str, fault: Fault) -> None:
    assert refused(text) is fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("11010549123100", Fault.LENGTH),
        ("11010549123100X", Fault.CHARACTER),
        ("990105490231002", Fault.DATE),
        ("000105491231002", Fault.DIVISION),
    ],
)
def test_old_number_fault_is_named(text: str, fault: Fault) -> None:
    with pytest.raises(InvalidCitizenId) as caught:
        upgraded_citizen_id(text)
    assert caught.value.fault is fault


def test_leap_day_is_a_date() -> None:
    assert is_valid_citizen_id("11010520000229" + "001" + citizen_id.check_character("11010520000229001"))


def test_error_is_an_invalid_with_a_chinese_sentence() -> None:
    with pytest.raises(Invalid, match="公民身份号码应为18位，现为17位"):
        parse_citizen_id("11010519491231002")


def test_number_is_neither_printed_nor_told_in_errors() -> None:
    assert "194912" not in repr(parse_citizen_id("11010519491231002X"))
    assert "194912" not in f"{parse_citizen_id('11010519491231002X')}"
    with pytest.raises(InvalidCitizenId) as caught:
        parse_citizen_id("110105194912310021")
    assert "194912" not in str(caught.value)


@given(numbers)
def test_well_built_number_is_read_back(number: str) -> None:
    parsed = parse_citizen_id(number)
    assert parsed.number == number
    assert f"{parsed.birth_date:%Y%m%d}" == number[6:14]
    assert is_valid_citizen_id(number)


@given(numbers, st.integers(14, 16), st.integers(1, 9))
def test_one_wrong_digit_is_found(number: str, place: int, by: int) -> None:
    digit = str((int(number[place]) + by) % 10)
    assert refused(number[:place] + digit + number[place + 1 :]) is Fault.CHECK_DIGIT


@given(numbers)
def test_swapped_neighbours_are_found(number: str) -> None:
    swapped = number[:14] + number[15] + number[14] + number[16:]
    assert is_valid_citizen_id(swapped) == (swapped == number)


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused(text: str) -> None:
    is_valid_citizen_id(text)
