import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.kernel.identifiers.divisions import (
    PROVINCES,
    CommunityKind,
    DivisionCode,
    InvalidDivisionCode,
    Level,
    StreetKind,
    parse_division_code,
)
from onecity.kernel.identifiers.fault import Fault

parts = st.tuples(
    st.sampled_from(sorted(PROVINCES)), st.integers(0, 99), st.integers(0, 99), st.integers(0, 999), st.integers(0, 999)
)


@pytest.mark.parametrize(
    ("text", "value", "level", "parent"),
    [
        ("220000", "220000", Level.PROVINCE, None),
        ("220100", "220100", Level.CITY, "220000"),
        ("220102", "220102", Level.COUNTY, "220100"),
        ("320508019", "320508019", Level.STREET, "320508"),
        ("320508019015", "320508019015", Level.COMMUNITY, "320508019"),
        ("441900003", "441900003", Level.STREET, "441900"),
        ("220000000000", "220000", Level.PROVINCE, None),
        ("320508000", "320508", Level.COUNTY, "320500"),
        ("320508019000", "320508019", Level.STREET, "320508"),
        (" ３２０５０８０１９０１５", "320508019015", Level.COMMUNITY, "320508019"),
    ],
)
def test_level_and_parent_follow_from_the_digits(text: str, value: str, level: Level, parent: str | None) -> None:
    code = parse_division_code(text)
    assert code.value == value
    assert code.level is level
    assert code.parent == (None if parent is None else DivisionCode(parent))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", Fault.CHARACTER),
        ("22010A", Fault.CHARACTER),
        ("2201", Fault.LENGTH),
        ("2201020", Fault.LENGTH),
        ("990102", Fault.DIVISION),
        ("220002", Fault.DIVISION),
        ("220000001", Fault.DIVISION),
        ("220102000001", Fault.DIVISION),
    ],
)
def test_fault_is_named(text: str, fault: Fault) -> None:
    with pytest.raises(InvalidDivisionCode) as caught:
        parse_division_code(text)
    assert caught.value.fault is fault
    assert caught.value.code == f"division_code.{fault}"


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("001", StreetKind.SUBDISTRICT),
        ("099", StreetKind.SUBDISTRICT),
        ("100", StreetKind.TOWN),
        ("199", StreetKind.TOWN),
        ("200", StreetKind.TOWNSHIP),
        ("399", StreetKind.TOWNSHIP),
        ("400", StreetKind.ENTERPRISE),
        ("599", StreetKind.ENTERPRISE),
        ("600", None),
    ],
)
def test_street_kind_follows_from_its_range(number: str, kind: StreetKind | None) -> None:
    assert parse_division_code(f"220102{number}").street_kind is kind


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("001", CommunityKind.RESIDENTS_COMMITTEE),
        ("199", CommunityKind.RESIDENTS_COMMITTEE),
        ("200", CommunityKind.VILLAGERS_COMMITTEE),
        ("399", CommunityKind.VILLAGERS_COMMITTEE),
        ("400", CommunityKind.LIKE_RESIDENTS_COMMITTEE),
        ("498", CommunityKind.VIRTUAL_COMMUNITY),
        ("499", CommunityKind.LIKE_RESIDENTS_COMMITTEE),
        ("500", CommunityKind.LIKE_VILLAGERS_COMMITTEE),
        ("598", CommunityKind.VIRTUAL_LIVING_AREA),
        ("600", None),
    ],
)
def test_community_kind_follows_from_its_range(number: str, kind: CommunityKind | None) -> None:
    assert parse_division_code(f"220102001{number}").community_kind is kind


def test_kinds_are_asked_only_where_they_exist() -> None:
    assert parse_division_code("220102").street_kind is None
    assert parse_division_code("220102001").community_kind is None
    assert parse_division_code("220102001001").street_kind is StreetKind.SUBDISTRICT


def test_division_holds_what_lies_below_and_nothing_else() -> None:
    city = parse_division_code("220100")
    assert city.holds(city)
    assert city.holds(parse_division_code("220102001001"))
    assert not city.holds(parse_division_code("220202"))
    assert not parse_division_code("220102").holds(city)


def test_padded_form_has_twelve_digits() -> None:
    assert parse_division_code("220102").padded == "220102000000"


@given(parts)
def test_code_is_read_back_and_lies_in_all_its_parents(numbers: tuple[str, int, int, int, int]) -> None:
    province, city, county, street, community = numbers
    text = f"{province}{city:02d}{county:02d}{street:03d}{community:03d}"
    if (city == 0 and (county or street or community)) or (street == 0 and community):
        with pytest.raises(InvalidDivisionCode, match="中间一级为零"):
            parse_division_code(text)
        return
    code = parse_division_code(text)
    assert code.padded == text
    above: DivisionCode | None = code
    while above is not None:
        assert above.holds(code)
        assert parse_division_code(above.padded) == above
        above = above.parent
