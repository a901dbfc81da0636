import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.kernel.identifiers.fault import Fault
from onecity.kernel.identifiers.phones import InvalidPhone, PhoneKind, is_valid_mobile, parse_phone
from onecity.kernel.identifiers.plates import InvalidPlate, PlateKind, parse_plate
from onecity.kernel.tests.vectors import pairs, texts

FILE = "identifiers-vectors.json"
PLATE_FAULTS = {
    "挂 replaces the last of five characters": Fault.FORM,
    "letter I": Fault.CHARACTER,
    "8 characters but not a new-energy pattern": Fault.FORM,
}


@pytest.mark.parametrize("text", texts(FILE, "plate_valid"))
def test_published_plate_is_accepted(text: str) -> None:
    assert parse_plate(text).number == text


@pytest.mark.parametrize(("text", "reason"), pairs(FILE, "plate_invalid"))
def test_published_plate_mistake_is_refused_for_its_reason(text: str, reason: str) -> None:
    with pytest.raises(InvalidPlate) as caught:
        parse_plate(text)
    assert caught.value.fault is PLATE_FAULTS[reason]


@pytest.mark.parametrize(
    ("text", "kind", "office", "ending"),
    [
        ("京A12345", PlateKind.ORDINARY, "京A", ""),
        ("粤B1234挂", PlateKind.ORDINARY, "粤B", "挂"),
        ("粤Z1234港", PlateKind.ORDINARY, "粤Z", "港"),
        ("吉AD12345", PlateKind.NEW_ENERGY_SMALL, "吉A", ""),
        ("吉A12345F", PlateKind.NEW_ENERGY_LARGE, "吉A", ""),
    ],
)
def test_plate_tells_kind_office_and_ending(text: str, kind: PlateKind, office: str, ending: str) -> None:
    plate = parse_plate(text)
    assert (plate.kind, plate.office, plate.ending) == (kind, office, ending)


@pytest.mark.parametrize("text", ["吉A·12345", "吉a 12345", "吉Ａ１２３４５", " 吉A-12345 "])
def test_plate_separators_and_width_are_tidied(text: str) -> None:
    assert parse_plate(text).number == "吉A12345"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", Fault.LENGTH),
        ("吉A1234", Fault.LENGTH),
        ("好A12345", Fault.DIVISION),
        ("A吉12345", Fault.DIVISION),
        ("吉112345", Fault.CHARACTER),
        ("吉A1234O", Fault.CHARACTER),
        ("吉A挂1234", Fault.FORM),
        ("使AD12345", Fault.FORM),
    ],
)
def test_plate_fault_is_named(text: str, fault: Fault) -> None:
    with pytest.raises(InvalidPlate) as caught:
        parse_plate(text)
    assert caught.value.fault is fault
    assert caught.value.code == f"plate.{fault}"


def test_plate_prints_masked() -> None:
    assert repr(parse_plate("吉A12345")) == "Plate(吉A***45)"


@given(st.from_regex(r"[吉京粤][A-Z][A-HJ-NP-Z0-9]{4}[A-HJ-NP-Z0-9挂学警港澳使领]", fullmatch=True))
def test_plate_of_the_ordinary_shape_is_accepted(text: str) -> None:
    assert parse_plate(text).kind is PlateKind.ORDINARY


@pytest.mark.parametrize("text", texts(FILE, "mobile_valid"))
def test_published_mobile_is_accepted(text: str) -> None:
    assert parse_phone(text).number == text
    assert is_valid_mobile(text)


@pytest.mark.parametrize("text", texts(FILE, "mobile_invalid"))
def test_published_mobile_mistake_is_refused(text: str) -> None:
    assert not is_valid_mobile(text)


@pytest.mark.parametrize(
    ("text", "number", "kind"),
    [
        ("+86 138 0013 8000", "13800138000", PhoneKind.MOBILE),
        ("0086-138-0013-8000", "13800138000", PhoneKind.MOBILE),
        ("１３８００１３８０００", "13800138000", PhoneKind.MOBILE),
        ("1410012345678", "1410012345678", PhoneKind.DEVICE),
        ("+861410012345678", "1410012345678", PhoneKind.DEVICE),
        ("010-12345678", "01012345678", PhoneKind.FIXED),
        ("0431-1234567-801", "04311234567-801", PhoneKind.FIXED),
        ("+86-10-12345678", "01012345678", PhoneKind.FIXED),
        ("+86 0431 12345678", "043112345678", PhoneKind.FIXED),
    ],
)
def test_phone_is_stored_one_way(text: str, number: str, kind: PhoneKind) -> None:
    phone = parse_phone(text)
    assert (phone.number, phone.kind) == (number, kind)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", Fault.CHARACTER),
        ("1380013800a", Fault.CHARACTER),
        ("1380013800", Fault.LENGTH),
        ("138001380000", Fault.LENGTH),
        ("12345678901", Fault.FORM),
        ("81234567", Fault.FORM),
        ("010-123456", Fault.FORM),
        ("0431-12345678-1234567", Fault.FORM),
    ],
)
def test_phone_fault_is_named(text: str, fault: Fault) -> None:
    with pytest.raises(InvalidPhone) as caught:
        parse_phone(text)
    assert caught.value.fault is fault
    assert caught.value.code == f"phone.{fault}"


def test_phone_prints_masked() -> None:
    assert repr(parse_phone("13800138000")) == "Phone(138****8000)"


@given(st.from_regex(r"(\+86|0086)?1[3-9][0-9]{9}", fullmatch=True))
def test_mobile_is_read_with_and_without_country(text: str) -> None:
    assert parse_phone(text).number == text[-11:]


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused(text: str) -> None:
    is_valid_mobile(text)
