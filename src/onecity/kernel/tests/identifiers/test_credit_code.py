import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.kernel.identifiers import credit_code, organisation_code
from onecity.kernel.identifiers.credit_code import (
    ALPHABET,
    CreditCode,
    InvalidCreditCode,
    is_valid_credit_code,
    parse_credit_code,
)
from onecity.kernel.identifiers.fault import Fault
from onecity.kernel.identifiers.organisation_code import InvalidOrganisationCode, parse_organisation_code
from onecity.kernel.tests.vectors import pairs, texts

FILE = "identifiers-vectors.json"
FAULTS = {
    "check": Fault.CHECK_DIGIT,
    "letter I not in alphabet": Fault.CHARACTER,
    "check, expected 8": Fault.CHECK_DIGIT,
}
NAMES = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def built(authority: str, division: str, name: str) -> str:
    inner = name + organisation_code.check_character(name)
    first_17 = authority + division + inner
    return first_17 + credit_code.check_character(first_17)


codes = st.builds(
    built,
    st.text(ALPHABET, min_size=2, max_size=2),
    st.integers(110000, 659999).map(str),
    st.text(NAMES, min_size=8, max_size=8),
)


def refused(text: str) -> Fault:
    with pytest.raises(InvalidCreditCode) as caught:
        parse_credit_code(text)
    assert caught.value.code == f"credit_code.{caught.value.fault}"
    return caught.value.fault


@pytest.mark.parametrize("text", texts(FILE, "uscc_valid"))
def test_published_code_is_accepted(text: str) -> None:
    assert parse_credit_code(text).value == text


@pytest.mark.parametrize(("text", "reason"), pairs(FILE, "uscc_invalid"))
def test_published_mistake_is_refused_for_its_reason(text: str, reason: str) -> None:
    assert refused(text) is FAULTS[reason]


def test_expected_check_character_is_the_published_one() -> None:
    assert credit_code.check_character("12345678901234567") == "8"


@pytest.mark.parametrize(("first_8", "check"), pairs(FILE, "org_code_9"))
def test_inner_check_character_is_the_published_one(first_8: str, check: str) -> None:
    assert organisation_code.check_character(first_8) == check
    assert parse_organisation_code(first_8 + check) == first_8 + check


def test_parts_are_read() -> None:
    assert parse_credit_code("11370800mb28559184") == CreditCode(
        value="11370800MB28559184",
        authority="1",
        entity_class="1",
        division_code="370800",
        organisation_code="MB2855918",
    )


@pytest.mark.parametrize("authority", ["A1", "N2", "Y1"])
def test_authority_may_be_a_letter(authority: str) -> None:
    assert parse_credit_code(built(authority, "220102", "MB285591")).authority == authority[0]


def test_place_of_a_forbidden_letter_is_told() -> None:
    with pytest.raises(InvalidCreditCode, match="第9位“I”"):
        parse_credit_code("91350100I000100Y43")


@pytest.mark.parametrize(
    ("text", "fault"),
    [("", Fault.LENGTH), ("91350100M000100Y4", Fault.LENGTH), ("91A50100M000100Y43", Fault.DIVISION)],
)
def test_fault_is_named(text: str, fault: Fault) -> None:
    assert refused(text) is fault


def test_wrong_inner_check_character_is_told_apart() -> None:
    first_17 = "91350100M000100Y5"
    with pytest.raises(InvalidCreditCode, match="主体标识码"):
        parse_credit_code(first_17 + credit_code.check_character(first_17))


@pytest.mark.parametrize("text", ["60003734-1", "600037341", " 6000３７３４1 "])
def test_organisation_code_loses_its_hyphen(text: str) -> None:
    assert parse_organisation_code(text) == "600037341"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("60003734", Fault.LENGTH),
        ("6000373411", Fault.LENGTH),
        ("6000373é1", Fault.CHARACTER),
        ("60003734A", Fault.CHARACTER),
        ("600037342", Fault.CHECK_DIGIT),
    ],
)
def test_organisation_code_fault_is_named(text: str, fault: Fault) -> None:
    with pytest.raises(InvalidOrganisationCode) as caught:
        parse_organisation_code(text)
    assert caught.value.fault is fault


def test_organisation_check_character_can_be_x_and_nought() -> None:
    ends = {organisation_code.check_character(f"{number:08d}") for number in range(200)}
    assert ends == set("0123456789X")


@given(codes)
def test_well_built_code_is_read_back(code: str) -> None:
    parsed = parse_credit_code(code)
    assert parsed.value == code
    assert is_valid_credit_code(code)
    assert parse_organisation_code(parsed.organisation_code) == code[8:17]


@given(codes, st.integers(0, 17), st.integers(1, 30))
def test_one_wrong_character_is_found(code: str, place: int, by: int) -> None:
    wrong = ALPHABET[(ALPHABET.index(code[place]) + by) % 31]
    assert not is_valid_credit_code(code[:place] + wrong + code[place + 1 :])


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused(text: str) -> None:
    is_valid_credit_code(text)
